//! The world outside the nodes: virtual time, the events to come, the queue's tables, the systems, and the record of all.
//!
//! Everything here runs on one thread in the order of (time, order of arrival), so a seed repeats itself exactly.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;
use tokio::sync::{Notify, oneshot};

use crate::bugs::Bug;
use crate::client::Sent;
use crate::plan::{Histories, Plan};
use crate::queue::{AccountRow, Tables};
use crate::rng::SplitMix;
use crate::server::{Held, Writer};
use crate::systems::{Oracle, Pending, Place};

pub(crate) type Shared = Arc<Mutex<Core>>;
type Event = Box<dyn FnOnce(&mut Core) + Send>;

/// The wall clock's reading at virtual time zero.
pub(crate) const EPOCH: Timestamp = Timestamp(1_800_000_000_000_000);

/// What the runner must do to a node, outside the core's lock.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Command {
    Start(usize),
    Kill(usize),
    Resume(usize),
}

/// A node as the outside sees it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) is_alive: bool,
    pub(crate) is_paused: bool,
    pub(crate) is_cut_off: bool,
    /// Grows with every start.
    pub(crate) incarnation: u64,
    /// The wall clock's error in microseconds.
    pub(crate) skew: i64,
    /// An answer was delivered that the node has not looked at yet.
    pub(crate) is_woken: bool,
    pub(crate) work_waiting: Arc<Notify>,
}

/// What was seen, for the record.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stats {
    pub(crate) changes: u64,
    pub(crate) finished: u64,
    pub(crate) superseded: u64,
    pub(crate) writes: u64,
    pub(crate) late_writes: u64,
    pub(crate) kills: u64,
    pub(crate) pauses: u64,
    pub(crate) partitions: u64,
    pub(crate) jumps: u64,
    pub(crate) lost_writes: u64,
    pub(crate) outside: u64,
    pub(crate) kept_outside: u64,
    pub(crate) restores: u64,
    pub(crate) held: u64,
    pub(crate) released: u64,
    pub(crate) steps: u64,
}

impl Stats {
    pub(crate) fn add(&mut self, other: &Self) {
        let Self { changes, finished, superseded, writes, late_writes, kills, pauses, .. } = other;
        self.changes += changes;
        self.finished += finished;
        self.superseded += superseded;
        self.writes += writes;
        self.late_writes += late_writes;
        self.kills += kills;
        self.pauses += pauses;
        self.partitions += other.partitions;
        self.jumps += other.jumps;
        self.lost_writes += other.lost_writes;
        self.outside += other.outside;
        self.kept_outside += other.kept_outside;
        self.restores += other.restores;
        self.held += other.held;
        self.released += other.released;
        self.steps += other.steps;
    }
}

pub(crate) struct Core {
    pub(crate) now: u64,
    order: u64,
    events: BTreeMap<(u64, u64), Event>,
    pub(crate) rng: SplitMix,
    pub(crate) plan: Arc<Plan>,
    pub(crate) bug: Option<Bug>,
    pub(crate) tables: Tables,
    pub(crate) writer: Writer,
    pub(crate) held: Vec<Held>,
    pub(crate) oracle: Oracle,
    pub(crate) pending: BTreeMap<u64, Pending>,
    pub(crate) next_write: u64,
    /// Until when the last attempt of a node on an account may write.
    pub(crate) write_by: BTreeMap<(usize, Place), u64>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) commands: Vec<Command>,
    /// Every request that was sent, by the number its password carries.
    pub(crate) sent: Vec<Sent>,
    /// A copy of the tables, and when it was taken.
    pub(crate) backup: Option<(u64, Tables)>,
    /// The whole installation is down.
    pub(crate) is_shut: bool,
    pub(crate) acknowledged: BTreeSet<PasswordChangeId>,
    pub(crate) stats: Stats,
    pub(crate) violation: Option<String>,
    log: Option<Vec<String>>,
}

