//! What must hold in every history.

use passwright_domain::change::{CHANGED_OUTSIDE, ChangeState, EndReason, TargetState};
use passwright_domain::ids::{AccountId, PasswordChangeId};
use passwright_storage::changes::FinishTarget;

use crate::core::Core;
use crate::plan::{Plaintext, Told};
use crate::queue::TargetRow;
use crate::systems::Place;

impl Core {
    /// The change behind a password: its first sending may have been lost, and a later one accepted.
    fn rows_of(&self, number: usize, account: &AccountId) -> Vec<(i64, TargetRow)> {
        let ids: Vec<&PasswordChangeId> = self.sent.iter().filter(|s| s.first == number).map(|s| &s.id).collect();
        self.tables
            .lane(account)
            .filter(|(_, row)| ids.contains(&&row.change))
            .map(|(seq, row)| (seq, row.clone()))
            .collect()
    }

    fn account_at(&self, (person, system): Place) -> AccountId {
        self.plan.people[person].accounts[&system].id.clone()
    }

    /// A system is about to hold the password of this number.
    pub(crate) fn check_write(&mut self, place: Place, number: usize) {
        let account = self.account_at(place);
        let rows = self.rows_of(number, &account);
        let Some((seq, row)) = rows.first().cloned() else {
            return self.violate(format!("c{number} was written and is not in the queue"));
        };
        if self.oracle.restored.held.contains(&row.change) {
            self.violate(format!("c{number} was sent after a restore and nobody had released it"));
        }
        if matches!(self.sent[number].plaintext, Plaintext::Weak | Plaintext::Garbage) {
            self.violate(format!("c{number} is no acceptable password and was written"));
        }
        if row.position > 0 && !self.first_is_confirmed(&row.change) {
            self.violate(format!("c{number} was written elsewhere before its first system confirmed it"));
        }
        let newer_confirmed = self.tables.lane(&account).any(|(s, r)| s > seq && r.state.is_confirmed());
        if newer_confirmed {
            self.violate(format!("c{number} was written over a newer confirmed change"));
        }
        if self.oracle.kept.contains(&(account.clone(), seq)) {
            self.violate(format!("c{number} was written by a retry over a password that somebody else set"));
        }
        // A newer one that was written and may still be confirmed must not be covered either.
        let covers = |(_, at, other): &&(u64, Place, usize)| {
            *at == place && self.rows_of(*other, &account).iter().any(|(s, r)| *s > seq && r.ended_at.is_none())
        };
        if let Some((_, _, newer)) = self.oracle.applied.iter().find(covers).copied() {
            self.violate(format!("c{number} was written over c{newer}, which is newer and not resolved"));
        }
    }

    fn first_is_confirmed(&self, change: &PasswordChangeId) -> bool {
        self.tables.of_change(change).first().is_some_and(|(_, _, row)| row.state.is_confirmed())
    }

    /// A target was just recorded as confirmed.
    pub(crate) fn check_confirmed(&mut self, finish: &FinishTarget) {
        let place = self.plan.account(&finish.account_id);
        let number = self.sent.iter().find(|s| s.id == finish.change_id).map(|s| s.first);
        let holds = self.oracle.current.get(&place).map(|(number, _)| *number);
        // Somebody may have changed it since it was proved; where a sign-in shows nothing, nobody can know who changed it.
        let writes = self.oracle.applied.iter().chain(&self.oracle.restored.forgotten_writes);
        let was_there = writes.clone().any(|(_, at, n)| *at == place && Some(*n) == number)
            || !self.plan.systems[place.1].is_provable;
        if number != holds && !(self.holds_outside(place) && was_there) {
            let (name, account) = (self.name_of(&finish.change_id), self.account_name(&finish.account_id));
            self.violate(format!("{name} was confirmed at {account}, which holds another password"));
        }
    }

    /// Somebody changed a password while nothing of ours was under way there: what was looked at before must give up.
    pub(crate) fn keep_outside_change(&mut self, place: Place) {
        let account = self.account_at(place);
        // Where one process owns the queue, its leases hold until it ends.
        let queue_now = self.database_now().map_or(0, |now| now.0);
        let lane: Vec<_> = self.tables.lane(&account).map(|(seq, row)| (seq, row.clone())).collect();
        let is_busy = self.tables.accounts[&account].lease_until > queue_now
            || self.pending.values().any(|pending| pending.is_at(place))
            || lane.iter().any(|(_, row)| row.state == TargetState::Writing || row.unresolved_until.is_some());
        if is_busy || self.plan.systems[place.1].told == Told::Nothing {
            return;
        }
        for (seq, row) in &lane {
            let others = lane.iter().filter(|(other, _)| other != seq).filter_map(|(_, row)| row.begun_fence).max();
            if row.ended_at.is_none() && row.seen.is_some() && others < row.begun_fence {
                self.stats.kept_outside += 1;
                self.oracle.kept.insert((account.clone(), *seq));
            }
        }
    }

    /// An attempt was begun. What the other targets of the account knew of its password is void.
    pub(crate) fn check_begun(&mut self, account: &AccountId, seq: i64) {
        self.oracle.kept.retain(|(kept, of)| kept != account || *of == seq);
    }

    /// A change has its payload exactly as long as it is open.
    pub(crate) fn check_payloads(&mut self) {
        let wrong =
            self.tables.changes.iter().find(|(_, change)| change.payload.is_some() != change.ended_at.is_none());
        if let Some((id, change)) = wrong {
            let (name, has) =
                (self.name_of(id), if change.payload.is_some() { "ended with" } else { "is open without" });
            self.violate(format!("{name} {has} its payload"));
        }
    }

