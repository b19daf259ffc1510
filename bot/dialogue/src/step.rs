use crate::{Catalogue, Event, Facts, Need, State};
use chrono::{DateTime, NaiveDate, Utc};
use model::{Content, Emergency, Part, Postback, Reach, Say, StaffAct, Understanding, Urgency};

/// What has come in.
pub struct Input<'a> {
    pub content: &'a Content,
    /// Present when the content has words.
    pub understanding: Option<&'a Understanding>,
    /// When it arrived.
    pub now: DateTime<Utc>,
    /// The city's calendar day at that moment.
    pub today: NaiveDate,
    /// The sentences of words that say several things, each with what was understood of it alone. Empty when there is one.
    pub clauses: &'a [Clause],
    /// How many choices can be offered in one go; speech can hold few, a screen as many as there are.
    pub at_once: Option<usize>,
    /// What it costs to tell something unasked.
    pub reach: Reach,
    /// A person has the conversation: what runs is not asked again.
    pub silent: bool,
}

/// One of several sentences.
#[derive(Clone, Debug)]
pub struct Clause {
    pub text: String,
    pub understanding: Understanding,
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
    /// The resident is unhappy with the counter.
    Complaint,
    /// Nothing was understood, several times.
    NotUnderstood,
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
        match self.input.content {
            Content::Timer { since, reach } => return self.timer(*since, *reach),
            Content::Joined => {
                self.say_joined();
                return Ok(());
            }
            Content::PutThrough { desk, result } => return self.put_through(desk, *result),
            Content::Event { service, event, key } => return self.hear_of(Event { service: service.clone(), event: event.clone(), key: key.clone() }),
            Content::Parted { channel } => {
                self.say_parted(*channel);
                return Ok(());
            }
            _ => {}
        }
        let content = self.input.content;
        self.come_back();
        if !self.state.welcomed && !matches!(content, Content::Unfollow | Content::Hangup | Content::Staff { .. } | Content::Unknown { .. }) {
            self.state.welcomed = true;
            self.text("welcome");
        }
        if !matches!(content, Content::Unfollow | Content::Hangup | Content::Unknown { .. }) {
            self.say_joined();
            self.say_lapsed();
            self.tell_untold()?;
        }
        match content {
            Content::Text { text } | Content::Dtmf { digits: text } => match self.by_number(text) {
                Some(tap) => self.tap(tap),
                None => self.words(text),
            },
            Content::Postback { value, label } => match Postback::parse(value) {
                Some(tap) => self.tap(tap),
                None => self.words(label.as_deref().unwrap_or(value)),
            },
            Content::Location { point, address, title } => {
                let label = address.as_deref().or(title.as_deref());
                self.located(*point, label)
            }
            Content::Media { id, media } => self.received(id, *media),
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
            // Back from a member of staff: what was begun before goes on.
            Content::Staff { act: StaffAct::Close { .. } } if !self.state.stack.is_empty() => self.resume(),
            Content::Staff { .. } | Content::Unknown { .. } | Content::Timer { .. } | Content::Joined | Content::Parted { .. } | Content::Event { .. } | Content::PutThrough { .. } => Ok(()),
        }
    }

    fn words(&mut self, text: &str) -> Result<(), Need> {
        let nothing = Understanding::default();
        let understanding = self.input.understanding.unwrap_or(&nothing);
        // A form may take the words as they are; everything else reads what was understood.
        let text = text.trim();
        // 「yoshio.example.jp」 is in no language.
        if !self.asks_for_mail() {
            self.state.heard_lang = understanding.language.or(self.state.heard_lang);
        }
        self.state.unclear = None;
        if text.is_empty() {
            self.text("silence");
            return self.reprompt_or_menu();
        }
        let emergency = understanding.emergency.filter(|_| !self.only_names_options(text));
        if self.has_called_for_help(text, emergency.is_some()) {
            return Ok(());
        }
        if let Some(emergency) = emergency {
            return self.emergency(emergency, understanding, text);
        }
        if let Some(form) = self.by_digits(text) {
            return self.begin(&form, understanding, text, Default::default());
        }
        if self.state.more.is_some() && crate::phrases::wants_more(text) {
            return self.say_more();
        }
        if self.several_requests()? {
            return Ok(());
        }
        if self.state.stack.is_empty() { self.fresh(understanding, text) } else { self.answer(understanding, text) }
    }

    fn asks_for_mail(&self) -> bool {
        let asking = self.state.stack.last().and_then(crate::Frame::asking);
        self.running().zip(asking).is_some_and(|((form, _), asking)| form.find(&asking.field).is_some_and(|field| matches!(field.kind, crate::FieldKind::Email)))
    }

    fn close(self) -> Decision {
        let Turn { mut state, mut say, urgency, alerts, form, input, .. } = self;
        if !say.is_empty() {
            state.said.clone_from(&say);
            state.keys.clear();
            if let Some(at_once) = input.at_once {
                say = crate::aloud::render(say, at_once, &mut state);
            }
        }
        // What comes from within is not the resident.
        if !input.content.is_from_within() {
            state.touched = Some(input.now);
            state.reminded = false;
        }
        let form = state.stack.last().map(|frame| frame.form.clone()).or(form);
        Decision { state, say, urgency, alerts, form }
    }

    pub(crate) fn text(&mut self, key: &str) {
        self.say.push(Part::text(Say::dynamic(key.to_owned())));
    }
}
