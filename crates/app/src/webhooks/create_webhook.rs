//! Adding a webhook. Its secret is told here and never again.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_domain::ids::WebhookId;
use passwright_storage::deliveries::{CreateWebhook, StoredWebhook};
use passwright_vault::secret::SecretText;
use passwright_vault::webhook::WebhookSecret;

use super::Webhook;
use super::validate::{Wanted, WebhookRequest};
use crate::{Error, Service};

/// Each costs a row for every event.
const MOST: i64 = 50;

/// A new webhook with its secret.
pub struct CreatedWebhook {
    pub webhook: Webhook,
    pub secret: SecretText,
}

impl Service {
    /// Adds a webhook.
    ///
    /// # Errors
    /// `Forbidden` without the right; `BadRequest` for a field that is not allowed; `Conflict` for a name that is taken, or
    /// when there are 50.
    pub async fn create_webhook(&self, caller: &Caller, request: WebhookRequest) -> Result<CreatedWebhook, Error> {
        self.require(caller, Action::ManageWebhooks, "webhook:new").await?;
        let Wanted { name, url, events, enabled } = self.wanted_webhook(request)?;
        let id = WebhookId::from_random(self.rng.bytes16());
        let secret = WebhookSecret::random();
        let sealed_secret =
            secret.seal(&self.outbound.webhook_secrets, id.as_str()).map_err(|e| Error::Internal(e.to_string()))?;
        let now = self.clock.now();
        let (actor, about) = (caller.actor(), format!("{name:?} {url:?}"));
        let object = format!("webhook:{id}");
        let audit = self.audit_record(actor, "WEBHOOK_CREATED", object, Outcome::Passed, &caller.tracking_id, about);
        let webhook = StoredWebhook {
            id,
            name,
            url,
            events,
            sealed_secret,
            enabled,
            off_reason: String::new(),
            failing_since: None,
            created_at: now,
            modified_at: now,
        };
        if !self.store.write(CreateWebhook { webhook: webhook.clone(), most: MOST, audit }).await? {
            return Err(Error::Conflict(format!("there are {MOST} webhooks already")));
        }
        Ok(CreatedWebhook { webhook: webhook.into(), secret: secret.to_text() })
    }
}
