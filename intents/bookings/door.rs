//! Pass codes: wanted with the booking, issued in time by a job, shown to nobody but the booker, revoked when it ends.

use super::{hold, jobs, table};
use crate::{Around, Context, ServiceError, Work, WorkError, facilities::catalogue};
use chrono::{DateTime, Utc};
use dialogue::Outcome;
use futures_util::future::BoxFuture;
use model::{CityId, ConversationId, Part, Say};
use outer::locks::{LockProvider, NewPass};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::sync::Arc;
use store::{Db, Job, StoreError};
use uuid::Uuid;

const PLACE: &str = "door";

pub fn works(locks: Option<Arc<dyn LockProvider>>) -> Vec<Arc<dyn Work>> {
    vec![Arc::new(Issue(locks.clone())), Arc::new(End(locks))]
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Pass {
    door: String,
    from_at: DateTime<Utc>,
    until_at: DateTime<Utc>,
    state: String,
    sealed: Option<Vec<u8>>,
}

async fn pass(tx: &mut PgConnection, city: &CityId, booking: Uuid) -> Result<Option<Pass>, StoreError> {
    Ok(sqlx::query_as("SELECT door, from_at, until_at, state, sealed FROM door_pass WHERE city_id = $1 AND booking_id = $2").bind(city.as_str()).bind(booking).fetch_optional(tx).await?)
}

fn system(locks: Option<&Arc<dyn LockProvider>>) -> Result<&Arc<dyn LockProvider>, WorkError> {
    locks.ok_or_else(|| WorkError::Again("no lock system is set (lock.api_url)".to_owned()))
}

fn failed(failure: outer::Failure) -> WorkError {
    if failure.may_pass() { WorkError::Again(failure.to_string()) } else { WorkError::Never(failure.to_string()) }
}

struct Issue(Option<Arc<dyn LockProvider>>);

impl Work for Issue {
    fn kind(&self) -> &'static str {
        jobs::DOOR
    }

    fn call<'a>(&'a self, around: &'a Around, job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        Box::pin(async move {
            let key = jobs::id_of(job)?;
            let mut tx = around.db.city(&around.city.id).await?;
            let wanted = pass(&mut tx, &around.city.id, key).await?.filter(|pass| pass.state == "wanted");
            tx.commit().await?;
            let Some(wanted) = wanted else { return Ok(Value::Null) };
            let new = NewPass { key, door: wanted.door, from: wanted.from_at, until: wanted.until_at };
            let code = system(self.0.as_ref())?.issue(&new).await.map_err(failed)?;
            Ok(json!({ "code": code }))
        })
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let (Some(code), id, city) = (called["code"].as_str(), jobs::id_of(job)?, &around.city.id) else { return Ok(()) };
            let Some(booking) = table::lock(tx, city, id).await?.filter(|booking| booking.state == "confirmed") else {
                // It was cancelled while the door was being asked: the end of the pass is on the list already.
                return Ok(());
            };
            let sealed = seal(&around.db, tx, city, booking.conversation_id.map(ConversationId), code).await?;
            let done = sqlx::query("UPDATE door_pass SET state = 'issued', sealed = $3 WHERE city_id = $1 AND booking_id = $2 AND state = 'wanted'").bind(city.as_str()).bind(id).bind(sealed).execute(&mut *tx).await?;
            if done.rows_affected() == 1 {
                hold::tell(around, tx, &booking, "door", &booking.from_at.timestamp().to_string()).await?;
            }
            Ok(())
        })
    }
}

struct End(Option<Arc<dyn LockProvider>>);

impl Work for End {
    fn kind(&self) -> &'static str {
        jobs::DOOR_END
    }

    fn call<'a>(&'a self, around: &'a Around, job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        Box::pin(async move {
            let key = jobs::id_of(job)?;
            let mut tx = around.db.city(&around.city.id).await?;
            let revoked = pass(&mut tx, &around.city.id, key).await?.filter(|pass| pass.state == "revoked");
            tx.commit().await?;
            if let Some(pass) = revoked {
                system(self.0.as_ref())?.revoke(&pass.door, key).await.map_err(failed)?;
            }
            Ok(Value::Null)
        })
    }

    fn effect<'a>(&'a self, _around: &'a Around, _tx: &'a mut PgConnection, _job: &'a Job, _called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async { Ok(()) })
    }
}

async fn seal(db: &Db, tx: &mut PgConnection, city: &CityId, conversation: Option<ConversationId>, code: &str) -> Result<Vec<u8>, StoreError> {
    match conversation {
        Some(conversation) => store::seal_for_conversation(db, tx, city, conversation, code.as_bytes(), PLACE).await,
        None => Ok(db.city_key(tx, city).await?.seal(code.as_bytes(), PLACE)?),
    }
}

/// The code of a booking of this resident, while it is good.
pub async fn show(context: &mut Context<'_>, booking: &table::Booking) -> Result<Outcome, ServiceError> {
    let title = super::hold::title(context.city.zone, context.lang, booking, catalogue(context));
    let Some(pass) = pass(context.tx, &context.city.id, booking.booking_id).await? else {
        return Ok(Outcome::done(vec![Part::text(Say::key("booking-door-none").with("what", title))]));
    };
    let sealed = pass.sealed.filter(|_| pass.state == "issued").zip(booking.conversation_id);
    let Some((sealed, conversation)) = sealed else {
        return Ok(Outcome::done(vec![Part::text(Say::key("booking-door-later").with("what", title).with("from", pass.from_at))]));
    };
    let plain = store::open_for_conversation(context.db, context.tx, &context.city.id, ConversationId(conversation), &sealed, PLACE).await?;
    let code = String::from_utf8_lossy(&plain).into_owned();
    let say = Say::key("booking-door-code").with("what", title).with("code", code).with("from", pass.from_at).with("until", pass.until_at);
    Ok(Outcome::done(vec![Part::text(say)]))
}
