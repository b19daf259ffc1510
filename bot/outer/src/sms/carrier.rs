//! Carriers that speak Twilio's Messages API (2010-04-01): a form, Basic authentication, 201 with the message's id.

use super::{LONGEST, SmsProvider, international};
use crate::{Failure, Http};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::future::BoxFuture;
use hyper::Method;
use std::time::Duration;
use uuid::Uuid;

const SYSTEM: &str = "the SMS provider";

/// Who sends.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account's id (`AC…`).
    pub id: String,
    pub token: String,
    /// The number or name that messages come from.
    pub from: String,
}

pub struct CarrierSms {
    http: Http,
    url: String,
    authorization: String,
    from: String,
}

impl CarrierSms {
    pub fn new(url: &str, account: &Account, timeout: Duration) -> std::io::Result<Self> {
        let id: String = url::form_urlencoded::byte_serialize(account.id.as_bytes()).collect();
        Ok(Self {
            http: Http::new(timeout)?,
            url: format!("{}/2010-04-01/Accounts/{id}/Messages.json", url.trim_end_matches('/')),
            authorization: format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", account.id, account.token))),
            from: account.from.clone(),
        })
    }
}

impl SmsProvider for CarrierSms {
    fn send<'a>(&'a self, key: Uuid, to: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let text: String = text.chars().take(LONGEST).collect();
            let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("To", &international(to)).append_pair("From", &self.from).append_pair("Body", &text).finish();
            let key = key.to_string();
            let headers = [("authorization", self.authorization.as_str()), ("content-type", "application/x-www-form-urlencoded"), ("i-twilio-idempotency-token", key.as_str())];
            let answer = self.http.send(SYSTEM, Method::POST, &self.url, &headers, body).await?;
            if answer.fine() {
                return Ok(());
            }
            let code = answer.json()["code"].to_string();
            Err(answer.refusal(SYSTEM, &code))
        })
    }
}
