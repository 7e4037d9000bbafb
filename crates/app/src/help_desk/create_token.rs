use passwright_domain::audit::Trace;
use passwright_domain::ids::DigitTokenId;
use passwright_domain::timestamp::Timestamp;
use passwright_vault::secret::SecretText;

use super::{HelpWish, Person};
use crate::digit_tokens::DigitTokenRequest;
use crate::sessions::Session;
use crate::{Error, Service};

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
    /// `Forbidden` for a person whom the operator may not act for, or not without a second operator; `BadRequest` without a reason, without the check of the
    /// caller, or when digit tokens are switched off; `TooManyRequests`.
    pub async fn create_token_for_person(
        &self,
        session: &Session,
        id: &str,
        wish: HelpWish,
        trace: &Trace,
    ) -> Result<ReadOutToken, Error> {
        let caller = session.caller(trace);
        let identity = self.served(&caller, id).await?;
        self.may_help(&caller, &identity, "DIGIT_TOKEN_GENERATION_FAILED").await?;
        let reason = wish.checked()?;
        self.agreed(&caller, &identity).await?;
        let minutes = self.catalog().await?.org_config.digit_token_duration_minutes;
        let request = DigitTokenRequest {
            user_id: Some(identity.alias.clone()),
            reason: Some(reason),
            ..DigitTokenRequest::default()
        };
        let now = self.clock.now();
        let token = self.make_digit_token(&caller, request).await?;
        Ok(ReadOutToken {
            id: token.request_id,
            digits: token.digits,
            expires_at: now + std::time::Duration::from_secs(60 * u64::from(minutes)),
            person: self.get_person(session, id, trace).await?,
        })
    }
}
