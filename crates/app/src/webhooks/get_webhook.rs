//! One webhook.

use passwright_domain::access::{Action, Caller};
use passwright_storage::deliveries::{StoredWebhook, lookup_webhook};

use super::Webhook;
use crate::{Error, Service};

impl Service {
    /// Gets a webhook.
    ///
    /// # Errors
    /// `Forbidden` without the right; `NotFound`.
    pub async fn get_webhook(&self, caller: &Caller, id: &str) -> Result<Webhook, Error> {
        self.require(caller, Action::ReadWebhooks, "webhook:any").await?;
        Ok(self.stored_webhook(id).await?.into())
    }

    pub(super) async fn stored_webhook(&self, id: &str) -> Result<StoredWebhook, Error> {
        let mut reader = self.store.read().await?;
        lookup_webhook(&mut reader.tx(), id).await?.ok_or(Error::NotFound)
    }
}
