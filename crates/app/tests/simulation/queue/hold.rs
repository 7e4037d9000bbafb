//! What is open in a restored queue: held, let go, given up.

use passwright_domain::change::TargetState;
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;

use super::tables::{Tables, TargetRow};
use crate::bugs::Bug;

impl Tables {
    /// Holds every open change.
    pub(super) fn hold(&mut self, now: Timestamp) {
        for account in self.accounts.values_mut().filter(|a| a.ready_at.is_some() || a.lease_until > 0) {
            account.ready_at = None;
            account.lease_until = 0;
            account.fence += 1;
        }
        self.targets.values_mut().filter(|row| row.ended_at.is_none()).for_each(|row| row.due_at = None);
        for change in self.changes.values_mut().filter(|change| change.ended_at.is_none()) {
            change.held_at.get_or_insert(now.0);
        }
    }

    fn is_held(&self, change: &PasswordChangeId) -> bool {
        self.changes.get(change).is_some_and(|row| row.held_at.is_some() && row.ended_at.is_none())
    }

    fn open_of<'a>(&'a mut self, change: &'a PasswordChangeId) -> impl Iterator<Item = &'a mut TargetRow> {
        self.targets.values_mut().filter(move |row| row.change == *change && row.ended_at.is_none())
    }

    pub(super) fn release_held(&mut self, change: &PasswordChangeId, now: Timestamp) -> bool {
        if !self.is_held(change) {
            return false;
        }
        if let Some(row) = self.changes.get_mut(change) {
            row.held_at = None;
        }
        if !self.has(Bug::ReleaseWithoutDoubt) {
            for row in self.open_of(change) {
                row.maybe_written = true;
                row.restored = true;
            }
        }
        let are_others_due = self.of_change(change).first().is_some_and(|(_, _, row)| row.state.is_confirmed());
        let mut due = Vec::new();
        for ((account, _), row) in &mut self.targets {
            if row.change == *change && row.ended_at.is_none() && (row.position == 0) != are_others_due {
                row.due_at = Some(now.0);
                due.push(account.clone());
            }
        }
        for account in due {
            let row = self.accounts.get_mut(&account).unwrap();
            row.ready_at = Some(row.ready_at.map_or(now.0, |ready| ready.min(now.0)));
        }
        true
    }

    pub(super) fn cancel_held(&mut self, change: &PasswordChangeId, reason: &str, now: Timestamp) -> bool {
        if !self.is_held(change) {
            return false;
        }
        for row in self.open_of(change) {
            row.state = if row.maybe_written { TargetState::Failed } else { TargetState::NotAttempted };
            reason.clone_into(&mut row.reason);
            row.maybe_written = false;
            row.due_at = None;
            row.ended_at = Some(now.0);
        }
        self.end_if_complete(change, now);
        true
    }
}
