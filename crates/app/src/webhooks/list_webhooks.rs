//! All webhooks: there are 50 at most, so they come on one page.

use passwright_domain::access::{Action, Caller};

use super::Webhook;
use crate::{Error, Service};

impl Service {
    /// Lists the webhooks by name.
    ///
    /// # Errors
    /// `Forbidden` without the right.
    pub async fn list_webhooks(&self, caller: &Caller) -> Result<Vec<Webhook>, Error> {
        self.require(caller, Action::ReadWebhooks, "webhook:any").await?;
        let mut reader = self.store.read().await?;
        let stored = passwright_storage::deliveries::list_webhooks(&mut reader.tx()).await?;
        Ok(stored.into_iter().map(Webhook::from).collect())
    }
}
