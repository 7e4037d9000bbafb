//! Recording an attempt to send, and with it the health of the webhook it went to.

use std::time::Duration;

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::{Channel, WaitingTime, next_delivery, off_after_failing, pause};
use passwright_domain::timestamp::Timestamp;

use super::claim::Claimed;
use super::webhooks::hold;
use crate::{StorageError, Tx, Write, audit};

statements! {
    INSERT_ATTEMPT = "INSERT INTO delivery_attempt (event_id, recipient, attempt, at, duration_ms, status, detail) \
              VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (event_id, recipient, attempt) DO NOTHING";
    END = "UPDATE delivery SET state = $4, due_at = NULL, ended_at = $5 \
              WHERE event_id = $1 AND recipient = $2 AND attempts = $3 AND ended_at IS NULL";
    RETRY = "UPDATE delivery SET due_at = $4 WHERE event_id = $1 AND recipient = $2 AND attempts = $3 AND ended_at IS NULL";
    HEALTHY = "UPDATE webhook SET failures = 0, failing_since = NULL, paused_until = NULL WHERE id = $1 AND failures > 0";
    HEALTH = "SELECT failures, failing_since FROM webhook WHERE id = $1 AND (paused_until IS NULL OR paused_until <= $2)";
    FAILING = "UPDATE webhook SET failures = $2, failing_since = $3, paused_until = $4 WHERE id = $1";
    SWITCH_OFF = "UPDATE webhook SET enabled = FALSE, off_reason = $2, modified_at = $3 WHERE id = $1 AND enabled";
    EXPIRE = "UPDATE delivery SET state = 'failed', due_at = NULL, ended_at = $1 WHERE ended_at IS NULL AND created_at < $2";
}

/// Nothing is kept waiting longer, whatever is in the way: a webhook that is switched off, mail that is set up nowhere.
const LONGEST_WAIT: Duration = Duration::from_secs(4 * 86_400);

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    Delivered,
    /// There is nothing to tell any more, or nobody to tell it to.
    Dropped,
    /// To be sent again, unless it was the last attempt.
    Failed {
        waiting: WaitingTime,
    },
    /// The mail was refused for good.
    Bounced,
    /// The webhook's owner wants no more messages there.
    Gone {
        jitter: u16,
    },
}

/// An attempt, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub duration: Duration,
    /// The answer's status; `None` when there was none.
    pub status: Option<i64>,
    /// What went wrong; empty for a success. Never a secret.
    pub detail: String,
}

/// Records an attempt of a claimed message.
pub struct FinishDelivery {
    pub claimed: Claimed,
    pub sent: Sent,
    pub attempt: Attempt,
    pub now: Timestamp,
    /// Written when the message bounced, or the webhook was switched off by this attempt.
    pub audit: AuditRecord,
}

/// What recording an attempt did besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    Recorded,
    /// The webhook is off now.
    SwitchedOff,
    /// Another sender holds the message now; nothing was written.
    LeaseLost,
}

impl Write for FinishDelivery {
    type Output = Finished;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Finished, StorageError> {
        let now = tx.now(self.now).await?;
        let Claimed { event_id, recipient, channel, attempt, .. } = &self.claimed;
        let (event_id, recipient) = (event_id.as_str(), recipient.as_str());
        let (end, retry) = match &self.sent {
            Sent::Delivered => ("delivered", None),
            Sent::Dropped => ("dropped", None),
            Sent::Bounced => ("bounced", None),
            Sent::Gone { .. } => ("failed", None),
            Sent::Failed { waiting } => ("failed", next_delivery(*channel, *attempt, now, *waiting)),
        };
        let taken = match retry {
            Some(at) => execute!(tx, RETRY, event_id, recipient, *attempt, at.0)?,
            None => execute!(tx, END, event_id, recipient, *attempt, end, now.0)?,
        };
        if taken == 0 {
            return Ok(Finished::LeaseLost);
        }
        let made = &self.attempt;
        let duration = i64::try_from(made.duration.as_millis()).unwrap_or(i64::MAX);
        let detail = made.detail.as_str();
        execute!(tx, INSERT_ATTEMPT, event_id, recipient, *attempt, now.0, duration, made.status, detail)?;
        let switched_off = *channel == Channel::Webhook && self.judge_webhook(tx, now).await?;
        if switched_off || self.sent == Sent::Bounced {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(if switched_off { Finished::SwitchedOff } else { Finished::Recorded })
    }
}

impl FinishDelivery {
    /// True when the webhook was switched off.
    async fn judge_webhook(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StorageError> {
        let webhook = self.claimed.recipient.as_str();
        let waiting = match &self.sent {
            Sent::Delivered => {
                execute!(tx, HEALTHY, webhook)?;
                return Ok(false);
            }
            Sent::Dropped | Sent::Bounced => return Ok(false),
            Sent::Gone { jitter } => WaitingTime { asked: None, jitter: *jitter },
            Sent::Failed { waiting } => *waiting,
        };
        // While it pauses, messages that were under way already tell nothing new.
        let health = fetch_optional!(tx, (i64, Option<i64>), HEALTH, webhook, now.0)?;
        let mut since = now;
        if let Some((failures, failing_since)) = health {
            let failures = failures.saturating_add(1);
            since = failing_since.map_or(now, Timestamp);
            execute!(tx, FAILING, webhook, failures, since.0, pause(failures, now, waiting).0)?;
        }
        let reason = match &self.sent {
            Sent::Gone { .. } => "it answered 410 Gone",
            _ if off_after_failing(since, now) => "every message to it failed for five days",
            _ => return Ok(false),
        };
        if execute!(tx, SWITCH_OFF, webhook, reason, now.0)? == 0 {
            return Ok(false);
        }
        hold(tx, webhook).await?;
        Ok(true)
    }
}

/// Gives up what has waited too long.
pub struct ExpireDeliveries {
    pub now: Timestamp,
}

impl Write for ExpireDeliveries {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = tx.now(self.now).await?;
        execute!(tx, EXPIRE, now.0, (now - LONGEST_WAIT).0)?;
        Ok(())
    }
}
