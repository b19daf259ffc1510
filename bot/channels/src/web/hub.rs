use model::ConversationId;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// Who waits for news of which conversation in this process.
#[derive(Default)]
pub struct Hub(Mutex<HashMap<ConversationId, watch::Sender<()>>>);

impl Hub {
    /// Says that a conversation has something new.
    pub fn ring(&self, conversation: ConversationId) {
        let mut waiting = self.lock();
        if let Some(bell) = waiting.get(&conversation)
            && bell.send(()).is_err() {
                waiting.remove(&conversation);
            }
    }

    /// News of a conversation from now on.
    pub fn listen(&self, conversation: ConversationId) -> watch::Receiver<()> {
        self.lock().entry(conversation).or_insert_with(|| watch::Sender::new(())).subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn only_those_who_wait_are_kept() {
        let (hub, id) = (Hub::default(), ConversationId(Uuid::from_u128(1)));
        hub.ring(id);
        let mut news = hub.listen(id);
        hub.ring(id);
        news.changed().await.expect("rung");
        drop(news);
        hub.ring(id);
        assert!(hub.lock().is_empty());
    }
}
