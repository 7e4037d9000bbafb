//! Trying again at once what would be tried again later.
//!
//! Only the time of the next attempt moves: how many attempts were made, what they may have left behind and when the target is
//! given up stays, and so does the rest of a source that is left alone. What is held has no time and is not touched.

use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;

use super::finish::make_ready;
use crate::{StorageError, Tx, Write, audit, notify};

statements! {
    RETRY = "UPDATE change_target SET due_at = $2 WHERE change_id = $1 AND ended_at IS NULL AND state = 'retrying' \
             AND due_at > $2 RETURNING account_id";
}

/// Makes the targets of a change due that are to be tried again.
pub struct RetryChange {
    pub change_id: PasswordChangeId,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for RetryChange {
    /// How many targets are due now that were not; with 0 nothing was written.
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        let now = tx.now(self.now).await?;
        let mut accounts = fetch_all!(tx, (String,), RETRY, self.change_id.as_str(), now.0)?;
        accounts.sort();
        for (account,) in &accounts {
            make_ready(tx, account, now).await?;
        }
        if !accounts.is_empty() {
            audit::insert(tx, &self.audit).await?;
            notify::ring(tx).await?;
        }
        Ok(u64::try_from(accounts.len()).unwrap_or(u64::MAX))
    }
}
