//! The header by which PayPay knows who calls: `hmac OPA-Auth:<key>:<mac>:<nonce>:<epoch>:<hash>`. The hash is MD5 over content type and
//! body, in base64; the mac is HMAC-SHA256 over path, method, nonce, epoch, content type and hash, one a line, in base64.
//! Where there is no body, both content type and hash are the word `empty`.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use md5::{Digest, Md5};

pub const CONTENT_TYPE: &str = "application/json;charset=UTF-8";

/// What is signed of a call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub method: &'a str,
    /// Without host and query.
    pub path: &'a str,
    pub body: &'a [u8],
    pub nonce: &'a str,
    pub epoch: i64,
}

pub fn authorization(api_key: &str, secret: &str, call: &Call<'_>) -> String {
    let (content_type, hash) = if call.body.is_empty() {
        ("empty", "empty".to_owned())
    } else {
        let mut md5 = Md5::new();
        md5.update(CONTENT_TYPE.as_bytes());
        md5.update(call.body);
        (CONTENT_TYPE, BASE64_STANDARD.encode(md5.finalize()))
    };
    let signed = [call.path, call.method, call.nonce, &call.epoch.to_string(), content_type, &hash].join("\n");
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), signed.as_bytes());
    format!("hmac OPA-Auth:{api_key}:{}:{}:{}:{hash}", BASE64_STANDARD.encode(mac.as_ref()), call.nonce, call.epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_body_path_or_secret_is_another_signature() {
        let call = Call { method: "POST", path: "/v2/codes", body: br#"{"a":1}"#, nonce: "acd028", epoch: 1_579_843_452 };
        let signed = authorization("APIKeyGenerated", "APIKeySecretGenerated", &call);
        assert!(signed.starts_with("hmac OPA-Auth:APIKeyGenerated:") && signed.contains(":acd028:1579843452:"), "{signed}");
        for other in [Call { body: br#"{"a":2}"#, ..call }, Call { path: "/v2/refunds", ..call }, Call { nonce: "x", ..call }, Call { epoch: 1, ..call }, Call { method: "PUT", ..call }] {
            assert_ne!(authorization("APIKeyGenerated", "APIKeySecretGenerated", &other), signed);
        }
        assert_ne!(authorization("APIKeyGenerated", "another", &call), signed);
        assert!(authorization("k", "s", &Call { body: b"", ..call }).ends_with(":empty"));
    }
}
