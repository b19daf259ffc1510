//! What a city asks of the back office, in its `city.toml`.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// `[staff]`: who gets in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StaffRules {
    /// Nobody works without a second factor.
    pub second_factor: bool,
    /// Networks from which staff may work, such as `192.0.2.0/24`; none: from anywhere.
    pub networks: Vec<String>,
    pub sign_on: Option<SignOn>,
}

/// `[staff.sign_on]`: an OpenID Connect provider. The secret can be a file: `@/run/secrets/oidc`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOn {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// On the button.
    #[serde(default = "button")]
    pub name: String,
    /// The claim that names the member of staff.
    #[serde(default = "subject")]
    pub claim: String,
}

fn button() -> String {
    "職員の統合認証".to_owned()
}

fn subject() -> String {
    "sub".to_owned()
}

/// `[retention]`: how many days what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// What was said, and what staff noted of it.
    pub messages_days: u32,
    /// Photos and files.
    pub files_days: u32,
    /// What figures are made of.
    pub figures_days: u32,
    /// The record of what staff did.
    pub record_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { messages_days: 365, files_days: 90, figures_days: 1_095, record_days: 1_825 }
    }
}

/// `[[handover]]`: what always goes to a desk, beside the answer of the machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HandoverRule {
    pub desk: String,
    /// Any of these words in a message.
    pub words: Vec<String>,
    /// Any of these intents.
    pub intents: Vec<String>,
}

impl HandoverRule {
    pub fn fits(&self, words: &str, intent: &str) -> bool {
        self.intents.iter().any(|one| one == intent) || self.words.iter().any(|word| !word.is_empty() && words.contains(word.as_str()))
    }
}

/// What is wrong with the settings, if anything is.
pub(crate) fn problem(staff: &StaffRules, retention: &Retention, handover: &[HandoverRule]) -> Option<String> {
    if let Some(wrong) = staff.networks.iter().find(|network| network.parse::<IpNet>().is_err()) {
        return Some(format!("[staff] networks: `{wrong}` is no network; write for example 192.0.2.0/24"));
    }
    if let Some(wrong) = staff.sign_on.as_ref().map(|sign_on| &sign_on.issuer).filter(|issuer| !issuer.starts_with("https://") && !issuer.starts_with("http://127.0.0.1:")) {
        return Some(format!("[staff.sign_on] issuer must begin with https://, not `{wrong}`"));
    }
    let Retention { messages_days, files_days, figures_days, record_days } = *retention;
    if [messages_days, files_days, figures_days].iter().any(|days| !(1..=36_500).contains(days)) || !(365..=36_500).contains(&record_days) {
        return Some("[retention] counts days: at least 1, of the record at least 365, at most 36500".to_owned());
    }
    let wrong = handover.iter().find(|rule| rule.desk.is_empty() || rule.words.is_empty() && rule.intents.is_empty());
    wrong.map(|rule| format!("[[handover]] needs a desk, and words or intents (desk `{}`)", rule.desk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let fine = StaffRules { networks: vec!["192.0.2.0/24".into(), "2001:db8::/32".into()], ..StaffRules::default() };
        assert_eq!(problem(&fine, &Retention::default(), &[]), None);
        let wrong = StaffRules { networks: vec!["192.0.2.300".into()], ..StaffRules::default() };
        assert!(problem(&wrong, &Retention::default(), &[]).is_some_and(|words| words.contains("192.0.2.300")));
        let short = Retention { record_days: 30, ..Retention::default() };
        assert!(problem(&fine, &short, &[]).is_some_and(|words| words.contains("365")));
        let rule = HandoverRule { desk: "seikatsu".into(), words: vec!["生活保護".into()], ..HandoverRule::default() };
        assert!(rule.fits("生活保護の相談", "faq") && !rule.fits("保護猫", "faq"));
        assert!(problem(&fine, &Retention::default(), &[HandoverRule { words: Vec::new(), ..rule }]).is_some());
    }
}
