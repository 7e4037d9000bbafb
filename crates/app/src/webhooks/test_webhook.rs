//! A message that says nothing, sent the way every other is, to see whether it arrives.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_storage::deliveries::AddTestDelivery;

use crate::{Error, Service};

impl Service {
    /// Puts a test message into the outbox and gives its id.
    ///
    /// # Errors
    /// `Forbidden` without the right; `NotFound`; `Conflict` when the webhook is off.
    pub async fn test_webhook(&self, caller: &Caller, id: &str) -> Result<String, Error> {
        self.require(caller, Action::ManageWebhooks, "webhook:any").await?;
        let stored = self.stored_webhook(id).await?;
        if !stored.enabled {
            return Err(Error::Conflict("the webhook is switched off".to_owned()));
        }
        let event_id = format!("test_{:032x}", u128::from_be_bytes(self.rng.bytes16()));
        let (actor, object) = (caller.actor(), format!("webhook:{}", stored.id));
        let about = format!("event:{event_id}");
        let audit = self.audit_record(actor, "WEBHOOK_TESTED", object, Outcome::Passed, &caller.tracking_id, about);
        let test = AddTestDelivery { webhook: stored.id, event_id: event_id.clone(), now: self.clock.now(), audit };
        self.store.write(test).await?;
        Ok(event_id)
    }
}
