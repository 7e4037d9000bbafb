//! Cancelling: what was not written to yet is not attempted any more.
//!
//! A target is left alone when a write was begun whose outcome is not known, or when its lane is leased and it was due: a
//! worker may be at it. The others cannot be begun after this commits, because a write is begun only on an open target.

use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;

use super::finish::end_if_complete;
use crate::{StorageError, Tx, Write, audit};

statements! {
    CANCEL = "UPDATE change_target SET state = 'not_attempted', reason = $3, due_at = NULL, ended_at = $2 \
              WHERE change_id = $1 AND ended_at IS NULL AND state IN ('waiting', 'retrying') AND NOT maybe_written \
              AND (due_at IS NULL OR due_at > $2 OR account_id IN \
              (SELECT a.id FROM account a WHERE a.id = change_target.account_id AND a.lease_until <= $2))";
}

/// Why a target was left alone.
const CANCELLED: &str = "cancelled";

/// Cancels what can be cancelled of a change.
pub struct CancelChange {
    pub change_id: PasswordChangeId,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for CancelChange {
    /// How many targets were cancelled; with 0 nothing was written.
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        let now = tx.now(self.now).await?;
        // A lane that was ready for one of them is claimed once more, found empty and given back.
        let cancelled = execute!(tx, CANCEL, self.change_id.as_str(), now.0, CANCELLED)?;
        if cancelled > 0 {
            end_if_complete(tx, &self.change_id, now).await?;
            audit::insert(tx, &self.audit).await?;
        }
        Ok(cancelled)
    }
}
