//! Holding what a restored database would send again, and letting it go or not.
//!
//! Database and key folder each keep a mark that only grows. A database whose mark is behind that of the folder is older
//! than what this installation has seen: everything in it that is open may have been done since. It is held in the
//! transaction that finds this, before a worker can claim it.

use passwright_domain::audit::AuditRecord;
use passwright_domain::change::TargetState;
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::restore::{Found, Mark, compare};
use passwright_domain::timestamp::Timestamp;

use super::finish::{end_if_complete, make_ready};
use crate::rows::corrupt;
use crate::{StorageError, Tx, Write, audit, notify, settings};

statements! {
    HOLD_CHANGES = "UPDATE password_change SET held_at = $1 WHERE ended_at IS NULL AND held_at IS NULL";
    HOLD_TARGETS = "UPDATE change_target SET due_at = NULL WHERE ended_at IS NULL AND due_at IS NOT NULL";
    // Whoever holds a lane has looked at what is held now.
    HOLD_LANES = "UPDATE account SET ready_at = NULL, lease_until = 0, fence = fence + 1 \
                  WHERE ready_at IS NOT NULL OR lease_until > 0";
    LET_GO = "UPDATE password_change SET held_at = NULL WHERE id = $1 AND held_at IS NOT NULL AND ended_at IS NULL";
    // What is not in this database may have been done since: each password may be there. When it was last seen to change
    // still counts: a later change that is not this password is not to be undone.
    DOUBT = "UPDATE change_target SET maybe_written = TRUE, restored = TRUE WHERE change_id = $1 AND ended_at IS NULL";
    FIRST_STATE = "SELECT state FROM change_target WHERE change_id = $1 AND position = 0";
    DUE = "UPDATE change_target SET due_at = $2 WHERE change_id = $1 AND ended_at IS NULL \
           AND ((position = 0) <> $3) RETURNING account_id";
    GIVE_UP_WRITTEN = "UPDATE change_target SET state = 'failed', reason = $3, maybe_written = FALSE, due_at = NULL, \
                       ended_at = $2 WHERE change_id = $1 AND ended_at IS NULL AND maybe_written";
    GIVE_UP = "UPDATE change_target SET state = 'not_attempted', reason = $3, due_at = NULL, ended_at = $2 \
               WHERE change_id = $1 AND ended_at IS NULL";
    IS_HELD = "SELECT id FROM password_change WHERE id = $1 AND held_at IS NOT NULL AND ended_at IS NULL";
    HELD = "SELECT id, accepted_at FROM password_change WHERE held_at IS NOT NULL AND ended_at IS NULL \
            ORDER BY accepted_at, id LIMIT $1";
}

/// Moves the mark on; holds every open change first when the database is older than the folder's mark says.
pub struct AdvanceMark {
    /// The folder's mark, where it has one.
    pub folder: Option<Mark>,
    /// The name of the installation, should it have none yet: random.
    pub new_installation: String,
    pub now: Timestamp,
    /// Written when something is held; its detail is completed with how many.
    pub audit: AuditRecord,
}

/// What a mark's advance found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advanced {
    /// For the folder to keep.
    pub mark: Mark,
    /// How many changes are held now that were not; `None` when the database is as it should be.
    pub held: Option<u64>,
}

impl Write for AdvanceMark {
    type Output = Advanced;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Advanced, StorageError> {
        let stored = settings::lookup(tx, settings::RESTORE_MARK).await?;
        let stored =
            stored.map(|text| Mark::parse(&text).ok_or_else(|| corrupt("setting", "restore_mark"))).transpose()?;
        let (mark, found) = compare(stored.as_ref(), self.folder.as_ref(), &self.new_installation);
        settings::set(tx, settings::RESTORE_MARK, &mark.text(), self.now).await?;
        if found == Found::AsItShouldBe {
            return Ok(Advanced { mark, held: None });
        }
        let now = tx.now(self.now).await?;
        execute!(tx, HOLD_LANES)?;
        execute!(tx, HOLD_TARGETS)?;
        let held = execute!(tx, HOLD_CHANGES, now.0)?;
        let mut record = self.audit.clone();
        record.detail = format!("{} {held} changes", record.detail);
        audit::insert(tx, &record).await?;
        Ok(Advanced { mark, held: Some(held) })
    }
}

/// Lets a held change go on where it stood; whether its password is there is asked before it is written.
pub struct ReleaseHeld {
    pub change_id: PasswordChangeId,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for ReleaseHeld {
    /// False when it is not held, and then nothing was written.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let change = self.change_id.as_str();
        if execute!(tx, LET_GO, change)? != 1 {
            return Ok(false);
        }
        execute!(tx, DOUBT, change)?;
        let now = tx.now(self.now).await?;
        let first = fetch_optional!(tx, (String,), FIRST_STATE, change)?;
        let first = first.and_then(|(state,)| TargetState::parse(&state));
        let are_others_due = first.is_some_and(TargetState::is_confirmed);
        let mut accounts = fetch_all!(tx, (String,), DUE, change, now.0, are_others_due)?;
        accounts.sort();
        for (account,) in accounts {
            make_ready(tx, &account, now).await?;
        }
        audit::insert(tx, &self.audit).await?;
        notify::ring(tx).await?;
        Ok(true)
    }
}

/// Gives a held change up: what was not written is not attempted, what may have been written is not known.
pub struct CancelHeld {
    pub change_id: PasswordChangeId,
    /// A plain sentence.
    pub reason: String,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for CancelHeld {
    /// False when it is not held, and then nothing was written.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let change = self.change_id.as_str();
        if fetch_optional!(tx, (String,), IS_HELD, change)?.is_none() {
            return Ok(false);
        }
        let now = tx.now(self.now).await?;
        execute!(tx, GIVE_UP_WRITTEN, change, now.0, self.reason.as_str())?;
        execute!(tx, GIVE_UP, change, now.0, self.reason.as_str())?;
        end_if_complete(tx, &self.change_id, now).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// The held changes and when they were accepted, oldest first, at most `limit`.
///
/// # Errors
/// When the database does not answer.
pub async fn held_changes(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(PasswordChangeId, Timestamp)>, StorageError> {
    let rows = fetch_all!(tx, (String, i64), HELD, limit)?;
    rows.into_iter().map(|(id, at)| Ok((crate::rows::id("password_change", &id)?, Timestamp(at)))).collect()
}
