//! What reaches an open page by itself: that something changed (the page fetches what it may see), and who else is there.

use super::Talk;
use crate::{Change, Office, error::Refusal, hub, post::Posted, door::Me};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use model::{CityId, ConversationId};
use serde::Deserialize;
use std::{convert::Infallible, time::Duration};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

#[derive(Deserialize)]
pub struct Open {
    talk: Option<Uuid>,
}

/// `list`: something in the list may have changed. `talk`: something in the open conversation has. `who`: somebody is there.
pub async fn events(State(office): State<Office>, me: Me, Query(open): Query<Open>) -> Result<Response, Refusal> {
    let news = office.hub.listen();
    if let Some(talk) = open.talk {
        let mut tx = office.db.city(me.id()).await?;
        Talk::find(&mut tx, &me, talk, office.clock.now()).await?;
        tx.commit().await?;
    }
    let page = Page { news, city: me.city.id.clone(), own: me.staff.name.clone(), talk: open.talk.map(ConversationId) };
    let events = stream::unfold(page, |mut page| async move { page.next().await.map(|event| (Ok::<_, Infallible>(event), page)) });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)).text("ping")).into_response();
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

struct Page {
    news: Receiver<Change>,
    city: CityId,
    own: String,
    talk: Option<ConversationId>,
}

impl Page {
    async fn next(&mut self) -> Option<Event> {
        loop {
            match self.news.recv().await {
                Ok(change) if change.city != self.city => {}
                Ok(change) if change.who.is_empty() => {
                    let here = Some(change.conversation) == self.talk;
                    return Some(Event::default().event(if here { "talk" } else { "list" }).data("{}"));
                }
                // Who is there is told to those who are there too.
                Ok(change) if Some(change.conversation) == self.talk && change.who != self.own => {
                    return Some(Event::default().event("who").data(serde_json::json!({ "who": change.who, "typing": change.typing }).to_string()));
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Some(Event::default().event("talk").data("{}")),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

/// The page says that somebody looks at a conversation, or types.
pub async fn presence(State(office): State<Office>, Path((_, id)): Path<(String, Uuid)>, posted: Posted) -> Result<StatusCode, Refusal> {
    let me = &posted.me;
    let mut tx = office.db.city(me.id()).await?;
    Talk::find(&mut tx, me, id, office.clock.now()).await?;
    tx.commit().await?;
    let change = Change { who: me.staff.name.clone(), typing: posted.get("typing") == "1", ..Change::of(me.id(), ConversationId(id)) };
    hub::announce(&office.db, &change).await?;
    Ok(StatusCode::NO_CONTENT)
}
