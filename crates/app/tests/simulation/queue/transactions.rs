//! The transactions: accept, claim, begin; `finish.rs` has the rest. Each either happens whole or, on an error, not at all,
//! so every check comes before the first change of a row.

use std::collections::BTreeMap;
use std::time::Duration;

use passwright_domain::change::{ChangeState, Lane, PayloadKind, TargetState};
use passwright_domain::ids::{AccountId, PasswordChangeId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::StorageError;
use passwright_storage::changes::{
    AcceptChange, Accepted, AdvanceMark, BeginWrite, Begun, CancelHeld, ClaimLanes, FailChange, FinishTarget,
    ReleaseHeld, ReleaseLane, RenewLane,
};

use super::tables::{ChangeRow, Tables, TargetRow};
use crate::bugs::Bug;

/// A transaction as a value.
pub(crate) enum Op {
    Accept(Box<AcceptChange>),
    DueSources(Timestamp),
    Claim(ClaimLanes),
    Renew(RenewLane),
    Begin(BeginWrite),
    Finish(Box<FinishTarget>),
    Fail(Box<FailChange>),
    Release(ReleaseLane),
    VoidLeases,
    /// The database turns out to be an older copy.
    Hold(Box<AdvanceMark>),
    ReleaseHeld(ReleaseHeld),
    CancelHeld(CancelHeld),
}

/// What a transaction answers.
#[derive(Debug)]
pub(crate) enum Reply {
    Accepted(Accepted),
    /// When the next lane of each source is due, and the queue's time.
    Due(Vec<(SourceId, Timestamp)>, Timestamp),
    Lanes(Vec<Lane>),
    Begun(Begun),
    /// Whether there was something to do it to.
    Found(bool),
    Done,
}

impl Tables {
    /// Runs a transaction. `database_now` is the database's own clock; without one the caller's time counts, as on SQLite.
    pub(crate) fn run(&mut self, op: &Op, database_now: Option<Timestamp>) -> Result<Reply, StorageError> {
        let at = |local: Timestamp| database_now.unwrap_or(local);
        match op {
            Op::Accept(op) => self.accept(op, at(op.change.accepted_at)).map(Reply::Accepted),
            Op::DueSources(now) => Ok(Reply::Due(self.due_sources(at(*now)), at(*now))),
            Op::Claim(op) => self.claim(op, at(op.now)).map(Reply::Lanes),
            Op::Renew(op) => self.renew(&op.account_id, op.fence, at(op.now), op.lease).map(|_| Reply::Done),
            Op::Begin(op) => self.begin(op, at(op.now)).map(Reply::Begun),
            Op::Finish(op) => self.finish(op, at(op.now)).map(|()| Reply::Done),
            Op::Fail(op) => self.fail(op, at(op.now)).map(|()| Reply::Done),
            Op::Release(op) => self.release_lane(&op.account_id, op.fence).map(|()| Reply::Done),
            Op::VoidLeases if self.has(Bug::LeasesOutliveProcess) => Ok(Reply::Done),
            Op::VoidLeases => {
                self.accounts.values_mut().for_each(|account| account.lease_until = 0);
                Ok(Reply::Done)
            }
            Op::Hold(op) => {
                self.hold(at(op.now));
                Ok(Reply::Done)
            }
            Op::ReleaseHeld(op) => Ok(Reply::Found(self.release_held(&op.change_id, at(op.now)))),
            Op::CancelHeld(op) => Ok(Reply::Found(self.cancel_held(&op.change_id, &op.reason, at(op.now)))),
        }
    }

    fn accept(&mut self, op: &AcceptChange, now: Timestamp) -> Result<Accepted, StorageError> {
        let change = &op.change;
        if let Some(first) = self.pass_fence(op)? {
            return Ok(Accepted { id: first, is_new: false });
        }
        if change.targets.iter().any(|t| !self.accounts.contains_key(&t.account_id)) {
            return Err(StorageError::Conflict("account".to_owned()));
        }
        if let (PayloadKind::Rsa(key), Some(digest)) = (&change.payload.kind, &change.ciphertext_digest) {
            let key = (key.as_str().to_owned(), digest.clone());
            let owner = (change.actor.clone(), change.identity_id.as_str().to_owned());
            self.fence.entry(key.clone()).or_insert(owner);
            self.uses.insert((key.0, key.1, change.named_account_id.clone()), change.id.clone());
        }
        let mut newest = Vec::new();
        for (position, target) in change.targets.iter().enumerate() {
            let due_at = (position == 0 || self.has(Bug::ReleaseOthersAtAccept)).then_some(now.0);
            let account = self.account(&target.account_id)?;
            account.next_seq += 1;
            if let Some(due_at) = due_at {
                account.ready_at = Some(account.ready_at.map_or(due_at, |ready| ready.min(due_at)));
            }
            let row = TargetRow {
                change: change.id.clone(),
                position: i64::try_from(position).unwrap(),
                state: TargetState::Waiting,
                reason: String::new(),
                attempts: 0,
                due_at,
                maybe_written: false,
                unresolved_until: None,
                begun_at: None,
                begun_fence: None,
                seen: None,
                restored: false,
                ended_at: None,
            };
            newest.push((target.account_id.clone(), account.next_seq));
            self.targets.insert((target.account_id.clone(), newest.last().unwrap().1), row);
        }
        let row = ChangeRow {
            new: change.clone(),
            accepted_at: now.0,
            payload: Some(change.payload.clone()),
            state: ChangeState::InProgress,
            end_reason: None,
            errors: Vec::new(),
            ended_at: None,
            released_at: None,
            held_at: None,
        };
        self.changes.insert(change.id.clone(), row);
        if self.has(Bug::SupersedeAtAccept) {
            for (account, seq) in newest {
                self.supersede_older(&account, seq, now);
            }
        }
        Ok(Accepted { id: change.id.clone(), is_new: true })
    }

    fn pass_fence(&self, op: &AcceptChange) -> Result<Option<PasswordChangeId>, StorageError> {
        let change = &op.change;
        let (PayloadKind::Rsa(key), Some(digest)) = (&change.payload.kind, &change.ciphertext_digest) else {
            return Ok(None);
        };
        let key = (key.as_str().to_owned(), digest.clone());
        let caller = (change.actor.clone(), change.identity_id.as_str().to_owned());
        if self.fence.get(&key).is_some_and(|owner| *owner != caller) {
            return Err(StorageError::CiphertextTaken);
        }
        Ok(self.uses.get(&(key.0, key.1, change.named_account_id.clone())).cloned())
    }

    pub(crate) fn due_sources(&self, now: Timestamp) -> Vec<(SourceId, Timestamp)> {
        let mut due: BTreeMap<&SourceId, i64> = BTreeMap::new();
        for account in self.accounts.values().filter(|a| a.lease_until <= now.0) {
            if let Some(at) = account.ready_at {
                due.entry(&account.source).and_modify(|first| *first = at.min(*first)).or_insert(at);
            }
        }
        due.into_iter().map(|(source, at)| (source.clone(), Timestamp(at))).collect()
    }

    fn claim(&mut self, op: &ClaimLanes, now: Timestamp) -> Result<Vec<Lane>, StorageError> {
        let ignores_leases = self.has(Bug::ClaimIgnoresLeases);
        let mut due = Vec::new();
        for (source, most) in &op.sources {
            let mut of_source: Vec<_> = self
                .accounts
                .iter()
                .filter(|(_, a)| a.source == *source && (ignores_leases || a.lease_until <= now.0))
                .filter_map(|(id, a)| a.ready_at.filter(|at| *at <= now.0).map(|at| (at, id.clone())))
                .collect();
            of_source.sort();
            of_source.truncate(usize::try_from(*most).unwrap_or(0));
            due.extend(of_source);
        }
        let mut lanes = Vec::new();
        for (_, id) in &due {
            let is_due = |row: &TargetRow| row.ended_at.is_none() && row.due_at.is_some_and(|at| at <= now.0);
            let rows = self.lane(id).rev().filter(|(_, row)| is_due(row)).take(8);
            let targets = rows.into_iter().map(|(seq, row)| self.open_target((id, seq), row, now));
            let targets = targets.collect::<Result<_, _>>()?;
            lanes.push((id.clone(), targets));
        }
        // Where one process owns the queue nothing but a new start need end a lease; the defect is to forget that.
        let lease = if self.has(Bug::LeasesOutliveProcess) { op.lease * 100_000 } else { op.lease };
        let mut claimed = Vec::new();
        for (account_id, targets) in lanes {
            let account = self.account(&account_id)?;
            account.lease_until = (now + lease).0;
            account.fence += 1;
            let source_id = account.source.clone();
            claimed.push(Lane { account_id, source_id, fence: account.fence, claimed_at: now, targets });
        }
        Ok(claimed)
    }

    /// Gives the end that the lease had.
    fn renew(&mut self, account: &AccountId, fence: i64, now: Timestamp, lease: Duration) -> Result<i64, StorageError> {
        let ignores_fence = self.has(Bug::NoFenceCheck);
        let account = self.account(account)?;
        if (account.fence != fence || account.lease_until <= now.0) && !ignores_fence {
            return Err(StorageError::LeaseLost);
        }
        Ok(std::mem::replace(&mut account.lease_until, (now + lease).0))
    }

    fn begin(&mut self, op: &BeginWrite, now: Timestamp) -> Result<Begun, StorageError> {
        let lease_before = self.renew(&op.account_id, op.fence, now, op.lease)?;
        let newer: Vec<_> = self.lane(&op.account_id).filter(|(seq, _)| *seq > op.seq).map(|(_, row)| row).collect();
        let outranks = |row: &&TargetRow| {
            row.state.is_confirmed() || (row.ended_at.is_none() && row.position > 0 && row.due_at.is_some())
        };
        if !self.has(Bug::NoNewestCheck) {
            if newer.iter().any(outranks) {
                return Ok(Begun::Outranked);
            }
            if newer.iter().any(|row| row.ended_at.is_none() && row.maybe_written) {
                return Ok(Begun::Wait { until: None });
            }
        }
        let others = self.lane(&op.account_id).filter(|(seq, _)| *seq != op.seq);
        let unresolved =
            others.filter_map(|(_, row)| row.unresolved_until).filter(|until| *until > op.claimed_at.0).max();
        if let Some(until) = unresolved.filter(|until| *until > now.0)
            && !self.has(Bug::NoUnresolvedWindow)
        {
            return Ok(Begun::Wait { until: Some(Timestamp(until - now.0 + op.now.0)) });
        }
        let forgets = self.has(Bug::ForgetMaybeWritten);
        let seen = op.seen.filter(|_| unresolved.is_none());
        let resolved = (now + op.resolved_within).0;
        let row = self.targets.get_mut(&(op.account_id.clone(), op.seq)).filter(|row| row.ended_at.is_none());
        let Some(row) = row else {
            self.account(&op.account_id)?.lease_until = lease_before;
            return Err(StorageError::LeaseLost);
        };
        row.state = TargetState::Writing;
        row.attempts += 1;
        row.begun_at = Some(now.0);
        row.begun_fence = Some(op.fence);
        row.seen = seen;
        row.restored = false;
        row.maybe_written = !forgets;
        if !forgets {
            row.unresolved_until = Some(row.unresolved_until.map_or(resolved, |until| until.max(resolved)));
        }
        let change = row.change.clone();
        if self.has(Bug::SupersedeAtBegin) {
            self.supersede_older(&op.account_id, op.seq, now);
        }
        if self.has(Bug::EraseAtBegin) {
            self.changes.get_mut(&change).unwrap().payload = None;
        }
        Ok(Begun::Go)
    }
}
