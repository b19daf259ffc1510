use crate::Form;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Every form there is, by id and by the intent that begins it.
#[derive(Clone, Debug)]
pub struct Catalogue {
    forms: BTreeMap<String, Arc<Form>>,
    by_intent: HashMap<String, String>,
    /// The form that searches the city's answers when no intent is clear; it takes the resident's words.
    search: String,
    /// The form that brings a person.
    person: String,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadCatalogue {
    #[error("two forms have the id `{0}`")]
    SameId(String),
    #[error("the intent `{intent}` begins both `{first}` and `{second}`")]
    SameIntent { intent: String, first: String, second: String },
    #[error("there is no form `{0}`, which the dialogue needs")]
    Missing(String),
}

impl Catalogue {
    pub fn new(forms: Vec<Form>, search: &str, person: &str) -> Result<Self, BadCatalogue> {
        let catalogue = Self {
            forms: BTreeMap::new(),
            by_intent: HashMap::new(),
            search: search.to_owned(),
            person: person.to_owned(),
        };
        let catalogue = catalogue.with(forms)?;
        for needed in [search, person] {
            if !catalogue.forms.contains_key(needed) {
                return Err(BadCatalogue::Missing(needed.to_owned()));
            }
        }
        Ok(catalogue)
    }

    /// These forms and more: the ones that a city wrote itself.
    pub fn with(&self, more: Vec<Form>) -> Result<Self, BadCatalogue> {
        let mut catalogue = self.clone();
        for form in more {
            for intent in &form.intents {
                if let Some(first) = catalogue.by_intent.insert(intent.to_string(), form.id.to_string()) {
                    return Err(BadCatalogue::SameIntent {
                        intent: intent.to_string(),
                        first,
                        second: form.id.to_string(),
                    });
                }
            }
            let id = form.id.to_string();
            if catalogue.forms.insert(id.clone(), Arc::new(form)).is_some() {
                return Err(BadCatalogue::SameId(id));
            }
        }
        Ok(catalogue)
    }

    /// Learns from the texts what the fields and options of all forms are called.
    pub fn learn_names(&mut self, wordings: &dyn Fn(&str) -> Vec<String>) {
        self.forms.values_mut().for_each(|form| Arc::make_mut(form).learn_names(wordings));
    }

    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.get(id).map(AsRef::as_ref)
    }

    /// The same, to be kept.
    pub(crate) fn shared(&self, id: &str) -> Option<Arc<Form>> {
        self.forms.get(id).cloned()
    }

    /// These and not some: what a city has nothing for is no request there, but a question like any other.
    #[must_use]
    pub fn without(&self, forms: &[&str]) -> Self {
        let mut catalogue = self.clone();
        catalogue.forms.retain(|id, _| !forms.contains(&id.as_str()));
        catalogue.by_intent.retain(|_, id| !forms.contains(&id.as_str()));
        catalogue
    }

    pub fn for_intent(&self, intent: &str) -> Option<&Form> {
        self.by_intent.get(intent).and_then(|id| self.form(id))
    }

    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        self.forms.values().map(AsRef::as_ref)
    }

    pub fn search(&self) -> &str {
        &self.search
    }

    pub fn person(&self) -> &str {
        &self.person
    }

    /// The forms of the menu, in their order.
    pub fn menu(&self) -> Vec<&Form> {
        let mut forms: Vec<_> = self.forms().filter(|form| form.menu.is_some()).collect();
        forms.sort_by_key(|form| form.menu);
        forms
    }
}
