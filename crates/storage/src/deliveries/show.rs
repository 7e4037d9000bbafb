//! Reading messages with their attempts, for those who look after a webhook.

use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx};

statements! {
    DELIVERIES = "SELECT event_id, event, state, created_at, due_at, ended_at FROM delivery \
             WHERE recipient = $1 AND channel = 'webhook' ORDER BY created_at DESC, event_id DESC LIMIT $2 OFFSET $3";
    ATTEMPTS = "SELECT attempt, at, duration_ms, status, detail FROM delivery_attempt \
             WHERE event_id = $1 AND recipient = $2 ORDER BY attempt";
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDelivery {
    pub event_id: String,
    pub event: String,
    pub state: String,
    pub attempts: Vec<StoredAttempt>,
    pub created_at: Timestamp,
    /// When it is sent, or taken up again after a sender that died; `None` once it has ended.
    pub due_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// An attempt whose outcome is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAttempt {
    pub number: i64,
    pub at: Timestamp,
    pub duration_ms: i64,
    pub status: Option<i64>,
    pub detail: String,
}

type DeliveryRow = (String, String, String, i64, Option<i64>, Option<i64>);
type AttemptRow = (i64, i64, i64, Option<i64>, String);

/// The messages to a webhook, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn deliveries_to(
    tx: &mut Tx<'_>,
    webhook: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<StoredDelivery>, StorageError> {
    let mut deliveries = Vec::new();
    for row in fetch_all!(tx, DeliveryRow, DELIVERIES, webhook, limit, offset)? {
        let (event_id, event, state, created_at, due_at, ended_at) = row;
        let attempts = fetch_all!(tx, AttemptRow, ATTEMPTS, event_id.as_str(), webhook)?;
        let attempts = attempts
            .into_iter()
            .map(|(number, at, duration_ms, status, detail)| {
                let at = Timestamp(at);
                StoredAttempt { number, at, duration_ms, status, detail }
            })
            .collect();
        let (due_at, ended_at) = (due_at.map(Timestamp), ended_at.map(Timestamp));
        let created_at = Timestamp(created_at);
        deliveries.push(StoredDelivery { event_id, event, state, attempts, created_at, due_at, ended_at });
    }
    Ok(deliveries)
}
