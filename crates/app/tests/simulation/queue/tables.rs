//! The rows. Ordered maps only: nothing may depend on a hash.

use std::collections::BTreeMap;

use passwright_domain::change::{ChangeState, EndReason, NewChange, OpenTarget, SealedPayload, TargetState};
use passwright_domain::ids::{AccountId, PasswordChangeId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::StorageError;

use crate::bugs::Bug;

/// An account: the lane of its targets.
#[derive(Debug, Clone)]
pub(crate) struct AccountRow {
    pub(crate) source: SourceId,
    pub(crate) source_name: String,
    pub(crate) next_seq: i64,
    pub(crate) ready_at: Option<i64>,
    pub(crate) lease_until: i64,
    pub(crate) fence: i64,
}

impl AccountRow {
    pub(crate) fn new(source: SourceId, source_name: &str) -> Self {
        Self { source, source_name: source_name.to_owned(), next_seq: 0, ready_at: None, lease_until: 0, fence: 0 }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct ChangeRow {
    /// As it was accepted; its payload stands in `payload`.
    pub(crate) new: NewChange,
    /// On the queue's clock.
    pub(crate) accepted_at: i64,
    pub(crate) payload: Option<SealedPayload>,
    pub(crate) state: ChangeState,
    /// Why it ended; the database does not keep it, the invariants want it.
    pub(crate) end_reason: Option<EndReason>,
    pub(crate) errors: Vec<String>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) released_at: Option<i64>,
    /// Held after a restore since then.
    pub(crate) held_at: Option<i64>,
}

#[derive(Debug, Clone)]
pub(crate) struct TargetRow {
    pub(crate) change: PasswordChangeId,
    pub(crate) position: i64,
    pub(crate) state: TargetState,
    pub(crate) reason: String,
    pub(crate) attempts: i64,
    pub(crate) due_at: Option<i64>,
    pub(crate) maybe_written: bool,
    pub(crate) unresolved_until: Option<i64>,
    pub(crate) begun_at: Option<i64>,
    pub(crate) begun_fence: Option<i64>,
    pub(crate) seen: Option<Timestamp>,
    pub(crate) restored: bool,
    pub(crate) ended_at: Option<i64>,
}

/// Everything that is committed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    pub(crate) accounts: BTreeMap<AccountId, AccountRow>,
    pub(crate) changes: BTreeMap<PasswordChangeId, ChangeRow>,
    /// By account and sequence number.
    pub(crate) targets: BTreeMap<(AccountId, i64), TargetRow>,
    /// Owner of a ciphertext: actor and identity, by key and digest.
    pub(super) fence: BTreeMap<(String, String), (String, String)>,
    pub(super) uses: BTreeMap<(String, String, AccountId), PasswordChangeId>,
    pub(crate) bug: Option<Bug>,
}

impl Tables {
    pub(crate) fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    pub(super) fn account(&mut self, id: &AccountId) -> Result<&mut AccountRow, StorageError> {
        self.accounts.get_mut(id).ok_or_else(|| StorageError::Conflict("account".to_owned()))
    }

    /// The targets of one account, oldest first.
    pub(crate) fn lane(&self, account: &AccountId) -> impl DoubleEndedIterator<Item = (i64, &TargetRow)> {
        self.targets.range((account.clone(), i64::MIN)..=(account.clone(), i64::MAX)).map(|((_, seq), row)| (*seq, row))
    }

    /// The targets of one change, first target first.
    pub(crate) fn of_change(&self, change: &PasswordChangeId) -> Vec<(&AccountId, i64, &TargetRow)> {
        let mut found: Vec<_> = self
            .targets
            .iter()
            .filter(|(_, row)| row.change == *change)
            .map(|((account, seq), row)| (account, *seq, row))
            .collect();
        found.sort_by_key(|(_, _, row)| row.position);
        found
    }

    /// What a claim gives for a due target; `now` is the queue's time.
    pub(super) fn open_target(
        &self,
        (account, seq): (&AccountId, i64),
        row: &TargetRow,
        now: Timestamp,
    ) -> Result<OpenTarget, StorageError> {
        let others = || self.lane(account).filter(|(other, _)| *other != seq && *other > seq - 64).map(|(_, row)| row);
        let by_clock = self.has(Bug::AttemptsOrderedByClock);
        let corrupt = || StorageError::Corrupt { table: "password_change", detail: "no payload".to_owned() };
        let change = self.changes.get(&row.change).ok_or_else(corrupt)?;
        let sources: Vec<SourceId> = change.new.targets.iter().map(|t| t.source_id.clone()).collect();
        Ok(OpenTarget {
            change_id: row.change.clone(),
            identity_id: change.new.identity_id.clone(),
            actor: change.new.actor.clone(),
            tracking_id: change.new.tracking_id.clone(),
            accepted_at: if self.has(Bug::RetryForEver) { now } else { Timestamp(change.accepted_at) },
            payload: change.payload.clone().ok_or_else(corrupt)?,
            named_account_id: change.new.named_account_id.clone(),
            unlock: change.new.unlock,
            seq,
            position: row.position,
            state: row.state,
            attempts: row.attempts,
            due_at: row.due_at.map(Timestamp),
            maybe_written: row.maybe_written,
            unresolved_until: row.unresolved_until.map(Timestamp),
            begun_fence: if by_clock { row.begun_at } else { row.begun_fence },
            seen: row.seen.filter(|_| !self.has(Bug::ForgetWhatWasSeen)),
            restored: row.restored,
            others_begun_at: others().filter_map(|row| row.begun_at).max().map(Timestamp),
            others_begun_fence: others()
                .filter_map(|row| if by_clock { row.begun_at.map(|at| at - 1) } else { row.begun_fence })
                .max(),
            source_ids: sources,
        })
    }
}
