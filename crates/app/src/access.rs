//! Asking the permission table, and recording what it refused.

use passwright_domain::access::{Action, Caller, Decision, decide};
use passwright_domain::audit::{AuditRecord, Outcome, Trace};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::audit::WriteAudit;

use crate::{Clock, Error, Rng, Service};

impl Service {
    /// Gives `Ok` when the caller may; records and returns the refusal otherwise. `object` names what it was about.
    pub(crate) async fn require(&self, caller: &Caller, action: Action<'_>, object: &str) -> Result<(), Error> {
        match decide(caller, action) {
            Decision::Allow => Ok(()),
            Decision::NotFound => Err(Error::NotFound),
            Decision::Forbidden(why) => {
                let event = match action {
                    Action::CreateDigitToken => "DIGIT_TOKEN_GENERATION_FAILED",
                    Action::VerifyDigitToken => "DIGIT_TOKEN_VERIFICATION_FAILED",
                    Action::QueryPasswordInfo { .. } => "PASSWORD_INFO_QUERY_REFUSED",
                    Action::SetPassword { .. } => "USER_PASSWORD_UPDATE_FAILED",
                    Action::ReadPasswordChanges
                    | Action::ReadPasswordChange { .. }
                    | Action::ListPasswordChanges { .. } => "PASSWORD_CHANGE_READ_REFUSED",
                    Action::CancelPasswordChanges | Action::CancelPasswordChange { .. } => {
                        "PASSWORD_CHANGE_CANCEL_REFUSED"
                    }
                    Action::ReadWebhooks => "WEBHOOK_READ_REFUSED",
                    Action::ManageWebhooks => "WEBHOOK_CHANGE_REFUSED",
                    Action::DryRunPassword { .. } => "PASSWORD_DRY_RUN_REFUSED",
                    Action::ManageHeldChanges => "HELD_PASSWORD_CHANGES_REFUSED",
                    Action::SyncPassword => "SOURCE_PASSWORD_INTERCEPT_IGNORED",
                    Action::ListOauthClients | Action::ReadOauthClient | Action::ManageOauthClients => {
                        "API_CLIENT_ACCESS_REFUSED"
                    }
                    Action::ListPersonalAccessTokens { .. }
                    | Action::CreatePersonalAccessToken
                    | Action::ManagePersonalAccessTokens
                    | Action::PatchPersonalAccessToken { .. }
                    | Action::DeletePersonalAccessToken { .. } => "PERSONAL_ACCESS_TOKEN_ACCESS_REFUSED",
                    Action::ReadPublicIdentities => "IDENTITY_ACCESS_REFUSED",
                    Action::ReadOwnApplications => "APPLICATION_ACCESS_REFUSED",
                    Action::ReadSecurityQuestions | Action::AnswerSecurityQuestions => {
                        "SECURITY_QUESTION_ACCESS_REFUSED"
                    }
                    Action::ListAccountActivities { .. }
                    | Action::ReadAccountActivities
                    | Action::ReadAccountActivity { .. } => "ACCOUNT_ACTIVITY_ACCESS_REFUSED",
                    Action::Administer(right) => right.refused_event(),
                };
                let record =
                    self.audit_record(caller.actor(), event, object, Outcome::Refused, &caller.tracking_id, why);
                self.store.write(WriteAudit(record)).await?;
                Err(Error::Forbidden(why))
            }
        }
    }

    /// An audit record of now. `trace`: of the request, or the name of what no request asked for.
    pub(crate) fn audit_record(
        &self,
        actor: String,
        event: &'static str,
        object: impl Into<String>,
        outcome: Outcome,
        trace: impl Into<Trace>,
        detail: impl Into<String>,
    ) -> AuditRecord {
        let (at, id) = record_id(&*self.clock, &*self.rng);
        let (object, detail) = (object.into(), detail.into());
        let Trace { id: tracking_id, address } = trace.into();
        AuditRecord { id, at, actor, event, object, outcome, tracking_id, address, detail }
    }
}

/// The time and the id of a new audit record: ids grow with time.
pub(crate) fn record_id(clock: &dyn Clock, rng: &dyn Rng) -> (Timestamp, String) {
    let at = clock.now();
    let mut random = [0; 8];
    rng.fill(&mut random);
    (at, format!("{:016x}{:016x}", at.0, u64::from_be_bytes(random)))
}
