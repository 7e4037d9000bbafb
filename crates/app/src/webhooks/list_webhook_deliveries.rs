//! What became of a webhook's messages.

use passwright_domain::access::{Action, Caller};
use passwright_storage::deliveries::{StoredDelivery, deliveries_to};

use crate::{Error, Fault, Service};

/// The most messages in one answer, and as many as come unasked.
const LONGEST_PAGE: u64 = 250;

impl Service {
    /// Lists the messages to a webhook with their attempts, newest first.
    ///
    /// # Errors
    /// `Forbidden` without the right; `NotFound`; `BadRequest` for a page outside its limits.
    pub async fn list_webhook_deliveries(
        &self,
        caller: &Caller,
        id: &str,
        limit: Option<u64>,
        offset: Option<u64>,
    ) -> Result<Vec<StoredDelivery>, Error> {
        self.require(caller, Action::ReadWebhooks, "webhook:any").await?;
        let webhook = self.stored_webhook(id).await?;
        let limit = limit.unwrap_or(LONGEST_PAGE);
        if limit > LONGEST_PAGE {
            return Err(Error::bad(Fault::OutOfBounds, format!("limit must be at most {LONGEST_PAGE}")));
        }
        let offset = i64::try_from(offset.unwrap_or_default())
            .map_err(|_| Error::bad(Fault::OutOfBounds, "offset is too large"))?;
        let limit = i64::try_from(limit).unwrap_or_default();
        let mut reader = self.store.read().await?;
        Ok(deliveries_to(&mut reader.tx(), webhook.id.as_str(), limit, offset).await?)
    }
}
