//! Unlocking, enabling or disabling an account at its source, or looking at it anew.

use std::sync::Arc;

use passwright_domain::access::{Action, Caller, Right};

use super::AccountChange;
use crate::{Error, Service};

impl Service {
    /// Unlocks, enables or disables an account at its source, or looks at it anew; it is done when this returns. Gives the id of
    /// the audit record. `forced` asks for a further right; the source is asked whatever the state seems to be.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` when the source cannot or will not; `Unavailable` when it does not answer.
    pub async fn set_account_state(
        self: &Arc<Self>,
        caller: &Caller,
        id: &str,
        change: AccountChange,
        forced: bool,
    ) -> Result<String, Error> {
        let object = format!("account:{id}");
        self.require(caller, Action::Administer(Right::ManageAccountStates), &object).await?;
        if forced {
            self.require(caller, Action::Administer(Right::ForceAccountStates), &object).await?;
        }
        let account = self.stored_account(id).await?;
        let (service, caller) = (self.clone(), caller.clone());
        let work = async move {
            let actor = caller.actor();
            service.change_and_record(actor, &caller.tracking_id, account.into(), change).await
        };
        let done = tokio::spawn(work).await.map_err(|e| Error::Internal(e.to_string()))?;
        Ok(done??)
    }
}
