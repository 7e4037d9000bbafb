//! Enrolling, replacing and removing what a person proves themselves with. The caller is signed in; another factor, or the help desk's
//! digits, is shown with each change but the first (`domain::factors::may_change`). Every change is recorded, told by mail, and ends the
//! resets under way.

mod confirm_first_factor;
mod confirm_totp;
mod list_factors;
mod make_recovery_codes;
mod passkey;
mod prove_factor;
mod remove_factor;
mod security_answers;
mod start_totp;

pub use list_factors::Factors;
pub use make_recovery_codes::MadeCodes;
pub use passkey::NewPasskeyQuestion;
pub use passwright_domain::factors::Factor;
pub use passwright_domain::reset::Method;
pub use passwright_domain::security_question::AnswersFault;
pub use prove_factor::{ProvedFactor, Shown};
pub use security_answers::{AnswersRefusal, OwnQuestions};
pub use start_totp::NewTotp;

use passwright_domain::access::{Caller, Principal};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::delivery::Notice;
use passwright_domain::factors::FactorChange;
use passwright_domain::ids::IdentityId;

use crate::{Error, Service};

/// Why a factor was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorRefusal {
    /// Another factor, or the help desk's digits, must be shown with it.
    NeedsProof,
    /// What was shown does not count; one text for every reason.
    Wrong,
    /// Too many answers; again after this time.
    TooMany(std::time::Duration),
    /// There is nothing to confirm or to remove any more.
    Gone,
}

/// The person of a caller: an API client has no factors.
fn person(caller: &Caller) -> Result<(&IdentityId, &str), Error> {
    match &caller.principal {
        Principal::User { identity_id, alias, .. } => Ok((identity_id, alias)),
        Principal::ApiClient { .. } => Err(Error::Forbidden("only a person has factors")),
    }
}

impl Service {
    /// The record and the mail of a change of the caller's own factor.
    fn factor_news(
        &self,
        caller: &Caller,
        identity: &IdentityId,
        factor: Factor,
        change: FactorChange,
        proved: Option<Method>,
    ) -> (AuditRecord, Notice) {
        let event = match change {
            FactorChange::Enrolled => "USER_FACTOR_ENROLLED",
            FactorChange::Removed => "USER_FACTOR_REMOVED",
            FactorChange::Used => "USER_FACTOR_USED",
        };
        let by = proved.map_or("the first one", Method::as_str);
        let detail = format!("{}, proved by {by}", factor.as_str());
        let object = format!("identity:{identity}");
        let audit = self.audit_record(caller.actor(), event, object, Outcome::Passed, &caller.tracking_id, detail);
        let notice = Notice::factor_changed(factor, change, Some(identity.clone()), &audit.id, self.clock.now());
        (audit, notice)
    }
}
