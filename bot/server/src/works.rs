//! Work that belongs to no service: photos from LINE, the end of what was kept long enough, the end of a resident's data.

use crate::{office::rules, serve::secret};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use channels::line::{ApiFailure, Credentials, SdkApi};
use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use intents::{Around, Work, WorkError};
use model::ConversationId;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::{sync::Arc, time::Duration};
use store::{FileKind, Job, NewFile, NewJob, Notice};

pub const RETENTION: &str = "retention";
/// The one job of its kind in a city.
pub const DAILY: &str = "daily";

/// Fetches a photo or a file from LINE, which does not keep it for long, and seals it.
pub struct Media(pub Arc<SdkApi>);

impl Work for Media {
    fn kind(&self) -> &'static str {
        turn::MEDIA
    }

    fn call<'a>(&'a self, around: &'a Around, job: &'a Job) -> BoxFuture<'a, Result<Value, WorkError>> {
        Box::pin(async move {
            let line = &around.city.profile.line;
            let Some((channel_secret, access_token)) = secret(&line.channel_secret).zip(secret(&line.access_token)) else {
                return Err(WorkError::Never("the city has no LINE channel".to_owned()));
            };
            let message = job.payload["id"].as_str().unwrap_or_default();
            match self.0.content(&Credentials { channel_secret, access_token }, message).await {
                Ok(sent) => Ok(json!({ "type": sent.content_type, "bytes": STANDARD.encode(&sent.bytes) })),
                // Gone, or never there. Everything else may pass: LINE answers 202 while it still works on a video.
                Err(ApiFailure::Refused { status: 400 | 404 | 410, body }) => Err(WorkError::Never(body)),
                Err(error) => Err(WorkError::Again(error.to_string())),
            }
        })
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let broken = || WorkError::Never(format!("`{}` names no message", job.key));
            let (conversation, seq) = job.key.rsplit_once(':').ok_or_else(broken)?;
            let (conversation, seq) = (conversation.parse().map(ConversationId).map_err(|_| broken())?, seq.parse().map_err(|_| broken())?);
            let bytes = STANDARD.decode(called["bytes"].as_str().unwrap_or_default()).map_err(|error| WorkError::Never(error.to_string()))?;
            let content_type = called["type"].as_str().unwrap_or("application/octet-stream");
            let file = NewFile { kind: FileKind::Received { seq }, name: content_type, content_type, bytes: &bytes, author: None, now: around.now };
            store::put_file(&around.db, tx, &around.city.id, conversation, file).await?;
            // Open pages show it as soon as it is there. Photos are seldom: the commit may wait for the notice's lock.
            let change = serde_json::to_string(&backoffice::Change::of(&around.city.id, conversation)).map_err(store::StoreError::from)?;
            sqlx::query("SELECT pg_notify($1, $2)").bind(Notice::Staff.channel()).bind(change).execute(tx).await?;
            Ok(())
        })
    }
}

/// Once a day.
pub struct Retention;

impl Work for Retention {
    fn kind(&self) -> &'static str {
        RETENTION
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, _job: &'a Job, _called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let city = &around.city;
            let purged = backoffice::purge(&around.db, tx, &city.id, &rules(city).keep, around.now).await?;
            if purged != backoffice::Purged::default() {
                tracing::info!(city = %city.id, ?purged, "what was kept long enough is gone");
            }
            let next = NewJob { kind: RETENTION, key: DAILY.to_owned(), due_at: around.now + TimeDelta::days(1), payload: Value::Null };
            Ok(store::schedule_job(tx, &city.id, &next, Duration::ZERO).await?)
        })
    }
}

/// A resident wants their data gone.
pub struct Erase;

impl Work for Erase {
    fn kind(&self) -> &'static str {
        intents::privacy::ERASE
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, _called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            let gone = intents::privacy::erase(around, tx, job).await?;
            Ok(backoffice::forget(&around.db, tx, &around.city.id, &gone, around.now).await?)
        })
    }
}
