//! Secrets of webhooks and the signatures made with them, in the form of the Standard Webhooks specification
//! (`v1`, symmetric): HMAC-SHA256 over `id.timestamp.body`, shown as `v1,` and base64.
//!
//! A secret is 256 random bits, given out once as `whsec_` and base64, and kept sealed for its webhook.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::random;
use crate::sealing::{self, CannotOpen, CannotSeal, Sealed, associated_data};
use crate::secret::{Key, SecretText};

const PREFIX: &str = "whsec_";

/// What signs the messages to one webhook.
pub struct WebhookSecret(Key);

impl WebhookSecret {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(Key::from_bytes(&random::random_32()))
    }

    /// The form in which it is given out.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        SecretText::new(format!("{PREFIX}{}", STANDARD.encode(self.0.expose())))
    }

    /// The form at rest; it opens for this webhook alone.
    ///
    /// # Errors
    /// [`CannotSeal`].
    pub fn seal(&self, kek: &Key, webhook: &str) -> Result<String, CannotSeal> {
        Ok(sealing::seal(kek, &bound_to(webhook), self.0.expose())?.to_compact())
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// [`CannotOpen`].
    pub fn open(kek: &Key, webhook: &str, sealed: &str) -> Result<Self, CannotOpen> {
        let opened = sealing::open(kek, &Sealed::from_compact(sealed)?, &bound_to(webhook))?;
        Key::try_from_slice(opened.expose()).map(Self).ok_or(CannotOpen)
    }

    /// The value of `webhook-signature` for a message: its `webhook-id` (without a full stop), its `webhook-timestamp` in
    /// seconds, and its body byte for byte.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose());
        let mut context = hmac::Context::with_key(&key);
        context.update(format!("{id}.{timestamp}.").as_bytes());
        context.update(body);
        format!("v1,{}", STANDARD.encode(context.sign().as_ref()))
    }
}

fn bound_to(webhook: &str) -> Vec<u8> {
    associated_data(&["webhook secret", webhook])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 has no such form, so the expected value was made with `openssl dgst -sha256 -mac HMAC`.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let secret = WebhookSecret(Key::from_bytes(&[7; 32]));
        assert_eq!(secret.to_text().expose(), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        let signature = secret.sign("msg_1", 1_700_000_000, br#"{"a":1}"#);
        assert_eq!(signature, "v1,LInk7lWC3DLGgRP3k/Xpm933fgj/SEGrik4mpkLgnKE=");
        for other in [
            secret.sign("msg_2", 1_700_000_000, br#"{"a":1}"#),
            secret.sign("msg_1", 1_700_000_001, br#"{"a":1}"#),
            secret.sign("msg_1", 1_700_000_000, br#"{"a":2}"#),
            WebhookSecret::random().sign("msg_1", 1_700_000_000, br#"{"a":1}"#),
        ] {
            assert_ne!(other, signature);
        }
    }

    #[test]
    fn a_sealed_secret_opens_for_its_webhook_alone() {
        let (kek, secret) = (Key::random(), WebhookSecret::random());
        let sealed = secret.seal(&kek, "w1").unwrap();
        let opened = WebhookSecret::open(&kek, "w1", &sealed).unwrap();
        assert!(opened.to_text().ct_eq(&secret.to_text()));
        assert!(WebhookSecret::open(&kek, "w2", &sealed).is_err());
        assert!(WebhookSecret::open(&Key::random(), "w1", &sealed).is_err());
    }
}
