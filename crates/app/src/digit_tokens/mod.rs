//! Digit tokens: a short code the help desk reads to a person who cannot sign in.

mod create_digit_token;
mod verify_digit_token;

pub use create_digit_token::{DigitToken, DigitTokenRequest};
pub use verify_digit_token::DigitTokenGuess;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use passwright_domain::digit_token::COUNTING_WINDOW;
use passwright_domain::timestamp::Timestamp;
use passwright_vault::digest::digit_token_digest;
use passwright_vault::secret::{SecretText, ct_eq};

use crate::{Error, Service};

impl Service {
    /// The memory-hard digest of digits, off the runtime's threads and a few at a time.
    pub(crate) async fn slow_digest(&self, salt: [u8; 16], digits: SecretText) -> Result<String, Error> {
        let _permit = self.slow_hashes.acquire().await.map_err(|e| Error::Internal(e.to_string()))?;
        let pepper = self.keys.pepper_copy();
        tokio::task::spawn_blocking(move || digit_token_digest(&pepper, &salt, &digits))
            .await
            .map_err(|e| Error::Internal(e.to_string()))?
            .map_err(|e| Error::Internal(e.to_string()))
    }

    pub(crate) async fn digits_match(&self, salt: &str, digits: SecretText, stored: &str) -> Result<bool, Error> {
        let salt = BASE64.decode(salt).ok().and_then(|s| <[u8; 16]>::try_from(s).ok());
        let salt = salt.ok_or_else(|| Error::Internal("a digit token's salt does not read back".to_owned()))?;
        Ok(ct_eq(self.slow_digest(salt, digits).await?.as_bytes(), stored.as_bytes()))
    }

    /// Where the counting of tokens and guesses begins.
    fn counting_since(&self, now: Timestamp) -> Timestamp {
        now - COUNTING_WINDOW
    }
}
