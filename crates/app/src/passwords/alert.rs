//! What is told when a change is refused for what its sender, or another, sent before.

use std::time::Duration;

use passwright_domain::access::Caller;
use passwright_domain::audit::Outcome;
use passwright_domain::ids::IdentityId;
use passwright_storage::StorageError;
use passwright_storage::audit::WriteAudit;
use passwright_storage::budgets::PayloadStanding;

use crate::alerts::Alert;
use crate::{Error, Service};

impl Service {
    /// Refuses a principal whose changes too often held no password. A refusal writes nothing: an audit record of each
    /// of those changes is there already.
    pub(super) fn within_payload_budget(&self, caller: &Caller, standing: &PayloadStanding) -> Result<(), Error> {
        let wait = self.settings.payload_budget.refused_for(standing.deciding, self.clock.now());
        wait.map_or(Ok(()), |wait| Err(self.payload_budget_spent(caller, wait)))
    }

    fn payload_budget_spent(&self, caller: &Caller, retry_after: Duration) -> Error {
        self.alerts.count(Alert::PayloadBudgetSpent);
        tracing::warn!(
            actor = caller.actor(),
            tracking.id = caller.tracking_id.id,
            retry_after_s = retry_after.as_secs(),
            "a principal is refused: too many of its changes held no password"
        );
        Error::TooManyRequests { retry_after }
    }

    /// The error as it is answered; a ciphertext that belongs to another raises an alert first (requirement R8).
    pub(super) async fn refused(&self, caller: &Caller, identity: &IdentityId, error: StorageError) -> Error {
        if !matches!(error, StorageError::CiphertextTaken) {
            return error.into();
        }
        self.alerts.count(Alert::CiphertextReplayed);
        tracing::warn!(
            actor = caller.actor(),
            identity.id = %identity,
            tracking.id = caller.tracking_id.id,
            "a ciphertext was sent again by another caller, or for another identity"
        );
        let record = self.audit_record(
            caller.actor(),
            "CIPHERTEXT_REPLAY_REFUSED",
            format!("identity:{identity}"),
            Outcome::Refused,
            &caller.tracking_id,
            error.to_string(),
        );
        match self.store.write(WriteAudit(record)).await {
            Ok(()) => error.into(),
            Err(unwritten) => unwritten.into(),
        }
    }
}
