//! Webhooks: whom to tell of what happened.

use passwright_domain::audit::AuditRecord;
use passwright_domain::canonical::canonical;
use passwright_domain::delivery::Fact;
use passwright_domain::ids::WebhookId;
use passwright_domain::timestamp::Timestamp;

use crate::rows::{id, to_json};
use crate::{StorageError, Tx, Write, audit};

statements! {
    COUNT = "SELECT COUNT(*) FROM webhook";
    INSERT = "INSERT INTO webhook (id, name, name_key, url, sealed_secret, enabled, created_at, modified_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    // Switching it on, or another address, is a fresh start.
    UPDATE = "UPDATE webhook SET name = $2, name_key = $3, url = $4, enabled = $5, off_reason = '', modified_at = $6, \
              failures = 0, failing_since = NULL, paused_until = NULL WHERE id = $1";
    DELETE = "DELETE FROM webhook WHERE id = $1";
    DELETE_DELIVERIES = "DELETE FROM delivery WHERE recipient = $1";
    DELETE_EVENTS = "DELETE FROM webhook_event WHERE webhook_id = $1";
    INSERT_EVENT = "INSERT INTO webhook_event (event, webhook_id) VALUES ($1, $2)";
    // While a webhook is off its messages have no time at which they are due; the partial index does not hold them then.
    HOLD = "UPDATE delivery SET due_at = NULL WHERE recipient = $1 AND due_at IS NOT NULL";
    LET_GO = "UPDATE delivery SET due_at = $2 WHERE recipient = $1 AND ended_at IS NULL AND due_at IS NULL";
    EVENTS = "SELECT event FROM webhook_event WHERE webhook_id = $1 ORDER BY event";
    LIST = "SELECT id, name, url, sealed_secret, enabled, off_reason, failing_since, created_at, modified_at \
              FROM webhook ORDER BY name_key";
    LOOKUP = "SELECT id, name, url, sealed_secret, enabled, off_reason, failing_since, created_at, modified_at \
              FROM webhook WHERE id = $1";
    INSERT_TEST = "INSERT INTO delivery (event_id, recipient, channel, event, fact, created_at, due_at, state) \
              VALUES ($1, $2, 'webhook', $3, $4, $5, $5, 'waiting')";
}

/// A webhook as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWebhook {
    pub id: WebhookId,
    pub name: String,
    pub url: String,
    /// Names of events, each once, sorted.
    pub events: Vec<String>,
    pub sealed_secret: String,
    pub enabled: bool,
    /// Why the service switched it off; empty when it did not.
    pub off_reason: String,
    /// Since when every message to it failed.
    pub failing_since: Option<Timestamp>,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

type Row = (String, String, String, String, bool, String, Option<i64>, i64, i64);

async fn stored(tx: &mut Tx<'_>, row: Row) -> Result<StoredWebhook, StorageError> {
    let (key, name, url, sealed_secret, enabled, off_reason, failing_since, created_at, modified_at) = row;
    let events = fetch_all!(tx, (String,), EVENTS, key.as_str())?.into_iter().map(|(event,)| event).collect();
    Ok(StoredWebhook {
        id: id("webhook", &key)?,
        name,
        url,
        events,
        sealed_secret,
        enabled,
        off_reason,
        failing_since: failing_since.map(Timestamp),
        created_at: Timestamp(created_at),
        modified_at: Timestamp(modified_at),
    })
}

/// # Errors
/// When the database does not answer.
pub async fn lookup_webhook(tx: &mut Tx<'_>, key: &str) -> Result<Option<StoredWebhook>, StorageError> {
    match fetch_optional!(tx, Row, LOOKUP, key)? {
        Some(row) => stored(tx, row).await.map(Some),
        None => Ok(None),
    }
}

/// All webhooks by name; there are few.
///
/// # Errors
/// When the database does not answer.
pub async fn list_webhooks(tx: &mut Tx<'_>) -> Result<Vec<StoredWebhook>, StorageError> {
    let mut webhooks = Vec::new();
    for row in fetch_all!(tx, Row, LIST)? {
        webhooks.push(stored(tx, row).await?);
    }
    Ok(webhooks)
}

async fn insert_events(tx: &mut Tx<'_>, webhook: &StoredWebhook) -> Result<(), StorageError> {
    for event in &webhook.events {
        execute!(tx, INSERT_EVENT, event.as_str(), webhook.id.as_str())?;
    }
    Ok(())
}

/// Adds a webhook.
pub struct CreateWebhook {
    pub webhook: StoredWebhook,
    /// There may be so many.
    pub most: i64,
    pub audit: AuditRecord,
}

impl Write for CreateWebhook {
    /// False when there are too many; then nothing was written.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let (count,) = fetch_optional!(tx, (i64,), COUNT)?.unwrap_or_default();
        if count >= self.most {
            return Ok(false);
        }
        let new = &self.webhook;
        execute!(
            tx,
            INSERT,
            new.id.as_str(),
            new.name.as_str(),
            canonical(&new.name),
            new.url.as_str(),
            new.sealed_secret.as_str(),
            new.enabled,
            new.created_at.0
        )?;
        insert_events(tx, new).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// Sets name, address, events and whether it is on; its secret stays.
pub struct UpdateWebhook {
    pub webhook: StoredWebhook,
    pub audit: AuditRecord,
}

impl Write for UpdateWebhook {
    /// False when there is no such webhook.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let new = &self.webhook;
        let (key, name, url) = (new.id.as_str(), new.name.as_str(), new.url.as_str());
        if execute!(tx, UPDATE, key, name, canonical(name), url, new.enabled, new.modified_at.0)? == 0 {
            return Ok(false);
        }
        if new.enabled {
            let now = tx.now(new.modified_at).await?;
            execute!(tx, LET_GO, key, now.0)?;
        } else {
            hold(tx, key).await?;
        }
        execute!(tx, DELETE_EVENTS, key)?;
        insert_events(tx, new).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// Deletes a webhook with everything that was to be sent to it.
pub struct DeleteWebhook {
    pub id: WebhookId,
    pub audit: AuditRecord,
}

impl Write for DeleteWebhook {
    /// False when there is no such webhook.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let key = self.id.as_str();
        if execute!(tx, DELETE, key)? == 0 {
            return Ok(false);
        }
        execute!(tx, DELETE_DELIVERIES, key)?;
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// Keeps back what waits for a webhook that is switched off.
pub(super) async fn hold(tx: &mut Tx<'_>, webhook: &str) -> Result<(), StorageError> {
    execute!(tx, HOLD, webhook)?;
    Ok(())
}

/// A message that says nothing, to try a webhook.
pub struct AddTestDelivery {
    pub webhook: WebhookId,
    pub event_id: String,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for AddTestDelivery {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = tx.now(self.now).await?;
        let fact = Fact::WebhookTest {};
        let (id, webhook) = (self.event_id.as_str(), self.webhook.as_str());
        execute!(tx, INSERT_TEST, id, webhook, fact.event(), to_json(&fact), now.0)?;
        audit::insert(tx, &self.audit).await
    }
}
