//! A restore: the queue is lost and an older copy of it put in its place. What waits in it is held, and an administrator
//! decides about each change within an hour. What was written between the copy and the loss, this installation knows
//! nothing of: to it, somebody else did that.

use std::collections::BTreeSet;

use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{AdvanceMark, CancelHeld, ReleaseHeld};

use crate::bugs::Bug;
use crate::core::Core;
use crate::plan::{HOUR, MINUTE, SECOND};
use crate::queue::Op;
use crate::server::ReplyTo;
use crate::systems::Place;

/// What a restore makes of the past.
#[derive(Debug, Default)]
pub(crate) struct Restored {
    /// From the copy to the restore; what was written then is nobody's.
    forgotten: Option<(u64, u64)>,
    /// Every write of that time.
    pub(crate) forgotten_writes: Vec<(u64, Place, usize)>,
    /// Changes that must not be sent.
    pub(crate) held: BTreeSet<PasswordChangeId>,
    /// Changes that an administrator let go.
    pub(crate) released: BTreeSet<PasswordChangeId>,
}

impl Restored {
    /// Whether a write of this time is one that the restored queue does not know of.
    pub(crate) fn is_forgotten(&self, at: u64) -> bool {
        self.forgotten.is_some_and(|(from, to)| from < at && at <= to)
    }
}

impl Core {
    /// What is committed and synced is copied.
    pub(crate) fn take_backup(&mut self) {
        self.log(|_| "a backup is taken".to_owned());
        self.backup = Some((self.now, self.tables.clone()));
    }

    /// The machine with the queue is gone, and every node is stopped.
    pub(crate) fn shut(&mut self) {
        self.log(|_| "the queue is lost".to_owned());
        self.is_shut = true;
        for node in 0..self.nodes.len() {
            if self.nodes[node].is_alive {
                self.kill(node);
            }
        }
    }

    pub(crate) fn restore(&mut self) {
        let Some((taken_at, tables)) = self.backup.take() else { return };
        self.stats.restores += 1;
        self.tables = tables;
        let tables = &self.tables;
        self.acknowledged.retain(|id| tables.changes.contains_key(id));
        let applied = self.oracle.applied.iter().copied();
        let (known, forgotten): (_, Vec<_>) = applied.partition(|(at, _, _)| *at <= taken_at);
        self.oracle.applied = known;
        self.oracle.outside.extend(forgotten.iter().map(|(at, place, _)| (*at, *place)));
        self.oracle.restored.forgotten_writes = forgotten;
        self.oracle.restored.forgotten = Some((taken_at, self.now));
        self.oracle.kept.clear();
        let open = tables.changes.iter().filter(|(_, change)| change.ended_at.is_none());
        let held: Vec<_> = open.map(|(id, _)| id.clone()).collect();
        self.log(|_| {
            format!("the queue is as it was at {} s; {} changes are held", taken_at as f64 / 1000.0, held.len())
        });
        self.stats.held += held.len() as u64;
        self.oracle.restored.held = held.iter().cloned().collect();
        if !self.has(Bug::RestoredAtOnce) {
            // The first node to start finds it, in a transaction before its worker looks at the queue.
            let hold = AdvanceMark {
                folder: None,
                new_installation: String::new(),
                now: self.wall(0, self.now),
                audit: audit(),
            };
            let _ = self.tables.run(&Op::Hold(Box::new(hold)), self.database_now());
        }
        self.is_shut = false;
        for node in 0..self.nodes.len() {
            self.start(node);
        }
        for id in held {
            let most = *self.rng.pick(&[MINUTE, 10 * MINUTE, HOUR]);
            let (after, is_release) = (self.rng.between(SECOND, most), self.rng.chance(700));
            self.after(after, move |core| core.decide(id, is_release));
        }
    }

    /// An administrator decides about a held change, again and again until it is done.
    fn decide(&mut self, change_id: PasswordChangeId, is_release: bool) {
        let is_held = |row: &crate::queue::ChangeRow| row.held_at.is_some() && row.ended_at.is_none();
        if !self.tables.changes.get(&change_id).is_some_and(is_held) {
            return;
        }
        let node = self.rng.below(self.nodes.len());
        if self.nodes[node].is_alive && !self.nodes[node].is_paused && !self.nodes[node].is_cut_off {
            let now = self.wall(node, self.now);
            let op = match is_release {
                true => Op::ReleaseHeld(ReleaseHeld { change_id: change_id.clone(), now, audit: audit() }),
                false => Op::CancelHeld(CancelHeld {
                    change_id: change_id.clone(),
                    reason: "given up by an administrator".to_owned(),
                    now,
                    audit: audit(),
                }),
            };
            self.hand(node, op, ReplyTo::Nobody);
        }
        self.after(MINUTE, move |core| core.decide(change_id, is_release));
    }

    /// An administrator's decision is committed.
    pub(crate) fn decided(&mut self, change: &PasswordChangeId, is_release: bool) {
        self.oracle.restored.held.remove(change);
        if is_release {
            self.stats.released += 1;
            self.oracle.restored.released.insert(change.clone());
            for node in &mut self.nodes {
                node.work_waiting.notify_one();
                node.is_woken = true;
            }
        }
    }
}

fn audit() -> AuditRecord {
    AuditRecord {
        id: String::new(),
        at: Timestamp(0),
        actor: String::new(),
        event: "PASSWORD_CHANGES_HELD",
        object: String::new(),
        outcome: Outcome::Passed,
        tracking_id: String::new(),
        address: None,
        detail: String::new(),
    }
}
