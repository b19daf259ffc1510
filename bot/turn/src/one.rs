//! The turn of a conversation: its events in order, until none is left.

use crate::{Engine, TurnError, attention::{self, Personal}, engine::{Outcome, expecting}, staff::{seen, words}};
use dialogue::State;
use futures_util::FutureExt;
use intents::City;
use model::{Channel, CityId, Content, ConversationId, Expecting, Lang, MessageId, Part, Reply, StaffAct, Understanding};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use store::{CityTx, Claim, Glimpse, Handled, LoadedEvent, LoadedTurn, Mode, NewMessage};

/// So often an event is tried before it is given up with an apology.
const TRIES: i16 = 3;
/// How long a live session may take for a turn before others may take it over.
const LEASE: Duration = Duration::from_secs(20);

/// What a turn of a live session said.
#[derive(Debug)]
pub struct Ran {
    pub conversation: ConversationId,
    pub channel: Channel,
    pub parts: Vec<Part<String>>,
    pub form: Option<String>,
    pub understanding: Option<Understanding>,
    /// What the dialogue waits for now: a live session hears and takes keys in its light.
    pub expecting: Option<Expecting>,
    pub lang: Lang,
}

impl Engine {
    /// Runs the claimed conversations in one transaction.
    pub(crate) async fn run(&self, claim: &Claim) -> Result<Vec<Ran>, TurnError> {
        let city = self.cities.find(&self.db, &self.house(), &claim.city).await?;
        let mut tx = self.db.city(&claim.city).await?;
        let turns = store::load_turns(&self.db, &mut tx, claim).await?;
        let (mut handled, mut ran) = (Vec::with_capacity(turns.len()), Vec::new());
        for turn in turns {
            let (done, said) = self.converse(&mut tx, &city, turn).await?;
            handled.push(done);
            ran.push(said);
        }
        store::commit_turns(&self.db, &mut tx, claim, &handled).await?;
        tx.commit().await.map_err(store::StoreError::from)?;
        Ok(ran)
    }

    async fn converse(&self, tx: &mut CityTx, city: &Arc<City>, turn: LoadedTurn) -> Result<(Handled, Ran), TurnError> {
        let before = Self::read_state(&turn)?;
        let mut state = before.clone();
        let mut messages = Vec::new();
        let mut ran = Ran { conversation: turn.conversation, channel: turn.channel, parts: Vec::new(), form: None, understanding: None, expecting: None, lang: before.lang() };
        let mut blocked = turn.blocked;
        let mut up_to = 0;
        let mut mode = turn.mode;
        let mut glimpse = Glimpse::default();
        for event in &turn.events {
            up_to = event.seq;
            glimpse.at = Some(event.arrived_at);
            match event.content {
                Content::Follow => blocked = false,
                Content::Unfollow => blocked = true,
                _ => {}
            }
            let by_staff = if let Content::Staff { act } = &event.content { Some(act) } else { None };
            let (mut personal_answer, mut personal_reply) = (false, false);
            let reply = if event.attempts >= TRIES {
                self.apology(city, state.lang(), turn.channel)
            } else {
                let again = self.take_up_again(tx, city, &turn, &state, event).await?.filter(|_| mode == Mode::Machine);
                if mode == Mode::Staff && attention::is_offered(&event.content) {
                    // The form that staff offered is taken up: the machine goes through it with the resident.
                    store::give_back(tx, &city.id, turn.conversation, "staff", event.arrived_at).await?;
                    mode = Mode::Machine;
                }
                let flood = attention::count(&mut state, event);
                let personal = Personal::of(city, &state);
                let listens = if flood.is_some() { Mode::Staff } else { mode };
                let outcome = self.handle_safely(tx, city, &turn, &state, event, listens).await?;
                self.raise(tx, city, &turn, event, &outcome.alerts).await?;
                self.fetch_later(tx, city, &turn, event).await?;
                let after = Personal::of(city, &outcome.state);
                personal_answer = by_staff.is_none() && personal.was_answered(&after);
                personal_reply = !after.is_empty() || !personal.is_empty();
                if by_staff.is_none() || words(&event.content).is_some() {
                    glimpse.understood.push(store::Understood { personal: personal_answer, ..seen(event, &outcome, listens) });
                }
                state = outcome.state;
                ran.form = outcome.form;
                ran.understanding = outcome.understanding;
                let mut reply = outcome.reply;
                reply.parts.extend(flood.and_then(|first| first.then(|| self.slow_down(city, turn.channel, &state))));
                if flood.is_none() && by_staff.is_none() && !personal_answer && mode == Mode::Machine && let Some(part) = self.by_rule(tx, city, &turn, &state, event, ran.understanding.as_ref()).await? {
                    reply.parts.push(part);
                    mode = Mode::Waiting;
                }
                if let Some(act) = by_staff {
                    reply.parts.splice(0..0, self.staff_says(city, turn.channel, &state, act).parts);
                    mode = match act {
                        StaffAct::Close { .. } => Mode::Machine,
                        StaffAct::CalledBack { .. } => mode,
                        StaffAct::Reply { .. } | StaffAct::TakeOver { .. } | StaffAct::Transfer { .. } => Mode::Staff,
                    };
                }
                reply.parts.splice(0..0, again);
                reply
            };
            if by_staff.is_none() && let Some(words) = words(&event.content) {
                glimpse.preview = Some(if personal_answer { attention::ANSWERED.to_owned() } else { words });
                glimpse.unread += 1;
            }
            if !reply.parts.is_empty() {
                ran.parts.extend(reply.parts.iter().cloned());
                messages.push(self.message(event, reply, personal_reply));
            }
        }
        self.set_timers(tx, city, &turn, &before, &state).await?;
        ran.expecting = expecting(&city.catalogue, &state);
        ran.lang = state.lang();
        glimpse.lang = state.lang().as_str();
        let state = Self::write_state(&state)?;
        Ok((Handled { turn, state, up_to, blocked, messages, glimpse }, ran))
    }

