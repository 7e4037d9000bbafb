//! Finishing: ends, retries, supersession, erasure.

use std::time::Duration;

use passwright_domain::change::{
    ChangeState, Conclusion, PayloadKind, TargetOutcome, TargetState, conclude, released_at,
};
use passwright_domain::ids::{AccountId, PasswordChangeId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::StorageError;
use passwright_storage::changes::{FailChange, FinishTarget, Resolution, Seen};

use super::tables::{Tables, TargetRow};
use crate::bugs::Bug;

const FIRST_REFUSED: &str = "not tried because the first system did not take the password";
const NOT_VALID: &str = "not tried because the password is not valid";

impl Tables {
    pub(super) fn finish(&mut self, op: &FinishTarget, now: Timestamp) -> Result<(), StorageError> {
        self.check_fence(&op.account_id, op.fence)?;
        let until = op.unresolved_for.map(|window| now + window).max(op.earlier_unresolved);
        let unresolved = until.filter(|until| *until > now).map(|until| until.0);
        match &op.resolution {
            Resolution::Confirmed(state, reason) => {
                self.end_target(op, *state, reason, now, unresolved)?;
                self.supersede_older(&op.account_id, op.seq, now);
                if op.position == 0 {
                    self.release_others(&op.change_id, now);
                }
                self.end_if_complete(&op.change_id, now);
            }
            Resolution::Ended(state, reason) => {
                self.end_target(op, *state, reason, now, unresolved)?;
                if op.position == 0 && !self.has(Bug::OthersGoOnAfterRefusal) {
                    let (others, because) = match state {
                        TargetState::Superseded => (TargetState::Superseded, ""),
                        _ => (TargetState::NotAttempted, FIRST_REFUSED),
                    };
                    self.end_open(&op.change_id, others, because, now);
                }
                if op.position == 0 && self.has(Bug::OthersGoOnAfterRefusal) {
                    self.release_others(&op.change_id, now);
                }
                self.end_if_complete(&op.change_id, now);
            }
            Resolution::Retry { at, reason, maybe_written, attempts, seen } => {
                let at = shifted(*at, op.now, now).0;
                if let Some(row) = self.open_row(&op.account_id, op.seq) {
                    row.state = TargetState::Retrying;
                    row.reason.clone_from(reason);
                    row.maybe_written = *maybe_written;
                    row.attempts = *attempts;
                    row.due_at = Some(at);
                    row.unresolved_until = unresolved;
                    if let Seen::At(at) = seen {
                        row.seen = *at;
                    }
                }
                if self.has(Bug::ReleaseOthersAtRetry) && op.position == 0 {
                    self.release_others(&op.change_id, now);
                }
            }
            Resolution::Postponed { at } => {
                let at = shifted(*at, op.now, now).0;
                if let Some(row) = self.open_row(&op.account_id, op.seq) {
                    row.due_at = Some(at);
                }
            }
        }
        self.release_lane(&op.account_id, op.fence)
    }

    pub(super) fn fail(&mut self, op: &FailChange, now: Timestamp) -> Result<(), StorageError> {
        self.check_fence(&op.account_id, op.fence)?;
        self.end_open(&op.change_id, TargetState::NotAttempted, NOT_VALID, now);
        let conclusion = Conclusion { state: ChangeState::Failed, reason: op.reason, errors: op.errors.clone() };
        self.end_change(&op.change_id, &conclusion, now);
        self.release_lane(&op.account_id, op.fence)
    }

    fn check_fence(&mut self, id: &AccountId, fence: i64) -> Result<(), StorageError> {
        let ignores_fence = self.has(Bug::NoFenceCheck);
        if self.account(id)?.fence == fence || ignores_fence { Ok(()) } else { Err(StorageError::LeaseLost) }
    }

    fn open_row(&mut self, account: &AccountId, seq: i64) -> Option<&mut TargetRow> {
        self.targets.get_mut(&(account.clone(), seq)).filter(|row| row.ended_at.is_none())
    }

    fn end_target(
        &mut self,
        op: &FinishTarget,
        state: TargetState,
        reason: &str,
        now: Timestamp,
        unresolved: Option<i64>,
    ) -> Result<(), StorageError> {
        let row = self.open_row(&op.account_id, op.seq).ok_or(StorageError::LeaseLost)?;
        row.state = state;
        reason.clone_into(&mut row.reason);
        row.maybe_written = false;
        row.due_at = None;
        row.ended_at = Some(now.0);
        row.unresolved_until = unresolved;
        Ok(())
    }

    pub(super) fn supersede_older(&mut self, account: &AccountId, seq: i64, now: Timestamp) {
        let mut ended = Vec::new();
        for (_, row) in self.targets.range_mut((account.clone(), i64::MIN)..(account.clone(), seq)) {
            if row.ended_at.is_none() {
                row.state = TargetState::Superseded;
                row.reason.clear();
                row.maybe_written = false;
                row.due_at = None;
                row.ended_at = Some(now.0);
                ended.push((row.change.clone(), row.position));
            }
        }
        for (change, position) in ended {
            if position == 0 {
                self.end_open(&change, TargetState::Superseded, "", now);
            }
            self.end_if_complete(&change, now);
        }
    }

    fn release_others(&mut self, change: &PasswordChangeId, now: Timestamp) {
        let mut released = Vec::new();
        for ((account, _), row) in &mut self.targets {
            if row.change == *change && row.position > 0 && row.ended_at.is_none() && row.due_at.is_none() {
                row.due_at = Some(now.0);
                released.push(account.clone());
            }
        }
        for account in released {
            let row = self.accounts.get_mut(&account).unwrap();
            row.ready_at = Some(row.ready_at.map_or(now.0, |ready| ready.min(now.0)));
        }
    }

    fn end_open(&mut self, change: &PasswordChangeId, state: TargetState, reason: &str, now: Timestamp) {
        for row in self.targets.values_mut().filter(|row| row.change == *change && row.ended_at.is_none()) {
            row.state = state;
            reason.clone_into(&mut row.reason);
            row.due_at = None;
            row.ended_at = Some(now.0);
        }
    }

    pub(super) fn end_if_complete(&mut self, change: &PasswordChangeId, now: Timestamp) {
        let targets: Vec<_> = self
            .of_change(change)
            .into_iter()
            .map(|(account, _, row)| TargetOutcome {
                source_name: self.accounts[account].source_name.clone(),
                state: row.state,
                reason: row.reason.clone(),
            })
            .collect();
        let conclusion = match conclude(&targets) {
            None if self.has(Bug::FinishAtFirstConfirmed) && targets[0].state.is_confirmed() => {
                self.end_open(change, TargetState::Confirmed, "", now);
                Some(Conclusion {
                    state: ChangeState::Finished,
                    reason: passwright_domain::change::EndReason::Confirmed,
                    errors: Vec::new(),
                })
            }
            other => other,
        };
        if let Some(conclusion) = conclusion {
            self.end_change(change, &conclusion, now);
        }
    }

    fn end_change(&mut self, change: &PasswordChangeId, conclusion: &Conclusion, now: Timestamp) {
        let keeps_payload = self.has(Bug::KeepPayload) && conclusion.state == ChangeState::Failed;
        let row = self.changes.get_mut(change).unwrap();
        if row.ended_at.is_some() {
            return;
        }
        let kind: &PayloadKind = &row.new.payload.kind;
        row.released_at = Some(released_at(conclusion.reason, kind, Timestamp(row.accepted_at), now).0);
        row.state = conclusion.state;
        row.end_reason = Some(conclusion.reason);
        row.errors.clone_from(&conclusion.errors);
        row.ended_at = Some(now.0);
        if !keeps_payload {
            row.payload = None;
        }
    }

    pub(super) fn release_lane(&mut self, id: &AccountId, fence: i64) -> Result<(), StorageError> {
        self.check_fence(id, fence)?;
        let ready_at = self.lane(id).filter(|(_, row)| row.ended_at.is_none()).filter_map(|(_, row)| row.due_at).min();
        let account = self.account(id)?;
        account.lease_until = 0;
        account.ready_at = ready_at;
        Ok(())
    }
}

/// Moves a time of the caller's clock to the database's.
fn shifted(at: Timestamp, local_now: Timestamp, now: Timestamp) -> Timestamp {
    let ahead = Duration::from_micros(now.0.abs_diff(local_now.0));
    if now >= local_now { at + ahead } else { at - ahead }
}
