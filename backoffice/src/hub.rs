//! Who must hear of what at once: changes reach every open page of this process, from whatever process they come.

use crate::inbox::Memory;
use model::{CityId, ConversationId};
use serde::{Deserialize, Serialize};
use store::{Db, Notice, StoreError};
use tokio::sync::broadcast;

/// Something that staff look at has changed. Small: pages fetch what they may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub city: CityId,
    pub conversation: ConversationId,
    /// Somebody looks at the conversation, or types in it; empty: something was said or done there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    #[serde(default)]
    pub typing: bool,
}

impl Change {
    pub fn of(city: &CityId, conversation: ConversationId) -> Self {
        Self { city: city.clone(), conversation, who: String::new(), typing: false }
    }
}

/// Changes that a slow page has not taken yet; one that falls behind further is told to look anew.
const KEPT: usize = 256;

pub struct Hub {
    changes: broadcast::Sender<Change>,
    /// The lists that open pages share.
    pub(crate) lists: Memory,
}

impl Default for Hub {
    fn default() -> Self {
        Self { changes: broadcast::Sender::new(KEPT), lists: Memory::default() }
    }
}

impl Hub {
    /// Tells the pages of this process.
    pub fn tell(&self, change: Change) {
        if change.who.is_empty() {
            self.lists.changed();
        }
        // Nobody listens: nobody needs to know.
        let _ = self.changes.send(change);
    }

    /// What another process told, from a notice's payload.
    pub fn heard(&self, payload: &str) {
        if let Ok(change) = serde_json::from_str(payload) {
            self.tell(change);
        }
    }

    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }
}

/// Tells every process, this one too.
pub async fn announce(db: &Db, change: &Change) -> Result<(), StoreError> {
    db.notify(Notice::Staff, &serde_json::to_string(change)?).await
}
