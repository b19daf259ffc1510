//! What a turn must mind beside the dialogue: what is personal, who sends hundreds of messages, what the city wants at a desk, what
//! must be fetched.

use crate::{Engine, TurnError};
use chrono::TimeDelta;
use dialogue::{Answer, State};
use intents::City;
use model::{Channel, Content, Hours, OpenState, Part, Postback, Say, Understanding};
use serde_json::json;
use std::{collections::{BTreeMap, BTreeSet}, time::Duration};
use store::{CityTx, LoadedEvent, LoadedTurn, NewJob, Wanted, Wish};

/// What lists show in place of an answer about the person.
pub(crate) const ANSWERED: &str = "（手続きへの回答）";
/// So many messages within the window are answered; the rest is kept for staff.
const MOST: u16 = 100;
const WINDOW: TimeDelta = TimeDelta::seconds(60);
/// The kind of job that fetches a photo from LINE.
pub const MEDIA: &str = "line.media";

/// The answers about the person that a conversation's state holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Personal {
    running: BTreeSet<(String, String, String)>,
    /// Of the form that was ended last.
    ended: BTreeSet<(String, String, String)>,
}

impl Personal {
    pub fn of(city: &City, state: &State) -> Self {
        let find = |id: &str, answers: &BTreeMap<String, Answer>| -> Vec<(String, String, String)> {
            let Some(form) = city.catalogue.form(id) else { return Vec::new() };
            let personal = answers.iter().filter(|(name, _)| form.find(name).is_some_and(|field| field.kind.is_personal()));
            personal.map(|(name, answer)| (id.to_owned(), name.clone(), answer.value.clone())).collect()
        };
        Self {
            running: state.stack.iter().flat_map(|frame| find(&frame.form, &frame.answers)).collect(),
            ended: state.last.iter().flat_map(|last| find(&last.form, &last.answers)).collect(),
        }
    }

    /// Nothing that an answer of the machine could repeat.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Whether what was said between the two was such an answer: more is known now.
    pub fn was_answered(&self, after: &Self) -> bool {
        after.running.iter().chain(&after.ended).any(|answer| !self.running.contains(answer) && !self.ended.contains(answer))
    }
}

/// Counts a message of the resident. `Some`: more than anybody types; `true` for the first that is too many.
pub(crate) fn count(state: &mut State, event: &LoadedEvent) -> Option<bool> {
    if !matches!(event.content, Content::Text { .. } | Content::Postback { .. } | Content::Media { .. } | Content::Sticker { .. } | Content::Location { .. }) {
        return None;
    }
    let (since, before) = state.burst.filter(|(since, _)| event.arrived_at - *since < WINDOW).unwrap_or((event.arrived_at, 0));
    let number = before.saturating_add(1);
    state.burst = Some((since, number));
    (number > MOST).then_some(number == MOST + 1)
}

/// A form that a member of staff offered in a reply.
pub(crate) fn is_offered(content: &Content) -> bool {
    let Content::Postback { value, .. } = content else { return false };
    matches!(Postback::parse(value), Some(Postback::Do { given, .. }) if given.get("by").is_some_and(|by| by == "staff"))
}

impl Engine {
    pub(crate) fn slow_down(&self, city: &City, channel: Channel, state: &State) -> Part<String> {
        self.word(city, channel, state, Say::key("people-slow-down"))
    }

    /// What the city's rules put before a desk; what the resident hears of it.
    pub(crate) async fn by_rule(&self, tx: &mut CityTx, city: &City, turn: &LoadedTurn, state: &State, event: &LoadedEvent, understanding: Option<&Understanding>) -> Result<Option<Part<String>>, TurnError> {
        let Content::Text { text } = &event.content else { return Ok(None) };
        let intent = understanding.map_or("", |understanding| understanding.intent());
        let Some(rule) = city.profile.handover.iter().find(|rule| rule.fits(text, intent)) else { return Ok(None) };
        let Some(desk) = store::desk(tx, &city.id, &rule.desk).await? else {
            tracing::warn!(city = %city.id, desk = rule.desk, "a hand-over rule names a desk that is not there");
            return Ok(None);
        };
        let wish = Wish { reason: Wanted::Rule, desk: Some(&rule.desk), now: event.arrived_at };
        let place = store::want_person(tx, &city.id, turn.conversation, self.db.uuid(), wish).await?;
        let hours = Hours::parse(desk.hours.as_deref().unwrap_or_default(), "祝日; 年末年始(12/29-1/3)").unwrap_or_default();
        let open = matches!(hours.at(event.arrived_at.with_timezone(&city.zone).naive_local()), OpenState::Open { .. });
        let say = match place {
            Some(place) if open => Say::key("people-rule-open").with("desk", desk.name.as_str()).with("place", place),
            _ => Say::key("people-rule-closed").with("desk", desk.name.as_str()),
        };
        Ok(Some(self.word(city, turn.channel, state, say)))
    }

    /// Photos stay with LINE for a while only: fetched soon, sealed, for staff. On the web they came ahead of their message.
    pub(crate) async fn fetch_later(&self, tx: &mut CityTx, city: &City, turn: &LoadedTurn, event: &LoadedEvent) -> Result<(), TurnError> {
        let Content::Media { id, .. } = &event.content else { return Ok(()) };
        if turn.channel == Channel::Web && let Ok(upload) = id.parse() {
            store::attach_upload(tx, &city.id, turn.conversation, upload, event.seq).await?;
        }
        if turn.channel == Channel::Line && !turn.live {
            let job = NewJob { kind: MEDIA, key: format!("{}:{}", turn.conversation, event.seq), due_at: event.arrived_at, payload: json!({ "id": id }) };
            store::ensure_job(tx, &city.id, &job, Duration::ZERO).await?;
        }
        Ok(())
    }
}
