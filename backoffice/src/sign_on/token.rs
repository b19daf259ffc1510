//! What an ID token must be before it is believed (OpenID Connect Core, 3.1.3.7).

use crate::rules::SignOn;
use aws_lc_rs::constant_time;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::{Map, Value};

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 60;
/// Older ones were not made for this login (seconds).
const OLDEST: i64 = 600;

/// Whom the token names. The claims are checked against our own clock.
pub fn subject(token: &str, keys: &JwkSet, sign_on: &SignOn, nonce: &str, now: i64) -> Result<String, String> {
    let header = decode_header(token).map_err(|error| error.to_string())?;
    // Only signatures by a key pair: whoever knows a public key could make the others.
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 | Algorithm::PS256 | Algorithm::PS384 | Algorithm::PS512 | Algorithm::ES256 | Algorithm::ES384) {
        return Err(format!("{:?} is no signature that we take", header.alg));
    }
    let named = |kid: &String| keys.find(kid);
    let key = match &header.kid {
        Some(kid) => named(kid),
        None => match keys.keys.as_slice() {
            [only] => Some(only),
            _ => None,
        },
    };
    let key = DecodingKey::from_jwk(key.ok_or("its key is not among the provider's")?).map_err(|error| error.to_string())?;
    let mut wanted = Validation::new(header.alg);
    wanted.set_issuer(&[&sign_on.issuer]);
    wanted.set_audience(&[&sign_on.client_id]);
    wanted.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    wanted.validate_exp = false;
    let claims = decode::<Map<String, Value>>(token, &key, &wanted).map_err(|error| error.to_string())?.claims;
    let time = |name: &str| claims.get(name).and_then(Value::as_i64).ok_or_else(|| format!("{name} is missing"));
    if time("exp")? + LEEWAY < now {
        return Err("it has expired".to_owned());
    }
    if !(now - OLDEST..=now + LEEWAY).contains(&time("iat")?) {
        return Err("it was not made now".to_owned());
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if text("nonce").is_none_or(|given| constant_time::verify_slices_are_equal(given.as_bytes(), nonce.as_bytes()).is_err()) {
        return Err("it was made for another login".to_owned());
    }
    // Made for several: then for us in the first place.
    let several = claims.get("aud").and_then(Value::as_array).is_some_and(|all| all.len() > 1);
    if (several || claims.contains_key("azp")) && text("azp") != Some(&sign_on.client_id) {
        return Err("it was made for another client".to_owned());
    }
    text(&sign_on.claim).map(str::to_owned).ok_or_else(|| format!("{} is missing", sign_on.claim))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use jsonwebtoken::{EncodingKey, Header, encode, jwk::Jwk};
    use serde_json::json;

    const NOW: i64 = 1_790_000_000;

    fn house() -> SignOn {
        SignOn { issuer: "https://id.example".into(), client_id: "counter".into(), client_secret: "x".into(), name: "x".into(), claim: "sub".into() }
    }

    fn key() -> EncodingKey {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let der = pair.to_pkcs8v1().expect("its bytes");
        EncodingKey::from_ec_der(der.as_ref())
    }

    fn judged(change: Value) -> Result<String, String> {
        let signs = key();
        let mut jwk = Jwk::from_encoding_key(&signs, Algorithm::ES256).expect("its public half");
        jwk.common.key_id = Some("k".into());
        let mut claims = json!({ "iss": "https://id.example", "aud": "counter", "sub": "u1", "exp": NOW + 300, "iat": NOW, "nonce": "n" });
        for (name, value) in change.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("k".into());
        let token = encode(&header, &claims, &signs).expect("signed");
        subject(&token, &JwkSet { keys: vec![jwk] }, &house(), "n", NOW)
    }

    #[test]
    fn a_token_is_believed_only_if_everything_fits() {
        assert_eq!(judged(json!({})), Ok("u1".to_owned()));
        assert_eq!(judged(json!({ "aud": ["counter", "other"], "azp": "counter" })), Ok("u1".to_owned()));
        for wrong in [
            json!({ "iss": "https://evil.example" }),
            json!({ "aud": "other" }),
            json!({ "aud": ["counter", "other"] }),
            json!({ "azp": "other" }),
            json!({ "exp": NOW - 61 }),
            json!({ "iat": NOW - 601 }),
            json!({ "iat": NOW + 61 }),
            json!({ "nonce": "another" }),
            json!({ "nonce": null }),
            json!({ "sub": "" }),
        ] {
            assert!(judged(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn another_key_or_a_shared_secret_signs_nothing() {
        let claims = json!({ "iss": "https://id.example", "aud": "counter", "sub": "u1", "exp": NOW + 300, "iat": NOW, "nonce": "n" });
        let mut jwk = Jwk::from_encoding_key(&key(), Algorithm::ES256).expect("its public half");
        jwk.common.key_id = Some("k".into());
        let keys = JwkSet { keys: vec![jwk] };
        let foreign = encode(&Header { kid: Some("k".into()), ..Header::new(Algorithm::ES256) }, &claims, &key()).expect("signed");
        assert!(subject(&foreign, &keys, &house(), "n", NOW).is_err());
        let shared = encode(&Header { kid: Some("k".into()), ..Header::default() }, &claims, &EncodingKey::from_secret(b"x")).expect("signed");
        assert!(subject(&shared, &keys, &house(), "n", NOW).unwrap_err().contains("no signature"));
    }
}
