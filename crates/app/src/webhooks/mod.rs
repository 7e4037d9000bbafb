//! Webhooks: who is told of what happened. The messages themselves are in `deliveries`.

mod create_webhook;
mod delete_webhook;
mod get_webhook;
mod list_webhook_deliveries;
mod list_webhooks;
mod test_webhook;
mod update_webhook;
mod validate;

use passwright_domain::ids::WebhookId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::deliveries::StoredWebhook;

pub use create_webhook::CreatedWebhook;
pub use passwright_storage::deliveries::{StoredAttempt, StoredDelivery};
pub use validate::WebhookRequest;

/// A webhook as it may be seen: without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub name: String,
    pub url: String,
    /// Names of events, sorted.
    pub events: Vec<String>,
    pub enabled: bool,
    /// Why the service switched it off.
    pub off_reason: Option<String>,
    /// Since when every message to it failed.
    pub failing_since: Option<Timestamp>,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

impl From<StoredWebhook> for Webhook {
    fn from(stored: StoredWebhook) -> Self {
        Self {
            id: stored.id,
            name: stored.name,
            url: stored.url,
            events: stored.events,
            enabled: stored.enabled,
            off_reason: Some(stored.off_reason).filter(|reason| !reason.is_empty()),
            failing_since: stored.failing_since,
            created_at: stored.created_at,
            modified_at: stored.modified_at,
        }
    }
}
