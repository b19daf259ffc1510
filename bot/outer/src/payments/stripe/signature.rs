//! `Stripe-Signature: t=<unix time>,v1=<hex>[,v1=<hex>…]`: HMAC-SHA256 with the webhook's secret over `<t>.<body>`. While a secret is
//! being changed there are several v1; one that fits is enough.

use super::Forged;
use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::Write;

/// How far the time of a signature may be from ours: a notice that somebody recorded is of no use later.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

pub fn verify(secret: &str, header: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), Forged> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(name, _)| *name == "t").map(|(_, time)| time).ok_or(Forged::Unsigned)?;
    let signed_at = time.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or(Forged::Unsigned)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signed = [time.as_bytes(), b".", body].concat();
    let fits = |hex: &str| unhex(hex).is_some_and(|tag| hmac::verify(&key, &signed, &tag).is_ok());
    if secret.is_empty() || !parts().any(|(name, value)| name == "v1" && fits(value)) {
        return Err(Forged::Wrong);
    }
    if (now - signed_at).abs() > TOLERANCE { Err(Forged::Old) } else { Ok(()) }
}

/// What Stripe would put into the header.
pub fn sign(secret: &str, body: &[u8], at: DateTime<Utc>) -> String {
    let time = at.timestamp().to_string();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), &[time.as_bytes(), b".", body].concat());
    let mut hex = String::new();
    for byte in tag.as_ref() {
        let _ = write!(hex, "{byte:02x}");
    }
    format!("t={time},v1={hex}")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_signed_with_the_secret_not_long_ago_is_taken() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).expect("a time");
        let header = sign("whsec_a", b"{}", now);
        assert_eq!(verify("whsec_a", &header, b"{}", now), Ok(()));
        assert_eq!(verify("whsec_a", &format!("{header},v1=00"), b"{}", now + TOLERANCE), Ok(()));
        assert_eq!(verify("whsec_a", &header, b"{ }", now), Err(Forged::Wrong));
        assert_eq!(verify("whsec_b", &header, b"{}", now), Err(Forged::Wrong));
        assert_eq!(verify("whsec_a", &header, b"{}", now + TimeDelta::minutes(6)), Err(Forged::Old));
        assert_eq!(verify("whsec_a", &header, b"{}", now - TimeDelta::minutes(6)), Err(Forged::Old));
        for nonsense in ["", "t=", "v1=00", "t=x,v1=00"] {
            assert_eq!(verify("whsec_a", nonsense, b"{}", now), Err(Forged::Unsigned), "{nonsense}");
        }
        // No secret: nobody can have signed with it.
        assert_eq!(verify("", &sign("", b"{}", now), b"{}", now), Err(Forged::Wrong));
    }
}
