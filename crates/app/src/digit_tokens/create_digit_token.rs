//! Making a digit token. An unknown user takes the same work as a known one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_domain::digit_token::{DigitTokenLength, DigitTokenMinutes, OutOfBounds, digits};
use passwright_domain::directory::Identity;
use passwright_domain::ids::DigitTokenId;
use passwright_storage::audit::WriteAudit;
use passwright_storage::digit_tokens::{CreateDigitToken, Created, deciding_guess};
use passwright_storage::directory::identities;
use passwright_vault::secret::SecretText;

use crate::alerts::Alert;
use crate::{Error, Fault, Service};

/// The request; what is absent comes from the organisation's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DigitTokenRequest {
    /// Login name, in any spelling.
    pub user_id: Option<String>,
    /// 6..=18
    pub length: Option<i64>,
    /// 1..=60
    pub duration_minutes: Option<i64>,
    /// Why it is made, for the audit; where somebody is asked for it.
    pub reason: Option<String>,
}

/// The token; its digits leave the service once.
pub struct DigitToken {
    pub request_id: DigitTokenId,
    pub digits: SecretText,
}

impl Service {
    /// Makes a token; an earlier one of the same user is void from then on.
    ///
    /// # Errors
    /// `Forbidden` for a user's token and a person who needs a second operator; `BadRequest` for an unknown user, bounds, or
    /// when digit tokens are switched off; `TooManyRequests` when the user has had the day's number of tokens, or the caller has
    /// made the hour's.
    pub async fn create_digit_token(&self, caller: &Caller, request: DigitTokenRequest) -> Result<DigitToken, Error> {
        self.require(caller, Action::CreateDigitToken, "identity:unknown").await?;
        // An operator with a token of their own would pass by the second one.
        if caller.identity_id().is_some()
            && let Some(name) = &request.user_id
            && let Some(identity) = self.identity_named(name).await?
            && self.is_special(&identity).await?
        {
            let (event, object) = ("DIGIT_TOKEN_GENERATION_FAILED", format!("identity:{}", identity.id));
            let (tracking, detail) = (&caller.tracking_id, "the person needs a second operator");
            let record = self.audit_record(caller.actor(), event, object, Outcome::Refused, tracking, detail);
            self.store.write(WriteAudit(record)).await?;
            return Err(Error::Forbidden("a token for this person is made in the help desk's pages"));
        }
        self.make_digit_token(caller, request).await
    }

    async fn identity_named(&self, name: &str) -> Result<Option<Identity>, Error> {
        let mut reader = self.store.read().await?;
        Ok(identities::lookup_by_alias(&mut reader.tx(), name).await?)
    }

    /// The same for whoever may be helped by whoever asks.
    pub(crate) async fn make_digit_token(
        &self,
        caller: &Caller,
        request: DigitTokenRequest,
    ) -> Result<DigitToken, Error> {
        self.require(caller, Action::CreateDigitToken, "identity:unknown").await?;
        let org = self.catalog().await?.org_config;
        if !org.digit_token_enabled {
            return Err(Error::bad(Fault::Semantic, "digit tokens are not enabled in the password configuration"));
        }
        let name = request.user_id.filter(|n| !n.trim().is_empty());
        let name = name.ok_or_else(|| Error::bad(Fault::Missing, "userId is required"))?;
        let out_of_bounds = |e: OutOfBounds| Error::bad(Fault::OutOfBounds, e.to_string());
        let length = request.length.unwrap_or_else(|| i64::from(org.digit_token_length));
        let length = DigitTokenLength::from_field("length", length).map_err(out_of_bounds)?;
        let minutes = request.duration_minutes.unwrap_or_else(|| i64::from(org.digit_token_duration_minutes));
        let minutes = DigitTokenMinutes::from_field("durationMinutes", minutes).map_err(out_of_bounds)?;

        let limits = self.settings.digit_token_limits;
        let mut reader = self.store.read().await?;
        let deciding = deciding_guess(&mut reader.tx(), limits.spray()).await?;
        drop(reader);
        let length = limits.length_now(length, deciding, self.clock.now());

        let digits = SecretText::new(digits(length, &mut |out| self.rng.fill(out)));
        let salt = self.rng.bytes16();
        let digest = self.slow_digest(salt, SecretText::new(digits.expose().to_owned())).await?;
        let Some(identity) = self.identity_named(&name).await? else {
            let event = "DIGIT_TOKEN_GENERATION_FAILED";
            let (actor, tracking) = (caller.actor(), &caller.tracking_id);
            let record =
                self.audit_record(actor, event, "identity:unknown", Outcome::Refused, tracking, "unknown user");
            self.store.write(WriteAudit(record)).await?;
            return Err(Error::bad(Fault::UnknownReference, "userId does not name a user"));
        };
        let now = self.clock.now();
        let id = DigitTokenId::from_random(self.rng.bytes16());
        let because = request.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let audit = self.audit_record(
            caller.actor(),
            "DIGIT_TOKEN_GENERATION_PASSED",
            format!("identity:{}", identity.id),
            Outcome::Passed,
            &caller.tracking_id,
            format!("digit_token:{id} of {} digits for {} minutes{because}", length.get(), minutes.get()),
        );
        let made = CreateDigitToken {
            id: id.clone(),
            identity_id: identity.id,
            created_by: caller.actor(),
            salt: BASE64.encode(salt),
            digest,
            length: i64::from(length.get()),
            now,
            expires_at: now + minutes.duration(),
            since: self.counting_since(now),
            most: i64::from(limits.tokens_per_day),
            of_creator: limits.of_issuer(),
            audit,
        };
        match self.store.write(made).await? {
            Created::Made => Ok(DigitToken { request_id: id, digits }),
            Created::TooManyForIdentity => {
                Err(Error::TooManyRequests { retry_after: std::time::Duration::from_secs(3600) })
            }
            Created::TooManyByCreator(retry_after) => {
                self.alerts.count(Alert::DigitTokenBudgetSpent);
                tracing::warn!(
                    actor = caller.actor(),
                    tracking.id = caller.tracking_id.id,
                    "a principal is refused: it made too many digit tokens within an hour"
                );
                Err(Error::TooManyRequests { retry_after })
            }
        }
    }
}
