use super::{lock, timeline::Timeline};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, atomic::AtomicBool};

/// Everybody who wrote to the bot or was written to.
#[derive(Default)]
pub struct Users(Mutex<HashMap<String, Arc<User>>>);

#[derive(Default)]
pub struct User {
    pub timeline: Timeline,
    /// The resident blocked the account: what is sent reaches nobody.
    pub blocked: AtomicBool,
    pub profile: Mutex<Profile>,
}

/// What `GET /v2/bot/profile/{userId}` tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    pub display_name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub picture_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status_message: Option<String>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            display_name: "お試しの市民".to_owned(),
            language: Some("ja".to_owned()),
            picture_url: None,
            status_message: None,
        }
    }
}

impl Users {
    pub fn get(&self, id: &str) -> Option<Arc<User>> {
        lock(&self.0).get(id).cloned()
    }

    pub fn get_or_new(&self, id: &str) -> Arc<User> {
        let mut users = lock(&self.0);
        if let Some(user) = users.get(id) {
            return user.clone();
        }
        users.entry(id.to_owned()).or_default().clone()
    }
}

/// `U` and 32 hexadecimal digits, in lower case: the only form the platform knows.
pub fn is_user_id(id: &str) -> bool {
    id.strip_prefix('U')
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}
