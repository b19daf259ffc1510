use chrono::{DateTime, Utc};
use dialogue::{Alert, Candidate, Catalogue, Clause, Decision, Facts, Fact, Found, Input, Need, News, State, StateError, Step, step, STATE_VERSION};
use crate::timers::reach;
use intents::{BadTexts, Cities, City, Context, House, Service, ServiceError, Speaker, Texts, Work};
use model::{Channel, Clock, Content, Expecting, Reply, Understand, Understanding, Utterance};
use sqlx::Connection;
use std::{collections::{BTreeMap, HashMap}, sync::Arc};
use store::{CityTx, Db, LoadedEvent, LoadedTurn, Mode, StoreError};

/// Everything a turn needs that does not change from one to the next.
pub struct Engine {
    pub db: Db,
    pub services: Vec<Box<dyn Service>>,
    /// Which of the services a form belongs to.
    owners: HashMap<String, usize>,
    pub catalogue: Catalogue,
    pub texts: Texts,
    pub cities: Cities,
    pub understand: Arc<dyn Understand>,
    pub clock: Arc<dyn Clock>,
    /// What is done later, by kind.
    pub(crate) works: BTreeMap<&'static str, Arc<dyn Work>>,
}

#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Texts(#[from] BadTexts),
    #[error(transparent)]
    Catalogue(#[from] dialogue::BadCatalogue),
    #[error("the dialogue asked for {0} facts in one turn and came to no decision")]
    Endless(usize),
    #[error("the turn panicked; the trace is in the log above")]
    Panicked,
}

/// A message of more sentences than this is a story; it is read as a whole.
const MOST_SENTENCES: usize = 4;
/// More questions than this in one turn is a defect of a form.
const MOST_NEEDS: usize = 24;

/// What came of one event.
pub(crate) struct Outcome {
    pub state: State,
    pub reply: Reply,
    pub alerts: Vec<Alert>,
    pub form: Option<String>,
    pub understanding: Option<Understanding>,
}

impl Engine {
    pub fn new(db: Db, services: Vec<Box<dyn Service>>, understand: Arc<dyn Understand>, clock: Arc<dyn Clock>) -> Result<Self, TurnError> {
        let owners = services.iter().enumerate().flat_map(|(n, s)| s.forms().into_iter().map(move |form| (form.id.into_owned(), n))).collect();
        let mut catalogue = intents::catalogue(&services)?;
        let texts = Texts::load(&services)?;
        catalogue.learn_names(&|key| texts.wordings(key));
        let works = services.iter().flat_map(|service| service.works()).chain(crate::timers::works()).map(|work| (work.kind(), work)).collect();
        Ok(Self { db, services, owners, catalogue, texts, cities: Cities::default(), understand, clock, works })
    }

    /// Takes on work that no service knows of: of the back office, of a channel.
    pub fn add_work(&mut self, work: Arc<dyn Work>) {
        self.works.insert(work.kind(), work);
    }