    /// Whether everything has ended and nothing is under way.
    pub(crate) fn is_quiet(&self) -> bool {
        !self.is_rough()
            && self.pending.is_empty()
            && self.is_writer_idle()
            && self.tables.changes.values().all(|change| change.ended_at.is_some())
    }

    /// What must hold when all is quiet.
    pub(crate) fn check_end(&mut self) {
        let mut broken = Vec::new();
        for id in &self.acknowledged {
            if !self.tables.changes.contains_key(id) {
                broken.push(format!("{} was acknowledged and is lost", self.name_of(id)));
            }
        }
        for id in self.tables.changes.keys() {
            broken.extend(self.change_faults(id));
        }
        for (account, row) in &self.tables.accounts {
            let seqs: Vec<i64> = self.tables.lane(account).map(|(seq, _)| seq).collect();
            if seqs != (1..=row.next_seq).collect::<Vec<_>>() {
                broken.push(format!("the sequence of {} is {seqs:?}", self.account_name(account)));
            }
            broken.extend(self.last_write_faults(account));
        }
        for change in self.tables.changes.values() {
            match change.state {
                ChangeState::Finished => self.stats.finished += 1,
                _ if change.end_reason == Some(EndReason::Superseded) => self.stats.superseded += 1,
                _ => {}
            }
        }
        for what in broken {
            self.violate(what);
        }
    }

    fn change_faults(&self, id: &PasswordChangeId) -> Vec<String> {
        let (change, name) = (&self.tables.changes[id], self.name_of(id));
        let mut broken = Vec::new();
        if change.ended_at.is_none() {
            broken.push(format!("{name} never ended"));
        }
        if change.payload.is_some() {
            broken.push(format!("{name} ended and its payload is still there"));
        }
        let targets = self.tables.of_change(id);
        let is_finished = change.state == ChangeState::Finished;
        if is_finished != targets.iter().all(|(_, _, row)| row.state.is_confirmed()) {
            broken.push(format!("{name} is {:?} and its targets do not say so", change.state));
        }
        if is_finished != change.errors.is_empty() {
            broken.push(format!("{name} is {:?} with errors {:?}", change.state, change.errors));
        }
        let sent = self.sent.iter().find(|s| s.id == *id).unwrap();
        let number = sent.first;
        for (account, seq, row) in &targets {
            let place = self.plan.account(account);
            let was_written = self.oracle.applied.iter().any(|(_, at, n)| *at == place && *n == number);
            let at = self.account_name(account);
            match row.state {
                TargetState::NotAttempted if was_written => {
                    broken.push(format!("{name} says it was not tried at {at} and was written there"));
                }
                TargetState::Superseded if !self.is_rightly_superseded(account, *seq, row) => {
                    broken.push(format!("{name} was superseded at {at} by nothing that its first system accepted"));
                }
                TargetState::Failed if row.reason == CHANGED_OUTSIDE => {
                    // What was done before a restore is not known after it.
                    let is_released = self.oracle.restored.released.contains(id);
                    if !is_released && !self.oracle.outside.iter().any(|(when, at)| *at == place && *when >= sent.at) {
                        broken.push(format!("{name} gave way at {at} to a change that nobody made"));
                    }
                    let holds = self.oracle.current.get(&place).map(|(number, _)| *number);
                    if self.plan.systems[place.1].is_provable && holds == Some(number) {
                        broken.push(format!("{name} gave way at {at}, which holds it"));
                    }
                }
                // What a system holds must not be called refused. Where a sign-in cannot tell at once, nobody can know.
                TargetState::Refused
                    if self.plan.systems[place.1].is_provable
                        && self.plan.systems[place.1].lag == 0
                        && self.oracle.current.get(&place).is_some_and(|(n, _)| *n == number) =>
                {
                    broken.push(format!("{name} is called refused at {at}, which holds it"));
                }
                state if !state.is_final() => broken.push(format!("{name} is {} at {at}", state.as_str())),
                _ => {}
            }
        }
        broken
    }

    /// Superseded by a newer change on the same account whose own first system accepted it, or with its first target.
    fn is_rightly_superseded(&self, account: &AccountId, seq: i64, row: &TargetRow) -> bool {
        let by_newer = self.tables.lane(account).any(|(s, newer)| s > seq && self.first_is_confirmed(&newer.change));
        let targets = self.tables.of_change(&row.change);
        by_newer || row.position > 0 && targets[0].2.state == TargetState::Superseded
    }

    /// Newest wins: the last write is not older than the newest confirmed change.
    fn last_write_faults(&self, account: &AccountId) -> Option<String> {
        let (newest, row) = self.tables.lane(account).rfind(|(_, row)| row.state.is_confirmed())?;
        let place = self.plan.account(account);
        let (at, name) = (self.account_name(account), self.name_of(&row.change));
        if self.holds_outside(place) {
            return None;
        }
        let Some((number, _)) = self.oracle.current.get(&place) else {
            return Some(format!("{name} is confirmed at {at} and nothing was written there"));
        };
        let last = self.rows_of(*number, account).first().map_or(0, |(seq, _)| *seq);
        (last < newest).then(|| format!("{at} holds c{number}, older than {name}, which is confirmed there"))
    }
}
