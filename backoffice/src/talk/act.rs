//! The frame of everything that staff do in a conversation: look whether they may, do it, write it down, tell the pages.

use super::Talk;
use crate::{Change, Office, audit, error::Refusal, hub, post::Posted, door::Me};
use axum::{
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use model::ConversationId;
use store::CityTx;
use uuid::Uuid;

/// A deed that has begun: the conversation is there, and this person may act in it.
pub struct Act<'a> {
    pub office: &'a Office,
    pub me: &'a Me,
    pub talk: Talk,
    pub tx: CityTx,
}

impl<'a> Act<'a> {
    pub async fn begin(office: &'a Office, posted: &'a Posted, city: &str, id: Uuid) -> Result<Self, Refusal> {
        let me = &posted.me;
        if city != me.id().as_str() {
            return Err(Refusal::NotFound);
        }
        let mut tx = office.db.city(me.id()).await?;
        let talk = Talk::find(&mut tx, me, id, office.clock.now()).await?;
        if !me.staff.role.talks() {
            return Err(Refusal::Bad("閲覧だけの権限では、操作できません。"));
        }
        if talk.hidden() {
            return Err(Refusal::Bad("保護対象の方の会話です。先に会話の画面で開く理由を選んでください。"));
        }
        Ok(Self { office, me, talk, tx })
    }

    pub fn conversation(&self) -> ConversationId {
        ConversationId(self.talk.conversation_id)
    }

    /// Writes the deed down, commits, tells every page.
    pub async fn finish(mut self, action: &str, detail: &str) -> Result<(), Refusal> {
        let (office, me, conversation) = (self.office, self.me, self.conversation());
        audit::of(&office.db, &mut self.tx, me, office.clock.now(), action, &conversation.to_string(), detail).await?;
        self.tx.commit().await?;
        tell(office, me, conversation).await;
        Ok(())
    }
}

/// Tells the pages; a failure is made up for when they look by themselves.
pub async fn tell(office: &Office, me: &Me, conversation: ConversationId) {
    let change = Change::of(me.id(), conversation);
    office.hub.lists.changed();
    if let Err(error) = hub::announce(&office.db, &change).await {
        tracing::warn!(%error, "staff pages could not be told");
        office.hub.tell(change);
    }
}

/// Back to the conversation; a script that sent the form needs no page.
pub fn back(headers: &HeaderMap, me: &Me, id: Uuid) -> Response {
    if headers.contains_key("x-live") {
        return axum::http::StatusCode::NO_CONTENT.into_response();
    }
    Redirect::to(&format!("/backoffice/{}/talks/{id}", me.id())).into_response()
}
