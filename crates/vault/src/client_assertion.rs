//! Proof of who a client is towards another service: a JWT signed with the secret both know (RFC 7523 section 2.2, `HS512`
//! of RFC 7518). For providers that ask for this form; our own tokens are signed with key pairs.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python's `hmac` and `hashlib`.
    #[test]
    fn a_known_signature() {
        let assertion = hs512_assertion(&SecretText::new("secret".to_owned()), r#"{"iss":"a"}"#);
        assert_eq!(assertion.expose(), KNOWN);
    }

    const KNOWN: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0.iuQ1FUu\
        YRkqMbGLntrn6IQOVQr_xGknUXhPB25WjNo7Zi_ikFWXIudMgqVCVT2pU5I7g8oIPMOAmxyLDWMTQsQ";
}
