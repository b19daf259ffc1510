use super::{lock, recent::Recent};
use std::sync::Mutex;
use std::time::Duration;

/// How many tokens may be open at once: at 3,000 messages a second, those of more than the last minute.
const ROOM: usize = 300_000;

/// Reply tokens that were given out and not used yet.
pub struct ReplyTokens {
    life_ms: i64,
    open: Mutex<Recent<Open>>,
}

struct Open {
    user: String,
    expires_ms: i64,
}

impl ReplyTokens {
    pub fn new(life: Duration) -> Self {
        let life_ms = i64::try_from(life.as_millis()).unwrap_or(i64::MAX);
        Self { life_ms, open: Mutex::new(Recent::new(ROOM)) }
    }

    pub fn open(&self, token: String, user: &str, now_ms: i64) {
        let expires_ms = now_ms.saturating_add(self.life_ms);
        lock(&self.open).insert(token, Open { user: user.to_owned(), expires_ms });
    }

    /// The life of an unused token starts again when its event is delivered again.
    pub fn renew(&self, token: &str, now_ms: i64) {
        if let Some(open) = lock(&self.open).get_mut(token) {
            open.expires_ms = now_ms.saturating_add(self.life_ms);
        }
    }

    /// Whom this token answers. A token is gone after its first use, whether it was still good or not.
    pub fn redeem(&self, token: &str, now_ms: i64) -> Option<String> {
        let open = lock(&self.open).take(token)?;
        (now_ms < open.expires_ms).then_some(open.user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_once_and_for_its_life() {
        let tokens = ReplyTokens::new(Duration::from_secs(60));
        for token in ["used", "late", "renewed"] {
            tokens.open(token.into(), "U1", 1_000);
        }
        assert_eq!(tokens.redeem("used", 60_999).as_deref(), Some("U1"));
        assert_eq!(tokens.redeem("used", 60_999), None);
        assert_eq!(tokens.redeem("late", 61_000), None);
        tokens.renew("renewed", 90_000);
        assert_eq!(tokens.redeem("renewed", 149_999).as_deref(), Some("U1"));
        assert_eq!(tokens.redeem("never given", 0), None);
    }
}
