//! Members of staff in a conversation: what they write goes out as the answer to their own event; while they have it, the
//! machine listens and is silent.

use crate::{Engine, TurnError};
use dialogue::{Alert, State};
use intents::City;
use model::{Author, CallResult, Channel, Choice, Closing, Content, Part, Postback, Reply, Say, StaffAct, Urgency};
use store::{CityTx, LoadedEvent, LoadedTurn, Mode, Understood, Wanted, Wish};

/// Who writes within so many days after silence ended a talk with staff is brought before them again.
const TAKEN_UP_AGAIN: chrono::TimeDelta = chrono::TimeDelta::days(14);

impl Engine {
    /// What the resident hears of a member of staff's act.
    pub(crate) fn staff_says(&self, city: &City, channel: Channel, state: &State, act: &StaffAct) -> Reply {
        let parts = match act {
            StaffAct::Reply { author, parts } => {
                let mut parts = parts.clone();
                if let Some(first) = parts.first_mut() {
                    self.sign(city, channel, state, first, author);
                }
                parts
            }
            StaffAct::TakeOver { author } => vec![self.word(city, channel, state, named(Say::key("people-took-over"), author))],
            StaffAct::Transfer { desk, .. } => vec![self.word(city, channel, state, Say::key("people-transferred").with("desk", desk.as_str()))],
            StaffAct::CalledBack { author, receipt, result } => {
                let key = match result {
                    CallResult::Talked => "people-called-talked",
                    CallResult::Absent => "people-called-absent",
                    CallResult::Written => "people-called-written",
                };
                vec![self.word(city, channel, state, named(Say::key(key), author).with("receipt", receipt.as_str()))]
            }
            StaffAct::Close { why, ask_score } => {
                let key = match why {
                    Closing::Staff => "people-back-done",
                    Closing::Silence => "people-back-silence",
                };
                let mut parts = vec![self.word(city, channel, state, Say::key(key))];
                if *ask_score {
                    let choices = (1..=5).rev().map(|score| {
                        let value: String = Postback::begin("people.rating").given("score", score.to_string()).into();
                        Choice::new(Say::dynamic(format!("people-rating-score-{score}")), value)
                    });
                    let ask = Part::Choices { text: Say::key("people-rating-ask-score"), choices: choices.collect() };
                    parts.push(self.texts.part(&Self::speaker(city, state.lang(), channel), ask));
                }
                parts
            }
        };
        Reply { parts, lang: state.lang(), urgency: Urgency::Normal }
    }

    /// Says who is speaking, in words: that works on every channel, aloud too.
    fn sign(&self, city: &City, channel: Channel, state: &State, part: &mut Part<String>, author: &Author) {
        let signature = self.texts.say(&Self::speaker(city, state.lang(), channel), &named(Say::key("people-signature"), author));
        if let Part::Text { text } | Part::Choices { text, .. } | Part::Link { text, .. } = part {
            *text = format!("{signature}\n{text}");
        }
    }

    pub(crate) fn word(&self, city: &City, channel: Channel, state: &State, say: Say) -> Part<String> {
        self.texts.part(&Self::speaker(city, state.lang(), channel), Part::text(say))
    }

    /// What the dialogue noticed, put before staff.
    pub(crate) async fn raise(&self, tx: &mut CityTx, city: &City, turn: &LoadedTurn, event: &LoadedEvent, alerts: &[Alert]) -> Result<(), TurnError> {
        for alert in alerts {
            let reason = match alert {
                Alert::Emergency(kind) => {
                    tracing::warn!(city = %city.id, conversation = %turn.conversation, kind = kind.as_str(), "emergency");
                    store::raise_alert(tx, &city.id, turn.conversation, self.db.uuid(), kind.as_str(), event.arrived_at).await?;
                    Wanted::Emergency
                }
                Alert::Complaint => Wanted::Complaint,
                Alert::NotUnderstood => Wanted::NotUnderstood,
            };
            self.want(tx, city, turn, event, reason).await?;
        }
        Ok(())
    }

    async fn want(&self, tx: &mut CityTx, city: &City, turn: &LoadedTurn, event: &LoadedEvent, reason: Wanted) -> Result<(), TurnError> {
        let wish = Wish { reason, desk: Some(&city.profile.hotline.name), now: event.arrived_at };
        store::want_person(tx, &city.id, turn.conversation, self.db.uuid(), wish).await?;
        Ok(())
    }

    /// A resident who writes after silence had ended the talk with staff: they hear of it. `None` if it is none such.
    pub(crate) async fn take_up_again(&self, tx: &mut CityTx, city: &City, turn: &LoadedTurn, state: &State, event: &LoadedEvent) -> Result<Option<Part<String>>, TurnError> {
        let recent = turn.returned_at.is_some_and(|at| event.arrived_at - at < TAKEN_UP_AGAIN);
        if !recent || !matches!(event.content, Content::Text { .. } | Content::Media { .. } | Content::Location { .. }) {
            return Ok(None);
        }
        // The desk that had it keeps it: no other is named.
        let wish = Wish { reason: Wanted::Returned, desk: None, now: event.arrived_at };
        store::want_person(tx, &city.id, turn.conversation, self.db.uuid(), wish).await?;
        Ok(Some(self.word(city, turn.channel, state, Say::key("people-told-staff"))))
    }
}

fn named(say: Say, author: &Author) -> Say {
    say.with("desk", author.desk.as_str()).with("name", author.name.as_str())
}

/// What is kept of an event for staff.
pub(crate) fn seen(event: &LoadedEvent, outcome: &crate::engine::Outcome, mode: Mode) -> Understood {
    let understanding = outcome.understanding.as_ref();
    Understood {
        seq: event.seq,
        at: event.arrived_at,
        intent: understanding.map(|u| u.intent().to_owned()),
        confidence: understanding.map(model::Understanding::confidence),
        form: outcome.form.clone(),
        emergency: understanding.and_then(|u| u.emergency).map(|e| e.as_str()),
        missed: outcome.state.misses > 0 || outcome.alerts.contains(&Alert::NotUnderstood),
        silent: mode == Mode::Staff,
        personal: false,
        words: words(&event.content).unwrap_or_default(),
    }
}

/// The words of an event, as a list shows them; `None` when it has none.
pub(crate) fn words(content: &Content) -> Option<String> {
    match content {
        Content::Text { text } => Some(text.clone()),
        Content::Postback { value, label } => Some(label.clone().unwrap_or_else(|| value.clone())),
        Content::Location { address, .. } => Some(format!("📍 {}", address.as_deref().unwrap_or("位置情報"))),
        Content::Media { .. } => Some("📎 写真・ファイル".to_owned()),
        Content::Sticker { .. } => Some("スタンプ".to_owned()),
        Content::Dtmf { digits } => Some(digits.clone()),
        Content::Staff { act: StaffAct::Reply { parts, .. } } => parts.iter().find_map(|part| match part {
            Part::Text { text } | Part::Choices { text, .. } | Part::Link { text, .. } => Some(text.clone()),
            _ => None,
        }),
        _ => None,
    }
}
