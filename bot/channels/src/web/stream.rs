use super::{Web, entry, session};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use std::{collections::VecDeque, convert::Infallible, time::Duration};
use tokio::sync::watch;

/// Messages fetched at a time.
const PAGE: i64 = 200;
/// A missed bell (another process, a lost notice) is made up for after this long.
const LOOK_ANYWAY: Duration = Duration::from_secs(5);
const PING: Duration = Duration::from_secs(15);

/// The messages after `Last-Event-ID` (all without it), then new ones as they come.
pub(super) async fn events(State(web): State<Web>, Path(city): Path<String>, headers: HeaderMap) -> Response {
    let session = match session::find(&web, &city, &headers).await {
        Ok(session) => session,
        Err(refusal) => return refusal,
    };
    let after = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok()).unwrap_or(0);
    let news = web.hub.listen(session.conversation);
    let reader = Reader { web, session, news, after, ready: VecDeque::new(), replayed: false };
    let events = stream::unfold(reader, |mut reader| async move { reader.next().await.map(|event| (Ok::<_, Infallible>(event), reader)) });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(PING).text("ping")).into_response();
    // Proxies must not gather what should flow.
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response
}

struct Reader {
    web: Web,
    session: session::Session,
    news: watch::Receiver<()>,
    after: i64,
    ready: VecDeque<Event>,
    /// The history has been sent; what comes now is new.
    replayed: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            self.news.borrow_and_update();
            let more = self.fetch().await?;
            if !self.ready.is_empty() || more {
                continue;
            }
            if !self.replayed {
                self.replayed = true;
                return Some(Event::default().event("ready").data("{}"));
            }
            let waited = tokio::time::timeout(LOOK_ANYWAY, self.news.changed()).await;
            if matches!(waited, Ok(Err(_))) {
                return None;
            }
        }
    }

    /// Fetches the next page; `None` ends the stream (the widget comes back).
    async fn fetch(&mut self) -> Option<bool> {
        let entries = match store::timeline(&self.web.db, &self.session.city, self.session.conversation, self.after, PAGE).await {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(%error, "a chat stream ends");
                return None;
            }
        };
        let full = i64::try_from(entries.len()).unwrap_or(0) >= PAGE;
        for entry in &entries {
            self.after = entry.seq;
            if let Some(json) = entry::json(entry) {
                self.ready.push_back(Event::default().id(entry.seq.to_string()).event("message").data(json.to_string()));
            }
        }
        // While a person has the conversation, nobody is typing by machine.
        if entries.last().is_some_and(entry::awaits_answer)
            && store::machine_answers(&self.web.db, &self.session.city, self.session.conversation).await.unwrap_or(true)
        {
            self.ready.push_back(Event::default().event("typing").data("{}"));
        }
        Some(full)
    }
}
