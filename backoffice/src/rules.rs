//! What a city asks of its staff's accounts, and how long it keeps what.

use chrono::TimeDelta;
use ipnet::IpNet;

#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Nobody works without a second factor.
    pub second_factor: bool,
    /// From where staff may work; empty: from anywhere.
    pub networks: Vec<IpNet>,
    pub sign_on: Option<SignOn>,
    pub keep: Keep,
}

/// An identity provider whose accounts open ours.
#[derive(Clone)]
pub struct SignOn {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// On the button.
    pub name: String,
    /// The claim that names the member of staff.
    pub claim: String,
}

impl std::fmt::Debug for SignOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOn").field("issuer", &self.issuer).field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// How long what is kept of conversations.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// What was said, and what staff noted of it.
    pub messages: TimeDelta,
    /// Photos and files.
    pub files: TimeDelta,
    /// What figures are made of.
    pub figures: TimeDelta,
    /// The record. Never less than a year.
    pub record: TimeDelta,
}

impl Default for Keep {
    fn default() -> Self {
        Self { messages: TimeDelta::days(365), files: TimeDelta::days(90), figures: TimeDelta::days(1_095), record: TimeDelta::days(1_825) }
    }
}
