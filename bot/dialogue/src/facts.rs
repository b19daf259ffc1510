use model::{Choice, Part, Say, Urgency};
use std::collections::BTreeMap;

use crate::{Answer, Event, State};

/// The one thing the engine must know before it can go on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// What a resident's words mean for a field that the service knows by name.
    Lookup {
        form: String,
        field: String,
        text: String,
        /// The field was asked for: the words are its answer. Otherwise they are a whole request that may contain it.
        asked: bool,
    },
    /// Do what the form is for. Runs in a savepoint of the turn's transaction, once.
    Perform { form: String, answers: BTreeMap<String, Answer>, text: String },
    /// Take back what was done under a receipt. In a savepoint too.
    Undo { form: String, receipt: String },
    /// What can be answered to a field, in the light of what was answered so far.
    Offer { form: String, field: String, answers: BTreeMap<String, Answer> },
    /// The town of a postal code (`530-0001`).
    PostalCode(String),
    /// What a service tells of something that happened.
    Tell(Event),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Found(Found),
    Outcome(Outcome),
    Offer(Offer),
    News(News),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    One(Candidate),
    /// Several fit; the resident chooses.
    Many(Vec<Candidate>),
    None,
    /// Nothing that can be used, and why (outside the city, in the sea).
    Refused(Say),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    pub value: String,
    pub label: String,
}

/// How a service's work ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Done {
        say: Vec<Part<Say>>,
        /// What else could have been meant: offered when the resident says 「違う、そうじゃない」.
        alternatives: Vec<Choice<Say>>,
        /// Under which it was taken in, if it can be taken back by it.
        receipt: Option<String>,
    },
    /// Another form is the right one; it begins with these answers.
    Go { form: String, given: BTreeMap<String, String> },
    /// It cannot be done with this answer (just taken, not possible); here is what can.
    Rejected { field: String, say: Say, choices: Vec<Choice<Say>> },
    /// A conversation of the same resident, held elsewhere until now, goes on here.
    TakenOver { say: Vec<Part<Say>>, state: Box<State> },
    /// Nothing was found; the engine asks what is meant.
    Nothing,
}

impl Outcome {
    /// An answer, or something done that cannot be undone by a word.
    pub fn done(say: Vec<Part<Say>>) -> Self {
        Outcome::Done { say, alternatives: Vec::new(), receipt: None }
    }
}

/// What a service offers for a field of the kind [`crate::FieldKind::Offer`]. It is asked anew at every step: what was free a
/// minute ago may be taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// This, without a question: it was chosen and still stands, or nothing else is possible, or it is worked out. `also` are other
    /// fields that follow from it: the day of a slot.
    Take { answer: Answer, also: Vec<(String, Answer)> },
    /// One of these. `say` is asked instead of the form's own question.
    Choose { say: Option<Say>, choices: Vec<Offered> },
    /// Another answer is in the way; here is what is possible.
    Rejected { field: String, say: Say, choices: Vec<Choice<Say>> },
    /// The form ends here: there is nothing that could be done.
    Over(Vec<Part<Say>>),
}

/// One of the choices that a service offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    pub value: String,
    /// How it is shown as an answer. Empty: as the form's text `<field>-<value>` calls it.
    pub label: String,
    /// How it is offered, where that says more than the label.
    pub say: Option<Say>,
    /// Other words that choose it.
    pub said: Vec<String>,
}

impl Offered {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), say: None, said: Vec::new() }
    }

    #[must_use]
    pub fn say(self, say: Say) -> Self {
        Self { say: Some(say), ..self }
    }

    #[must_use]
    pub fn said(self, words: &[&str]) -> Self {
        Self { said: words.iter().map(|word| (*word).to_owned()).collect(), ..self }
    }
}

/// What a service tells unasked. Nothing to say: it is no longer true.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    pub say: Vec<Part<Say>>,
    pub urgency: Urgency,
}

/// What has been found out in this turn.
#[derive(Debug, Default)]
pub struct Facts(BTreeMap<Need, Fact>);

impl Facts {
    pub fn insert(&mut self, need: Need, fact: Fact) {
        self.0.insert(need, fact);
    }

    pub(crate) fn found(&self, need: Need) -> Result<Found, Need> {
        match self.0.get(&need) {
            Some(Fact::Found(found)) => Ok(found.clone()),
            _ => Err(need),
        }
    }

    pub(crate) fn outcome(&self, need: Need) -> Result<Outcome, Need> {
        match self.0.get(&need) {
            Some(Fact::Outcome(outcome)) => Ok(outcome.clone()),
            _ => Err(need),
        }
    }

    pub(crate) fn offer(&self, need: Need) -> Result<Offer, Need> {
        match self.0.get(&need) {
            Some(Fact::Offer(offer)) => Ok(offer.clone()),
            _ => Err(need),
        }
    }

    pub(crate) fn news(&self, need: Need) -> Result<News, Need> {
        match self.0.get(&need) {
            Some(Fact::News(news)) => Ok(news.clone()),
            _ => Err(need),
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