impl Core {
    pub(crate) fn new(seed: u64, histories: Histories, bug: Option<Bug>, keeps_log: bool) -> Self {
        let plan = Arc::new(Plan::of_seed(seed, histories));
        let mut tables = Tables::default();
        tables.bug = bug;
        for person in &plan.people {
            for (system, account) in &person.accounts {
                tables.accounts.insert(
                    account.id.clone(),
                    AccountRow::new(account.source_id.clone(), &format!("System {system}")),
                );
            }
        }
        let node = |skew: &i64| Node {
            is_alive: false,
            is_paused: false,
            is_cut_off: false,
            incarnation: 0,
            skew: *skew * 1000,
            is_woken: false,
            work_waiting: Arc::new(Notify::new()),
        };
        Self {
            now: 0,
            order: 0,
            events: BTreeMap::new(),
            rng: SplitMix::new(seed).fork(2),
            bug,
            tables,
            writer: Writer::default(),
            held: Vec::new(),
            oracle: Oracle::default(),
            pending: BTreeMap::new(),
            next_write: 0,
            write_by: BTreeMap::new(),
            nodes: plan.skews.iter().map(node).collect(),
            commands: Vec::new(),
            sent: Vec::new(),
            backup: None,
            is_shut: false,
            acknowledged: BTreeSet::new(),
            stats: Stats::default(),
            violation: None,
            log: keeps_log.then(Vec::new),
            plan,
        }
    }

    pub(crate) fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Whether things may still go wrong.
    pub(crate) fn is_rough(&self) -> bool {
        self.now < self.plan.healed_at
    }

    pub(crate) fn at(&mut self, time: u64, event: impl FnOnce(&mut Self) + Send + 'static) {
        self.order += 1;
        self.events.insert((time.max(self.now), self.order), Box::new(event));
    }

    pub(crate) fn after(&mut self, delay: u64, event: impl FnOnce(&mut Self) + Send + 'static) {
        self.at(self.now + delay, event);
    }

    pub(crate) fn next_event(&self) -> Option<u64> {
        self.events.keys().next().map(|(time, _)| *time)
    }

    /// Runs every event up to and at `time`.
    pub(crate) fn run_until(&mut self, time: u64) {
        while let Some(entry) = self.events.first_entry()
            && entry.key().0 <= time
        {
            let ((at, _), event) = entry.remove_entry();
            self.now = self.now.max(at);
            self.stats.steps += 1;
            event(self);
        }
        self.now = self.now.max(time);
    }

    /// A node's wall clock at a virtual time.
    pub(crate) fn wall(&self, node: usize, time: u64) -> Timestamp {
        Timestamp(EPOCH.0 + time.cast_signed() * 1000 + self.nodes[node].skew)
    }

    /// The clock of a queue that several nodes share; it does not jump.
    pub(crate) fn database_now(&self) -> Option<Timestamp> {
        (!self.plan.is_single_process).then(|| Timestamp(EPOCH.0 + self.now.cast_signed() * 1000))
    }

    /// Delivers an answer to a node.
    pub(crate) fn answer<T>(&mut self, node: usize, to: oneshot::Sender<T>, value: T) {
        // A caller that gave up or died hears nothing.
        if to.send(value).is_ok() {
            self.nodes[node].is_woken = true;
        }
    }

    pub(crate) fn log(&mut self, line: impl FnOnce(&Self) -> String) {
        if self.log.is_some() {
            let line = format!("{:>12.3} s  {}", self.now as f64 / 1000.0, line(self));
            if let Some(log) = &mut self.log {
                log.push(line);
            }
        }
    }

    pub(crate) fn take_log(&mut self) -> Vec<String> {
        self.log.take().unwrap_or_default()
    }

    /// Notes the first broken invariant.
    pub(crate) fn violate(&mut self, what: String) {
        self.log(|_| format!("VIOLATION {what}"));
        self.violation.get_or_insert(what);
    }
}
