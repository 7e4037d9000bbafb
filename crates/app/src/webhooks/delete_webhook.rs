//! Deleting a webhook, with everything that was still to be sent to it.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_storage::deliveries::DeleteWebhook;

use crate::{Error, Service};

impl Service {
    /// Deletes a webhook.
    ///
    /// # Errors
    /// `Forbidden` without the right; `NotFound`.
    pub async fn delete_webhook(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        self.require(caller, Action::ManageWebhooks, "webhook:any").await?;
        let id = self.stored_webhook(id).await?.id;
        let (actor, object) = (caller.actor(), format!("webhook:{id}"));
        let audit = self.audit_record(actor, "WEBHOOK_DELETED", object, Outcome::Passed, &caller.tracking_id, "");
        if self.store.write(DeleteWebhook { id, audit }).await? { Ok(()) } else { Err(Error::NotFound) }
    }
}