    /// What a city is loaded with.
    pub fn house(&self) -> House<'_> {
        House { services: &self.services, catalogue: &self.catalogue, understand: self.understand.as_ref(), texts: &self.texts }
    }

    /// Handles one event of a conversation, inside the caller's transaction.
    pub(crate) async fn handle(&self, tx: &mut CityTx, city: &City, turn: &LoadedTurn, state: &State, event: &LoadedEvent, mode: Mode) -> Result<Outcome, TurnError> {
        let now = event.arrived_at.with_timezone(&city.zone).fixed_offset();
        let words = match &event.content {
            Content::Text { text } => Some(text.as_str()),
            Content::Dtmf { digits } => Some(digits.as_str()),
            _ => None,
        };
        let expecting = expecting(&city.catalogue, state);
        let understand = |text: &str, expecting: Option<&Expecting>| {
            let utterance = Utterance { text, now, channel: turn.channel, city: Some(&city.id), expecting, own: Some(city.own_sentences.as_ref()) };
            let mut understanding = self.understand.understand(&utterance);
            // What a sentence takes back names nothing: 「電池ではなくて蛍光灯」.
            city.names.complete(&mut understanding, &dialogue::meant(text));
            understanding
        };
        let understanding = words.map(|text| understand(text, expecting.as_ref()));
        let by_staff = matches!(event.content, Content::Staff { .. });
        // What happened to a resident's booking or payment is told all the same.
        let news = matches!(event.content, Content::Event { .. });
        // A person has the conversation: the machine speaks up for life and limb alone.
        let silent = mode == Mode::Staff && !by_staff;
        if silent && !news && understanding.as_ref().is_none_or(|u| u.emergency.is_none()) {
            return Ok(listened(state, event, understanding));
        }
        let clause = |text: &&str| Clause { text: (*text).to_owned(), understanding: understand(text, expecting.as_ref()) };
        let clauses: Vec<Clause> = words.map(sentences).unwrap_or_default().iter().map(clause).collect();
        let input = Input {
            content: &event.content,
            understanding: understanding.as_ref(),
            now: event.arrived_at,
            today: now.date_naive(),
            clauses: &clauses,
            at_once: turn.channel.at_once(),
            reach: reach(turn.channel, turn.live, turn.blocked),
            silent,
        };
        let mut facts = Facts::default();
        let decision = loop {
            match step(&city.catalogue, state, &input, &facts) {
                Step::Done(decision) => break *decision,
                Step::Need(_) if facts.len() >= MOST_NEEDS => return Err(TurnError::Endless(facts.len())),
                Step::Need(need) => {
                    let lang = state.chosen_lang.or(understanding.as_ref().and_then(|u| u.language)).unwrap_or_else(|| state.lang());
                    let mut context = Context {
                        tx,
                        city,
                        conversation: turn.conversation,
                        now,
                        lang,
                        channel: turn.channel,
                        understanding: understanding.as_ref(),
                        ids: self.db.ids(),
                        db: &self.db,
                    };
                    let fact = self.find_out(&mut context, &need).await?;
                    facts.insert(need, fact);
                }
            }
        };
        if silent && !news && !decision.alerts.iter().any(|alert| matches!(alert, Alert::Emergency(_))) {
            return Ok(listened(state, event, understanding));
        }
        Ok(self.put_into_words(city, turn.channel, decision, understanding))
    }

    async fn find_out(&self, context: &mut Context<'_>, need: &Need) -> Result<Fact, TurnError> {
        match need {
            Need::Lookup { form, field, text, asked } => {
                let service = self.service_of(form)?;
                Ok(Fact::Found(service.lookup(context, form, field, text, *asked).await?))
            }
            Need::Offer { form, field, answers } => {
                let service = self.service_of(form)?;
                Ok(Fact::Offer(service.offer(context, form, field, answers).await?))
            }
            Need::PostalCode(code) => Ok(Fact::Found(match context.city.town_of(code) {
                Some(town) => Found::One(Candidate { value: code.clone(), label: town.to_owned() }),
                None => Found::None,
            })),
            Need::Tell(event) => {
                let teller = self.services.iter().find(|service| service.id() == event.service);
                Ok(Fact::News(match teller {
                    Some(service) => service.tell(context, &event.event, &event.key).await?,
                    // A service of an older version of the program.
                    None => News::default(),
                }))
            }
            Need::Perform { form, .. } | Need::Undo { form, .. } => {
                let service = self.service_of(form)?;
                // An effect that the database refuses must not break the turn.
                let Context { tx, city, conversation, now, lang, channel, understanding, ids, db } = context;
                let mut savepoint = tx.begin().await.map_err(StoreError::from)?;
                let mut inner = Context {
                    tx: &mut savepoint,
                    city,
                    conversation: *conversation,
                    now: *now,
                    lang: *lang,
                    channel: *channel,
                    understanding: *understanding,
                    ids: *ids,
                    db,
                };
                let outcome = match need {
                    Need::Perform { answers, text, .. } => service.perform(&mut inner, form, answers, text).await?,
                    Need::Undo { receipt, .. } => service.undo(&mut inner, form, receipt).await?,
                    Need::Lookup { .. } | Need::Offer { .. } | Need::PostalCode(_) | Need::Tell(_) => dialogue::Outcome::Nothing,
                };
                match &outcome {
                    dialogue::Outcome::Rejected { .. } => savepoint.rollback().await,
                    _ => savepoint.commit().await,
                }
                .map_err(StoreError::from)?;
                Ok(Fact::Outcome(outcome))
            }
        }
    }

    fn service_of(&self, form: &str) -> Result<&dyn Service, TurnError> {
        let own = || self.services.iter().position(|service| service.owns(form));
        self.owners
            .get(form)
            .copied()
            .or_else(own)
            .and_then(|owner| self.services.get(owner))
            .map(AsRef::as_ref)
            .ok_or_else(|| ServiceError::NotMine(form.to_owned()).into())
    }

    fn put_into_words(&self, city: &City, channel: Channel, decision: Decision, understanding: Option<Understanding>) -> Outcome {
        let Decision { state, say, urgency, alerts, form } = decision;
        let lang = state.lang();
        let speaker = Self::speaker(city, lang, channel);
        let parts = say.into_iter().map(|part| self.texts.part(&speaker, part)).collect();
        Outcome { state, reply: Reply { parts, lang, urgency }, alerts, form, understanding }
    }

    /// For whom and in whose name something is said.
    pub fn speaker(city: &City, lang: model::Lang, channel: Channel) -> Speaker<'_> {
        Speaker {
            lang,
            zone: city.zone,
            channel,
            city: if lang.reads_japanese() || city.profile.name_en.is_empty() { &city.name } else { &city.profile.name_en },
            greeting: &city.profile.greeting,
            hotline: &city.profile.hotline.phone,
            own: &city.own_texts,
        }
    }

    /// The apology for an event that could not be handled.
    pub(crate) fn apology(&self, city: &City, lang: model::Lang, channel: Channel) -> Reply {
        let speaker = Self::speaker(city, lang, channel);
        let part = self.texts.part(&speaker, model::Part::text(model::Say::key("failed")));
        Reply { parts: vec![part], lang, urgency: model::Urgency::Normal }
    }

    pub(crate) fn read_state(turn: &LoadedTurn) -> Result<State, TurnError> {
        match &turn.state {
            Some((version, bytes)) => Ok(State::decode(*version, bytes)?),
            None => Ok(State::default()),
        }
    }

    pub(crate) fn write_state(state: &State) -> Result<(u16, Vec<u8>), TurnError> {
        Ok((STATE_VERSION, state.encode()?))
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// The sentences of words that hold two or three; none otherwise.
fn sentences(text: &str) -> Vec<&str> {
    let ends = ['。', '？', '！', '?', '!', '\n'];
    let mut all: Vec<&str> = Vec::new();
    for sentence in text.split_inclusive(ends) {
        // 「あと、」 begins another thing.
        let mut rest = sentence;
        while let Some((at, word)) = ["、あと", "、それと", "、それから", "、ついでに"].iter().filter_map(|word| rest.find(word).map(|at| (at, word))).min() {
            all.push(&rest[..at]);
            rest = &rest[at + word.len()..];
        }
        all.push(rest);
    }
    let says_something = |sentence: &&str| sentence.chars().filter(|c| c.is_alphanumeric()).count() >= 2;
    let all: Vec<&str> = all.into_iter().map(|sentence| sentence.trim().trim_start_matches(['、', ' ', '　'])).filter(says_something).collect();
    if (2..=MOST_SENTENCES).contains(&all.len()) { all } else { Vec::new() }
}

/// Nothing is said; what was begun before waits, and does not grow old.
fn listened(state: &State, event: &LoadedEvent, understanding: Option<Understanding>) -> Outcome {
    let mut state = state.clone();
    state.touched = Some(event.arrived_at);
    if let Some(language) = understanding.as_ref().and_then(|u| u.language) {
        state.heard_lang = Some(language);
    }
    Outcome { state, reply: Reply::default(), alerts: Vec::new(), form: None, understanding }
}

/// What the dialogue waits for, told to understanding.
pub(crate) fn expecting(catalogue: &Catalogue, state: &State) -> Option<Expecting> {
    let frame = state.stack.last()?;
    match &frame.stage {
        dialogue::Stage::Asking(asking) => {
            let mut expecting = catalogue.form(&frame.form)?.find(&asking.field)?.expecting();
            if !asking.offered.is_empty() {
                "choice".clone_into(&mut expecting.kind);
                expecting.options = asking.offered.iter().map(|(_, label)| label.clone()).collect();
            }
            Some(expecting)
        }
        dialogue::Stage::Confirming { .. } | dialogue::Stage::Paused { .. } | dialogue::Stage::Undoing { .. } => {
            Some(Expecting { kind: "yes_no".to_owned(), options: Vec::new() })
        }
        dialogue::Stage::Editing | dialogue::Stage::Interrupting { .. } => Some(Expecting { kind: "choice".to_owned(), options: Vec::new() }),
    }
}
