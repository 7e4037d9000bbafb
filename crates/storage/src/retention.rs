//! Removing what was kept long enough, a bounded number of rows at a time, so that nobody waits for it.

use passwright_domain::audit::AuditRecord;
use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx, Write, audit};

statements! {
    AGGREGATIONS = "DELETE FROM aggregation WHERE id IN \
        (SELECT id FROM aggregation WHERE ended_at < $1 ORDER BY ended_at, id LIMIT $2)";
    // Those that a change still names stay until it goes.
    REMOVED_ACCOUNTS = "DELETE FROM account WHERE id IN (SELECT id FROM account WHERE removed_at < $1 \
        AND NOT EXISTS (SELECT 1 FROM change_target WHERE change_target.account_id = account.id) \
        ORDER BY removed_at, id LIMIT $2)";
    // Both look at the same changes: the order is total, and what has ended does not move.
    TARGETS = "DELETE FROM change_target WHERE change_id IN \
        (SELECT id FROM password_change WHERE ended_at < $1 ORDER BY ended_at, id LIMIT $2)";
    CHANGES = "DELETE FROM password_change WHERE id IN \
        (SELECT id FROM password_change WHERE ended_at < $1 ORDER BY ended_at, id LIMIT $2)";
    AUDIT = "DELETE FROM audit_record WHERE id IN (SELECT id FROM audit_record WHERE at < $1 ORDER BY at, id LIMIT $2)";
    DIGIT_TOKENS = "DELETE FROM digit_token WHERE id IN \
        (SELECT id FROM digit_token WHERE created_at < $1 AND expires_at < $1 ORDER BY created_at, id LIMIT $2)";
    DELIVERIES = "DELETE FROM delivery WHERE (event_id, recipient) IN \
        (SELECT event_id, recipient FROM delivery WHERE ended_at < $1 ORDER BY ended_at, event_id, recipient LIMIT $2)";
}

/// What is kept for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Ended password changes with their targets.
    Changes,
    AuditRecords,
    /// Digit tokens that can no longer be used.
    DigitTokens,
    /// Messages that were sent or given up, with their attempts.
    Deliveries,
    /// Ended aggregations.
    Aggregations,
    /// Accounts that are gone at their sources.
    RemovedAccounts,
}

impl Kept {
    pub const ALL: [Self; 6] = [
        Self::Changes,
        Self::AuditRecords,
        Self::DigitTokens,
        Self::Deliveries,
        Self::Aggregations,
        Self::RemovedAccounts,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changes => "password changes",
            Self::AuditRecords => "audit records",
            Self::DigitTokens => "digit tokens",
            Self::Deliveries => "deliveries",
            Self::Aggregations => "aggregations",
            Self::RemovedAccounts => "removed accounts",
        }
    }
}

/// Removes the oldest of a kind; gives how many. Their audit record gets the number in front of its detail.
pub struct Purge {
    pub what: Kept,
    /// What ended, happened or was made before this time goes.
    pub before: Timestamp,
    /// At most so many at once.
    pub most: u32,
    pub audit: AuditRecord,
}

impl Write for Purge {
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        let (before, most) = (self.before.0, i64::from(self.most));
        let statement = match self.what {
            Kept::Changes => {
                execute!(tx, TARGETS, before, most)?;
                CHANGES
            }
            Kept::AuditRecords => AUDIT,
            Kept::DigitTokens => DIGIT_TOKENS,
            Kept::Deliveries => DELIVERIES,
            Kept::Aggregations => AGGREGATIONS,
            Kept::RemovedAccounts => REMOVED_ACCOUNTS,
        };
        let gone = execute!(tx, statement, before, most)?;
        if gone > 0 {
            let detail = format!("{gone} {}", self.audit.detail);
            audit::insert(tx, &AuditRecord { detail, ..self.audit.clone() }).await?;
        }
        Ok(gone)
    }
}
