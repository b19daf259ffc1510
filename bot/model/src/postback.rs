use std::{collections::BTreeMap, fmt};

/// What a tapped choice means. Travels as text through the platform and comes back as it was sent.
///
/// ```text
/// do:shelter.search?hazard=flood      begin this, with these answers given
/// set:waste.schedule/area=a3          the answer to a question of this form
/// lang:en    menu    human    cancel    back    yes    no    edit    resume    park    drop    stay    more
/// ```
/// LINE allows 300 characters; values that could be longer are ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Postback {
    Do { form: String, given: BTreeMap<String, String> },
    Set { form: String, field: String, value: String },
    Lang(String),
    /// One of the engine's own words: `menu`, `human`, `cancel`, `back`, `yes`, `no`, `edit`, and what [`Postback::parse`] knows.
    Control(String),
}

impl Postback {
    /// Reads what came back. `None` for anything that is not ours: old menus and forged taps are treated as text.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("do:") {
            let (form, query) = rest.split_once('?').unwrap_or((rest, ""));
            let given = query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(key, value)| (key.to_owned(), unescape(value)))
                .collect();
            return name(form).map(|form| Postback::Do { form, given });
        }
        if let Some(rest) = text.strip_prefix("set:") {
            let (form, answer) = rest.split_once('/')?;
            let (field, value) = answer.split_once('=')?;
            return Some(Postback::Set { form: name(form)?, field: name(field)?, value: unescape(value) });
        }
        if let Some(lang) = text.strip_prefix("lang:") {
            return name(lang).map(Postback::Lang);
        }
        ["menu", "human", "cancel", "back", "yes", "no", "edit", "resume", "park", "drop", "stay", "more"]
            .contains(&text)
            .then(|| Postback::Control(text.to_owned()))
    }

    pub fn begin(form: &str) -> Self {
        Postback::Do { form: form.to_owned(), given: BTreeMap::new() }
    }

    #[must_use]
    pub fn given(mut self, field: &str, value: impl Into<String>) -> Self {
        if let Postback::Do { given, .. } = &mut self {
            given.insert(field.to_owned(), value.into());
        }
        self
    }

    pub fn set(form: &str, field: &str, value: impl Into<String>) -> Self {
        Postback::Set { form: form.to_owned(), field: field.to_owned(), value: value.into() }
    }
}

impl fmt::Display for Postback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Postback::Do { form, given } => {
                write!(f, "do:{form}")?;
                for (n, (key, value)) in given.iter().enumerate() {
                    write!(f, "{}{key}={}", if n == 0 { '?' } else { '&' }, escape(value))?;
                }
                Ok(())
            }
            Postback::Set { form, field, value } => write!(f, "set:{form}/{field}={}", escape(value)),
            Postback::Lang(lang) => write!(f, "lang:{lang}"),
            Postback::Control(word) => f.write_str(word),
        }
    }
}

impl From<Postback> for String {
    fn from(postback: Postback) -> String {
        postback.to_string()
    }
}

fn name(text: &str) -> Option<String> {
    let fine = !text.is_empty()
        && text.len() <= 60
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    fine.then(|| text.to_owned())
}

fn escape(value: &str) -> String {
    value.replace('%', "%25").replace('&', "%26")
}

fn unescape(value: &str) -> String {
    value.replace("%26", "&").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for postback in [
            Postback::begin("faq").given("entry", "a&b%26").given("n", "1"),
            Postback::begin("shelter.search"),
            Postback::set("waste.schedule", "area", "x/=y"),
            Postback::Lang("ja-easy".into()),
            Postback::Control("human".into()),
        ] {
            assert_eq!(Postback::parse(&postback.to_string()), Some(postback));
        }
    }

    #[test]
    fn foreign_text_is_not_a_postback() {
        for text in ["", "do:", "do:<script>", "set:x", "set:a/b", "lang:", "hello", "humanity"] {
            assert_eq!(Postback::parse(text), None, "{text}");
        }
    }
}
