//! Taking messages that are due. A claim counts the attempt and moves the message past the lease: the count is the fence
//! of whoever holds it, and a message whose sender died is due again.

use std::time::Duration;

use passwright_domain::delivery::{Channel, Fact};
use passwright_domain::timestamp::Timestamp;

use crate::rows::from_json;
use crate::{StorageError, Tx, Write};

statements! {
    CLAIM = "WITH due AS MATERIALIZED (SELECT d.event_id, d.recipient FROM delivery d WHERE d.channel = $1 \
             AND d.due_at <= $2 AND NOT EXISTS (SELECT 1 FROM webhook w WHERE w.id = d.recipient \
             AND w.paused_until > $2) ORDER BY d.due_at, d.event_id LIMIT $3) \
             UPDATE delivery SET attempts = attempts + 1, due_at = $4 \
             WHERE (event_id, recipient) IN (SELECT event_id, recipient FROM due) AND due_at <= $2 \
             RETURNING event_id, recipient, fact, created_at, attempts";
    // An attempt without a record is one that was not heard of again.
    VOID_LEASES = "UPDATE delivery SET due_at = $1 WHERE due_at > $1 AND attempts > 0 AND NOT EXISTS (SELECT 1 \
             FROM delivery_attempt a WHERE a.event_id = delivery.event_id AND a.recipient = delivery.recipient \
             AND a.attempt = delivery.attempts)";
    // What waits for a webhook that is off has no time; only a paused one is stepped over.
    NEXT_DUE = "SELECT d.due_at FROM delivery d WHERE d.channel = $1 AND d.due_at IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM webhook w WHERE w.id = d.recipient AND w.paused_until > $2) \
             ORDER BY d.due_at LIMIT 1";
}

/// Takes up again what was being sent: one process owns the database and has just started, so no sender is left.
pub struct VoidDeliveryLeases {
    pub now: Timestamp,
}

impl Write for VoidDeliveryLeases {
    /// How many messages.
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        let now = tx.now(self.now).await?;
        execute!(tx, VOID_LEASES, now.0)
    }
}

/// Claims up to `most` messages of a channel for `lease`.
pub struct ClaimDeliveries {
    pub channel: Channel,
    pub now: Timestamp,
    pub most: i64,
    pub lease: Duration,
}

/// A message that is ours to send until the lease is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub event_id: String,
    pub recipient: String,
    pub channel: Channel,
    pub fact: Fact,
    /// When it happened.
    pub created_at: Timestamp,
    /// The number of this attempt, from 1.
    pub attempt: i64,
}

impl Write for ClaimDeliveries {
    type Output = Vec<Claimed>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Vec<Claimed>, StorageError> {
        let now = tx.now(self.now).await?;
        let (channel, until) = (self.channel.as_str(), (now + self.lease).0);
        let rows = fetch_all!(tx, (String, String, String, i64, i64), CLAIM, channel, now.0, self.most, until)?;
        rows.into_iter()
            .map(|(event_id, recipient, fact, created_at, attempt)| {
                Ok(Claimed {
                    event_id,
                    recipient,
                    channel: self.channel,
                    fact: from_json("delivery", &fact)?,
                    created_at: Timestamp(created_at),
                    attempt,
                })
            })
            .collect()
    }
}

/// How long until a message of the channel is due, 0 when one is; `None` when nothing waits that may be sent.
///
/// # Errors
/// When the database does not answer.
pub async fn next_due_at(tx: &mut Tx<'_>, channel: Channel, now: Timestamp) -> Result<Option<Duration>, StorageError> {
    let now = tx.now(now).await?;
    let row = fetch_optional!(tx, (i64,), NEXT_DUE, channel.as_str(), now.0)?;
    Ok(row.map(|(at,)| Timestamp(at).since(now)))
}
