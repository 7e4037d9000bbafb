//! Unlocking one account at its source, for a person who proved who they are.

use std::time::Duration;

use passwright_connectors::{AccountRef, StateChange};
use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::directory::Account;
use passwright_storage::audit::WriteAudit;

use crate::catalog::CatalogSource;
use crate::{Error, Service};

/// Longest wait for one source; the person waits too.
const LONGEST: Duration = Duration::from_secs(10);

impl Service {
    /// Asks the source to unlock the account. `None`: it is of a kind that cannot. Otherwise why it did not, or nothing.
    ///
    /// # Errors
    /// When the database does not take the record.
    pub(crate) async fn unlock_account(
        &self,
        source: &CatalogSource,
        account: &Account,
        actor: String,
        tracking_id: &Trace,
    ) -> Result<Option<Option<String>>, Error> {
        let reference = AccountRef { native_identity: &account.native_identity, name: &account.name };
        let fault = match source.connector() {
            None => return Ok(None),
            Some(Ok(connector)) if !connector.has_states() => return Ok(None),
            Some(Err(fault)) => Some(fault.reason),
            Some(Ok(connector)) => {
                match tokio::time::timeout(LONGEST, connector.set_state(reference, StateChange::Unlock)).await {
                    Ok(Ok(())) => None,
                    Ok(Err(fault)) => Some(fault.reason),
                    Err(_) => Some("the source does not answer".to_owned()),
                }
            }
        };
        let (event, outcome) = match fault {
            None => ("UnlockAccount", Outcome::Passed),
            Some(_) => ("UnlockAccountFailure", Outcome::Failed),
        };
        let detail = fault.clone().unwrap_or_default();
        let audit = self.audit_record(actor, event, format!("account:{}", account.id), outcome, tracking_id, detail);
        self.store.write(WriteAudit(audit)).await?;
        Ok(Some(fault))
    }
}
