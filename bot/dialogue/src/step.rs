use crate::{Catalogue, Facts, Need, State};
use chrono::{DateTime, TimeDelta, Utc};
use model::{Content, Emergency, Part, Postback, Say, Understanding, Urgency};

/// A conversation left alone for this long begins anew; what was asked before is dropped.
const FORGET_AFTER: TimeDelta = TimeDelta::hours(24);

/// What has come in.
pub struct Input<'a> {
    pub content: &'a Content,
    /// Present when the content has words.
    pub understanding: Option<&'a Understanding>,
    /// When it arrived.
    pub now: DateTime<Utc>,
}

/// What the engine answers: the next thing it must know, or what to do.
#[derive(Debug)]
pub enum Step {
    Need(Need),
    Done(Box<Decision>),
}

#[derive(Debug)]
pub struct Decision {
    pub state: State,
    pub say: Vec<Part<Say>>,
    pub urgency: Urgency,
    pub alerts: Vec<Alert>,
    /// The form that was being talked about in this turn, running or just ended.
    pub form: Option<String>,
}

/// Something that a member of staff must hear of at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    Emergency(Emergency),
}

/// One step. Same input, same answer; call again with the fact that was needed.
pub fn step(catalogue: &Catalogue, state: &State, input: &Input<'_>, facts: &Facts) -> Step {
    let mut turn = Turn {
        catalogue,
        input,
        facts,
        state: state.clone(),
        say: Vec::new(),
        urgency: Urgency::Normal,
        alerts: Vec::new(),
        form: None,
    };
    match turn.run() {
        Ok(()) => Step::Done(Box::new(turn.close())),
        Err(need) => Step::Need(need),
    }
}

/// A turn in the making. Every method that needs a fact leaves by `?`; the turn is then thrown away and made again.
pub(crate) struct Turn<'a> {
    pub catalogue: &'a Catalogue,
    pub input: &'a Input<'a>,
    pub facts: &'a Facts,
    pub state: State,
    pub say: Vec<Part<Say>>,
    pub urgency: Urgency,
    pub alerts: Vec<Alert>,
    pub form: Option<String>,
}

impl Turn<'_> {
    fn run(&mut self) -> Result<(), Need> {
        let left_alone = self.state.touched.is_some_and(|touched| self.input.now - touched > FORGET_AFTER);
        if left_alone {
            self.state.stack.clear();
            self.state.last = None;
            self.state.misses = 0;
        }
        let content = self.input.content;
        if !self.state.welcomed && !matches!(content, Content::Unfollow | Content::Hangup | Content::Unknown { .. }) {
            self.state.welcomed = true;
            self.text("welcome");
        }
        match content {
            Content::Text { text } => self.words(text),
            Content::Dtmf { digits } => self.words(digits),
            Content::Postback { value, label } => match Postback::parse(value) {
                Some(tap) => self.tap(tap),
                None => self.words(label.as_deref().unwrap_or(value)),
            },
            Content::Location { point, address, title } => {
                let label = address.as_deref().or(title.as_deref());
                self.located(*point, label)
            }
            Content::Media { id, .. } => self.received(id),
            Content::Sticker { keywords } => {
                let thanks = keywords.iter().any(|k| k.to_lowercase().contains("thank"));
                self.text(if thanks { "thanks-reply" } else { "sticker-reply" });
                self.reprompt_or_menu()
            }
            Content::Follow => {
                self.state.stack.clear();
                self.menu();
                Ok(())
            }
            Content::Silence => {
                self.text("silence");
                self.reprompt_or_menu()
            }
            Content::Unfollow | Content::Hangup => {
                self.state.stack.clear();
                Ok(())
            }
            Content::Unknown { .. } => Ok(()),
        }
    }

    fn words(&mut self, text: &str) -> Result<(), Need> {
        let nothing = Understanding::default();
        let understanding = self.input.understanding.unwrap_or(&nothing);
        // A form may take the words as they are; everything else reads what was understood.
        let text = text.trim();
        self.state.heard_lang = understanding.language.or(self.state.heard_lang);
        if text.is_empty() {
            self.text("silence");
            return self.reprompt_or_menu();
        }
        if let Some(emergency) = understanding.emergency.filter(|_| !self.only_names_options(text)) {
            return self.emergency(emergency, understanding, text);
        }
        if self.state.stack.is_empty() { self.fresh(understanding, text) } else { self.answer(understanding, text) }
    }

    /// First things first; then whatever else was asked (the nearest AED), if it was clear.
    fn emergency(&mut self, emergency: Emergency, understanding: &Understanding, text: &str) -> Result<(), Need> {
        // The welcome waits; this does not.
        self.say.clear();
        self.urgency = Urgency::Urgent;
        self.alerts.push(Alert::Emergency(emergency));
        self.text(&format!("emergency-{}", emergency.as_str()));
        let also = self
            .catalogue
            .for_intent(understanding.intent())
            .filter(|form| form.id != self.catalogue.search() && form.id != self.catalogue.person())
            .filter(|form| form.kind == crate::FormKind::Answer && understanding.confidence() >= crate::control::SURE);
        match also.map(|form| form.id.to_string()) {
            Some(form) if !self.state.stack.iter().any(|frame| frame.form == form) => {
                self.begin(&form, understanding, text, Default::default())
            }
            _ => Ok(()),
        }
    }

    fn close(self) -> Decision {
        let Turn { mut state, say, urgency, alerts, form, input, .. } = self;
        if !say.is_empty() {
            state.said = say.clone();
        }
        state.touched = Some(input.now);
        let form = state.stack.last().map(|frame| frame.form.clone()).or(form);
        Decision { state, say, urgency, alerts, form }
    }

    pub(crate) fn text(&mut self, key: &str) {
        self.say.push(Part::text(Say::dynamic(key.to_owned())));
    }
}
