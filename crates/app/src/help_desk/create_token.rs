use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::ids::DigitTokenId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::audit::WriteAudit;
use passwright_vault::secret::SecretText;

use super::{Person, protection};
use crate::digit_tokens::DigitTokenRequest;
use crate::sessions::Session;
use crate::{Error, Fault, Service};

/// Longest reason, in characters.
const LONGEST: usize = 200;

/// What the operator says.
pub struct TokenWish {
    /// Why, for the audit.
    pub reason: String,
    /// The operator made sure who calls.
    pub caller_checked: bool,
}

/// A token for the operator to read out, once.
pub struct ReadOutToken {
    pub id: DigitTokenId,
    pub digits: SecretText,
    pub expires_at: Timestamp,
    pub person: Person,
}

impl Service {
    /// Makes a digit token for a person; an earlier one is void from then on.
    ///
    /// # Errors
    /// `Forbidden` for a person whom the operator may not act for; `BadRequest` without a reason, without the check of the
    /// caller, or when digit tokens are switched off; `TooManyRequests`.
    pub async fn create_token_for_person(
        &self,
        session: &Session,
        id: &str,
        wish: TokenWish,
        trace: &Trace,
    ) -> Result<ReadOutToken, Error> {
        let caller = session.caller(trace);
        let identity = self.served(&caller, id).await?;
        if let Some(why) = protection(&caller, &identity) {
            let event = "DIGIT_TOKEN_GENERATION_FAILED";
            let object = format!("identity:{}", identity.id);
            let detail = format!("the person is protected: {why:?}");
            let record = self.audit_record(caller.actor(), event, object, Outcome::Refused, trace, detail);
            self.store.write(WriteAudit(record)).await?;
            return Err(Error::Forbidden("nobody at the help desk may act for this person"));
        }
        let reason: String =
            wish.reason.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
        if reason.is_empty() {
            return Err(Error::bad(Fault::Missing, "reason is required"));
        }
        if !wish.caller_checked {
            return Err(Error::bad(Fault::Missing, "the check of the caller is required"));
        }
        let minutes = self.catalog().await?.org_config.digit_token_duration_minutes;
        let request = DigitTokenRequest {
            user_id: Some(identity.alias.clone()),
            reason: Some(reason),
            ..DigitTokenRequest::default()
        };
        let now = self.clock.now();
        let token = self.create_digit_token(&caller, request).await?;
        Ok(ReadOutToken {
            id: token.request_id,
            digits: token.digits,
            expires_at: now + std::time::Duration::from_secs(60 * u64::from(minutes)),
            person: self.get_person(session, id, trace).await?,
        })
    }
}
