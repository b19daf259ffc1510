//! One conversation: everything said, understood, done and noted; and what staff can do in it.

mod act;
mod alert;
mod answer;
mod handle;
mod history;
mod live;
mod look;
mod media;
mod messages;
mod panel;
mod pass;
mod person;
mod reply;
mod view;

pub use act::Act;
pub use look::look;
pub use media::media;
pub use person::{join, part};
pub use reply::{LARGEST as LARGEST_REPLY, author};

pub use alert::{acknowledge, notices};
pub use handle::{note, protect, snooze, tag};
pub use live::{events, presence};
pub use pass::{assign, close, take, transfer};
pub use reply::reply;
pub use view::{fragment, page};

use crate::{error::Refusal, door::Me};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A conversation that somebody may see.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Talk {
    pub conversation_id: Uuid,
    pub channel: String,
    pub mode: String,
    pub desk_id: Option<String>,
    pub desk: Option<String>,
    pub assignee: Option<Uuid>,
    pub assignee_name: Option<String>,
    pub urgency: i16,
    pub waiting_since: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub snoozed_until: Option<DateTime<Utc>>,
    pub replies: i32,
    pub lang: String,
    pub tags: Vec<String>,
    pub protected: bool,
    pub blocked: bool,
    pub reason: Option<String>,
    /// Under protection, and this person has given a reason a while ago.
    pub looked: bool,
}

impl Talk {
    /// Another city's, another desk's and one that does not exist are the same: not found.
    pub async fn find(tx: &mut PgConnection, me: &Me, id: Uuid, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let found = sqlx::query_as(
            "SELECT t.conversation_id, t.channel, t.mode, t.desk_id, d.name AS desk, t.assignee, s.name AS assignee_name, t.urgency, t.waiting_since, t.due_at,
                 t.snoozed_until, t.replies, t.lang, t.tags, t.protected, c.blocked, h.reason,
                 EXISTS (SELECT 1 FROM staff_look l WHERE l.city_id = t.city_id AND l.staff_id = $4 AND l.conversation_id = t.conversation_id AND l.until > $5) AS looked
             FROM thread t JOIN conversation c ON c.city_id = t.city_id AND c.conversation_id = t.conversation_id
             LEFT JOIN desk d ON d.city_id = t.city_id AND d.desk_id = t.desk_id
             LEFT JOIN staff s ON s.city_id = t.city_id AND s.staff_id = t.assignee
             LEFT JOIN handover h ON h.city_id = t.city_id AND h.handover_id = t.handover_id
             WHERE t.city_id = $1 AND ($2::text[] = '{}' OR t.desk_id = ANY($2)) AND t.conversation_id = $3",
        )
        .bind(me.id().as_str())
        .bind(me.desks())
        .bind(id)
        .bind(me.staff.id)
        .bind(now)
        .fetch_optional(tx)
        .await?;
        found.ok_or(Refusal::NotFound)
    }

    /// Nothing of it is shown before a second look.
    pub fn hidden(&self) -> bool {
        self.protected && !self.looked
    }
}
