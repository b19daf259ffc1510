//! What a conversation leaves to be done when nobody speaks: the reminder of a form, its end, the end of what is kept.

use crate::{Engine, TurnError};
use chrono::{DateTime, Utc};
use dialogue::State;
use futures_util::future::BoxFuture;
use intents::{Around, City, Work, WorkError};
use model::{Channel, Content, ConversationId, Reach};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::{sync::Arc, time::Duration};
use store::{CityTx, Job, LoadedTurn, NewJob};

const FORM: &str = "dialogue.form";
const KEEP: &str = "dialogue.keep";

/// A live session does its jobs itself; one that is never heard again leaves them to others after this long.
const HELD: Duration = Duration::from_secs(3_600);

pub(crate) fn works() -> Vec<Arc<dyn Work>> {
    vec![Arc::new(FormTimer), Arc::new(Keep)]
}

impl Engine {
    /// Sets and takes back the timers of a conversation whose turn ends. Before the conversation's row is written: jobs lock
    /// in the same order.
    pub(crate) async fn set_timers(&self, tx: &mut CityTx, city: &City, turn: &LoadedTurn, before: &State, after: &State) -> Result<(), TurnError> {
        let Some(touched) = after.touched else { return Ok(()) };
        let held = if turn.live { HELD } else { Duration::ZERO };
        let (key, limits) = (turn.conversation.to_string(), &city.profile.timeouts);
        if after.left_open(&city.catalogue) {
            let due_at = touched + if after.reminded { limits.close() } else { limits.remind() };
            let job = NewJob { kind: FORM, key: key.clone(), due_at, payload: json!({ "since": touched }) };
            store::schedule_job(tx, &city.id, &job, held).await?;
        } else if before.left_open(&city.catalogue) {
            store::cancel_job(tx, &city.id, FORM, &key).await?;
        }
        // Once a day is often enough: the job looks for itself when the resident was last heard.
        if before.touched.map(|at| at.date_naive()) != Some(touched.date_naive()) {
            let job = NewJob { kind: KEEP, key, due_at: touched + limits.keep(), payload: Value::Null };
            store::ensure_job(tx, &city.id, &job, held).await?;
        }
        Ok(())
    }
}

fn conversation_of(job: &Job) -> Result<ConversationId, WorkError> {
    job.key.parse().map(ConversationId).map_err(|_| WorkError::Never(format!("`{}` is no conversation", job.key)))
}

/// What it costs to say something to whoever does not wait for it.
pub(crate) fn reach(channel: Channel, live: bool, blocked: bool) -> Reach {
    match channel {
        _ if live || blocked => Reach::Not,
        Channel::Phone => Reach::Not,
        Channel::Line => Reach::Costly,
        Channel::Web => Reach::Free,
    }
}

/// A form was left alone: puts that into the conversation's inbox. What follows is the dialogue's to say.
struct FormTimer;

impl Work for FormTimer {
    fn kind(&self) -> &'static str {
        FORM
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, _called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let (conversation, city) = (conversation_of(job)?, &around.city.id);
            let since: DateTime<Utc> = serde_json::from_value(job.payload["since"].clone()).map_err(|error| WorkError::Never(error.to_string()))?;
            let Some(line) = store::line_of(tx, city, conversation).await? else { return Ok(()) };
            let reach = reach(line.channel, line.live, line.blocked);
            let id = format!("timer:{conversation}:{}", around.db.uuid());
            store::enqueue_internal(&around.db, tx, city, conversation, &id, around.now, &Content::Timer { since, reach }).await?;
            Ok(())
        })
    }
}

/// The city's limit for what is personal has come.
struct Keep;

impl Work for Keep {
    fn kind(&self) -> &'static str {
        KEEP
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, _called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let (conversation, city) = (conversation_of(job)?, &around.city);
            let heard = store::last_heard(tx, &city.id, conversation).await?;
            let due_at = heard.map(|heard| heard + city.profile.timeouts.keep()).filter(|due| *due > around.now);
            if let Some(due_at) = due_at {
                let again = NewJob { kind: KEEP, key: job.key.clone(), due_at, payload: Value::Null };
                return Ok(store::schedule_job(tx, &city.id, &again, Duration::ZERO).await?);
            }
            if !store::forget(&around.db, tx, &city.id, conversation).await? {
                return Err(WorkError::Again("a turn of the conversation is running".to_owned()));
            }
            Ok(store::cancel_job(tx, &city.id, FORM, &job.key).await?)
        })
    }
}

