//! Proof of who a client is towards another service: a JWT signed with the secret both know (RFC 7523 section 2.2, `HS512`
//! of RFC 7518). For providers that ask for this form; our own tokens are signed with key pairs.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::secret::SecretText;

/// The header `{"alg":"HS512","typ":"JWT"}`.
const HEADER: &[u8] = br#"{"alg":"HS512","typ":"JWT"}"#;

/// Signs `claims`, which is a JSON object, with the shared secret.
#[must_use]
pub fn hs512_assertion(secret: &SecretText, claims: &str) -> SecretText {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA512, secret.expose().as_bytes());
    let tag = hmac::sign(&key, signed.as_bytes());
    SecretText::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref())))
}

/// The claims of a JWT that was signed with the shared secret by `HS512`, as they were signed: JSON, nothing of which was looked at.
/// `None` for another algorithm (also `none`), another signature, and what is no such token. The signature is compared in constant time.
#[must_use]
pub fn hs512_claims(secret: &SecretText, token: &str) -> Option<Vec<u8>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Value = serde_json::from_slice(&decoded(header)?).ok()?;
    // Of what must be understood (RFC 7515 section 4.1.11) nothing is.
    if header.get("alg").and_then(Value::as_str) != Some("HS512") || header.get("crit").is_some() {
        return None;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA512, secret.expose().as_bytes());
    hmac::verify(&key, signed.as_bytes(), &decoded(signature)?).ok()?;
    decoded(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python's `hmac` and `hashlib`.
    #[test]
    fn a_known_signature() {
        let assertion = hs512_assertion(&SecretText::new("secret".to_owned()), r#"{"iss":"a"}"#);
        assert_eq!(assertion.expose(), KNOWN);
    }

    #[test]
    fn only_what_was_signed_is_read() {
        let secret = SecretText::new("secret".to_owned());
        assert_eq!(hs512_claims(&secret, KNOWN).as_deref(), Some(&br#"{"iss":"a"}"#[..]));
        assert_eq!(hs512_claims(&SecretText::new("Secret".to_owned()), KNOWN), None);
        let (signed, signature) = KNOWN.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let key = hmac::Key::new(hmac::HMAC_SHA512, b"secret");
        let signed_as = |header: &str| {
            let signed = format!("{}.{claims}", encoded(header));
            let tag = hmac::sign(&key, signed.as_bytes());
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
        };
        assert!(hs512_claims(&secret, &signed_as(r#"{"alg":"HS512"}"#)).is_some());
        for forged in [
            format!("{header}.{}.{signature}", encoded(r#"{"iss":"b"}"#)),
            format!("{header}.{claims}.{}", &signature[..40]),
            format!("{header}.{claims}."),
            format!("{header}.{claims}"),
            format!("{}.{claims}.", encoded(r#"{"alg":"none"}"#)),
            signed_as(r#"{"alg":"none"}"#),
            signed_as(r#"{"alg":"HS256"}"#),
            signed_as(r#"{"alg":"hs512"}"#),
            signed_as(r#"{"alg":"HS512","crit":["b64"]}"#),
            signed_as("{}"),
            signed_as("HS512"),
            format!("{KNOWN}.x"),
            String::new(),
        ] {
            assert_eq!(hs512_claims(&secret, &forged), None, "{forged}");
        }
    }

    const KNOWN: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0.iuQ1FUu\
        YRkqMbGLntrn6IQOVQr_xGknUXhPB25WjNo7Zi_ikFWXIudMgqVCVT2pU5I7g8oIPMOAmxyLDWMTQsQ";
}
