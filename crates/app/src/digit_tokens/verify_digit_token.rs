//! Verifying and using up a digit token. A guess is counted and committed before it is compared.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::canonical::canonical;
use passwright_domain::ids::{DigitTokenId, IdentityId};
use passwright_storage::digit_tokens::{Attempt, ConsumeDigitToken, FailGuess, TakeAttempt};
use passwright_storage::directory::identities;
use passwright_vault::secret::SecretText;

use crate::alerts::Alert;
use crate::{Error, Service};

/// A person's guess.
pub struct DigitTokenGuess {
    /// Login name, in any spelling.
    pub user_id: String,
    pub digits: SecretText,
}

impl Service {
    /// Gives the token's id when the digits are right; `None` alike for wrong digits, a used, replaced or expired token,
    /// one without attempts left, and an unknown user.
    ///
    /// # Errors
    /// `TooManyRequests` when the name has had the day's number of failed guesses.
    pub async fn verify_digit_token(
        &self,
        caller: &Caller,
        guess: DigitTokenGuess,
    ) -> Result<Option<DigitTokenId>, Error> {
        self.require(caller, Action::VerifyDigitToken, "identity:unknown").await?;
        let mut reader = self.store.read().await?;
        let identity = identities::lookup_by_alias(&mut reader.tx(), &guess.user_id).await?.map(|i| i.id);
        drop(reader);
        let name_key = canonical(&guess.user_id);
        self.spend_digit_token(caller.actor(), &caller.tracking_id, name_key, identity, guess.digits).await
    }

    /// The same for whoever may guess: `identity` is the one behind the name, if there is one.
    ///
    /// # Errors
    /// As for verifying.
    pub(crate) async fn spend_digit_token(
        &self,
        actor: String,
        tracking: &Trace,
        name_key: String,
        identity: Option<IdentityId>,
        digits: SecretText,
    ) -> Result<Option<DigitTokenId>, Error> {
        let now = self.clock.now();
        let object = identity.as_ref().map_or_else(|| "identity:unknown".to_owned(), |id| format!("identity:{id}"));
        let guess_id = self.tracking_id();
        let limits = self.settings.digit_token_limits;
        let attempt = TakeAttempt {
            guess_id: guess_id.clone(),
            name_key,
            identity_id: identity,
            now,
            most_attempts: i64::from(limits.attempts_per_token),
            since: self.counting_since(now),
            most_guesses: i64::from(limits.failed_guesses_per_day),
        };
        let (id, right) = match self.store.write(attempt).await? {
            Attempt::TooMany => {
                return Err(Error::TooManyRequests { retry_after: std::time::Duration::from_secs(3600) });
            }
            Attempt::Nothing => {
                self.slow_digest([0; 16], digits).await?;
                (None, false)
            }
            Attempt::Compare(id, salt, stored) => {
                let right = self.digits_match(&salt, digits, &stored).await?;
                (Some(id), right)
            }
        };
        if let (Some(id), true) = (&id, right) {
            let event = "DIGIT_TOKEN_VERIFICATION_PASSED";
            let detail = format!("digit_token:{id}");
            let audit = self.audit_record(actor.clone(), event, &object, Outcome::Passed, tracking, detail);
            let consume = ConsumeDigitToken { id: id.clone(), guess_id, now, audit };
            if self.store.write(consume).await? {
                return Ok(Some(id.clone()));
            }
        }
        let event = "DIGIT_TOKEN_VERIFICATION_FAILED";
        let audit = self.audit_record(actor, event, object, Outcome::Failed, tracking, "");
        if self.store.write(FailGuess { audit, spray: limits.spray(), now }).await? {
            self.alerts.count(Alert::DigitTokenSpray);
            tracing::warn!(
                tracking.id = tracking.id,
                "too many wrong digit tokens at all names together; new tokens are longer"
            );
        }
        Ok(None)
    }
}
