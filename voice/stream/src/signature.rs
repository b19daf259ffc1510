//! X-Twilio-Signature: HMAC-SHA1 over the address and the form, its fields in order of their names.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use std::collections::BTreeMap;

pub fn sign(token: &str, url: &str, fields: &BTreeMap<String, String>) -> String {
    BASE64_STANDARD.encode(hmac::sign(&key(token), &signed(url, fields)))
}

/// In constant time.
pub(crate) fn verify(token: &str, url: &str, fields: &BTreeMap<String, String>, signature: &str) -> bool {
    let Ok(tag) = BASE64_STANDARD.decode(signature) else { return false };
    hmac::verify(&key(token), &signed(url, fields), &tag).is_ok()
}

/// What the stream of a call shows, so that only who was told of the call can open one.
pub(crate) fn pass(token: &str, call: &str) -> String {
    BASE64_STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes()), call.as_bytes()))
}

pub(crate) fn passes(token: &str, call: &str, pass: &str) -> bool {
    let Ok(tag) = BASE64_STANDARD.decode(pass) else { return false };
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes()), call.as_bytes(), &tag).is_ok()
}

fn key(token: &str) -> hmac::Key {
    // SHA-1 is the carrier's choice; as a keyed hash it still holds.
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes())
}

fn signed(url: &str, fields: &BTreeMap<String, String>) -> Vec<u8> {
    let mut all = url.as_bytes().to_vec();
    for (name, value) in fields {
        all.extend(name.as_bytes());
        all.extend(value.as_bytes());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_what_was_signed_and_nothing_else() {
        let fields: BTreeMap<String, String> = [("To", "+81600002000"), ("From", "+81611112222"), ("CallSid", "CA1")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        let url = "https://counter.example/phone/aoba/voice";
        let signature = sign("token", url, &fields);
        assert_eq!(BASE64_STANDARD.decode(&signature).expect("base64").len(), 20);
        assert!(verify("token", url, &fields, &signature));
        let mut other = fields.clone();
        other.insert("To".to_owned(), "+81600002001".to_owned());
        for (token, url, fields, signature) in [("other", url, &fields, signature.as_str()), ("token", "https://counter.example/", &fields, &signature), ("token", url, &other, &signature), ("token", url, &fields, "x"), ("token", url, &fields, "")] {
            assert!(!verify(token, url, fields, signature));
        }
        let pass = pass("token", "CA1");
        assert!(passes("token", "CA1", &pass) && !passes("token", "CA2", &pass) && !passes("other", "CA1", &pass));
    }
}