    /// A panic in a service is an error of its event, not the end of the process.
    async fn handle_safely(&self, tx: &mut CityTx, city: &City, turn: &LoadedTurn, state: &State, event: &LoadedEvent, mode: Mode) -> Result<Outcome, TurnError> {
        AssertUnwindSafe(self.handle(tx, city, turn, state, event, mode)).catch_unwind().await.unwrap_or(Err(TurnError::Panicked))
    }

    fn message(&self, event: &LoadedEvent, reply: Reply, personal: bool) -> NewMessage {
        let author = match &event.content {
            Content::Staff { act: StaffAct::Reply { author, .. } | StaffAct::CalledBack { author, .. } } => Some(author.staff),
            _ => None,
        };
        NewMessage { id: MessageId(self.db.uuid()), cause: event.id, reply, reply_token: event.reply_token.clone(), author, personal }
    }

    /// Runs one conversation by itself; an event that fails counts a try, and its conversation waits a little.
    pub(crate) async fn run_alone(&self, claim: &Claim) -> Result<Vec<Ran>, TurnError> {
        let Some(conversation) = claim.conversations.first().copied() else { return Ok(Vec::new()) };
        let error = match self.run(claim).await {
            Ok(ran) => return Ok(ran),
            Err(error) => error,
        };
        match &error {
            TurnError::Store(e) if e.is_transient() => {}
            TurnError::Store(store::StoreError::LeaseLost(_)) => return Err(error),
            _ => {
                let mut tx = self.db.city(&claim.city).await?;
                let turns = store::load_turns(&self.db, &mut tx, claim).await?;
                tx.commit().await.map_err(store::StoreError::from)?;
                if let Some(event) = turns.first().and_then(|turn| turn.events.iter().find(|e| e.attempts < TRIES)) {
                    let tries = store::fail_event(&self.db, &claim.city, conversation, event.seq, &error.to_string()).await?;
                    tracing::error!(city = %claim.city, %conversation, event = %event.id, tries, %error, "an event could not be handled");
                }
            }
        }
        store::release(&self.db, claim, Duration::from_millis(200)).await?;
        Err(error)
    }
}

/// Runs the turn of a live session (terminal, call) in this process, waiting if another holds the conversation.
pub async fn run_live(engine: &Engine, city: &CityId, conversation: ConversationId) -> Result<Option<Ran>, TurnError> {
    loop {
        if let Some(claim) = store::claim_one(&engine.db, city, conversation, LEASE).await? {
            return match engine.run(&claim).await {
                Ok(mut ran) => Ok(ran.pop()),
                Err(error) => {
                    store::release(&engine.db, &claim, Duration::ZERO).await?;
                    Err(error)
                }
            };
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
