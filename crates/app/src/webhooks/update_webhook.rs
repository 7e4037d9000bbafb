//! Changing a webhook: name, address, events, on or off. Its secret stays.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_storage::deliveries::{StoredWebhook, UpdateWebhook};

use super::Webhook;
use super::validate::{Wanted, WebhookRequest};
use crate::{Error, Service};

impl Service {
    /// Replaces what a webhook is; its failures so far are forgotten.
    ///
    /// # Errors
    /// `Forbidden` without the right; `NotFound`; `BadRequest` for a field that is not allowed; `Conflict` for a taken name.
    pub async fn update_webhook(&self, caller: &Caller, id: &str, request: WebhookRequest) -> Result<Webhook, Error> {
        self.require(caller, Action::ManageWebhooks, "webhook:any").await?;
        let stored = self.stored_webhook(id).await?;
        let Wanted { name, url, events, enabled } = self.wanted_webhook(request)?;
        let (actor, about) = (caller.actor(), format!("{name:?} {url:?} enabled={enabled}"));
        let object = format!("webhook:{}", stored.id);
        let audit = self.audit_record(actor, "WEBHOOK_UPDATED", object, Outcome::Passed, &caller.tracking_id, about);
        let webhook = StoredWebhook {
            name,
            url,
            events,
            enabled,
            off_reason: String::new(),
            failing_since: None,
            modified_at: self.clock.now(),
            ..stored
        };
        if !self.store.write(UpdateWebhook { webhook: webhook.clone(), audit }).await? {
            return Err(Error::NotFound);
        }
        Ok(webhook.into())
    }
}
