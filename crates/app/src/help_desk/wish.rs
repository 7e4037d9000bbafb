//! What an operator says before anything is done for a person, and whether it may be done at all.

use passwright_domain::access::Caller;
use passwright_domain::audit::Outcome;
use passwright_domain::directory::Identity;
use passwright_storage::audit::WriteAudit;

use super::protection;
use crate::{Error, Fault, Service};

/// Longest reason, in characters.
const LONGEST: usize = 200;

/// What the operator says.
pub struct HelpWish {
    /// Why, for the audit.
    pub reason: String,
    /// The operator made sure who calls.
    pub caller_checked: bool,
}

impl HelpWish {
    /// The reason as it is kept.
    ///
    /// # Errors
    /// `BadRequest` without a reason or without the check of the caller.
    pub(super) fn checked(self) -> Result<String, Error> {
        let reason: String =
            self.reason.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
        if reason.is_empty() {
            return Err(Error::bad(Fault::Missing, "reason is required"));
        }
        if !self.caller_checked {
            return Err(Error::bad(Fault::Missing, "the check of the caller is required"));
        }
        Ok(reason)
    }
}

impl Service {
    /// Refuses, and records under `event`, what would be done for a protected person.
    pub(super) async fn may_help(
        &self,
        caller: &Caller,
        identity: &Identity,
        event: &'static str,
    ) -> Result<(), Error> {
        let Some(why) = protection(caller, identity) else { return Ok(()) };
        let object = format!("identity:{}", identity.id);
        let detail = format!("the person is protected: {why:?}");
        let record = self.audit_record(caller.actor(), event, object, Outcome::Refused, &caller.tracking_id, detail);
        self.store.write(WriteAudit(record)).await?;
        Err(Error::Forbidden("nobody at the help desk may act for this person"))
    }
}
