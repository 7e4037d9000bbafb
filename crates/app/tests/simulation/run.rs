//! One run: nodes and outside world in step.
//!
//! The next event of the outside bounds how far a node may run; a node that sends something stops there and lowers the
//! bound for the others. A node may see an answer up to a second late, as a busy process does; never one too early.

use std::sync::{Arc, Mutex};

use crate::bugs::Bug;
use crate::core::{Command, Core, Shared, Stats};
use crate::node::Process;
use crate::plan::{Disturbance, HOUR, Histories, SECOND};

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) violation: Option<String>,
    pub(crate) log: Vec<String>,
    pub(crate) stats: Stats,
}

/// A change ends a day after its acceptance at the latest, on a clock that may be two hours off.
const HORIZON: u64 = 30 * HOUR;
/// A node runs at most so far ahead of the others.
const AHEAD: u64 = SECOND;

/// Runs a seed to its quiet end, or to the first broken invariant.
pub(crate) fn run(seed: u64, bug: Option<Bug>, keeps_log: bool) -> Ran {
    run_of(seed, bug.map_or(Histories::All, Bug::histories), bug, keeps_log)
}

/// The same in histories of one kind.
pub(crate) fn run_of(seed: u64, histories: Histories, bug: Option<Bug>, keeps_log: bool) -> Ran {
    let shared: Shared = Arc::new(Mutex::new(Core::new(seed, histories, bug, keeps_log)));
    schedule(&mut shared.lock().unwrap());
    let mut processes: Vec<Option<Process>> = shared.lock().unwrap().nodes.iter().map(|_| None).collect();
    loop {
        obey(&shared, &mut processes);
        let bound = {
            let mut core = shared.lock().unwrap();
            if core.violation.is_some() || core.is_quiet() {
                break;
            }
            let bound = core.next_event().unwrap_or(core.now + AHEAD);
            if bound >= core.plan.healed_at + HORIZON {
                core.violate("a change never ended".to_owned());
                break;
            }
            bound
        };
        let bound = run_nodes(&shared, &processes, bound);
        shared.lock().unwrap().run_until(bound);
    }
    // Outside the lock: ending a process drops futures that report.
    shared.lock().unwrap().nodes.iter_mut().for_each(|node| node.is_alive = false);
    drop(processes);
    let mut core = shared.lock().unwrap();
    if core.violation.is_none() {
        core.check_end();
    }
    Ran { violation: core.violation.take(), log: core.take_log(), stats: core.stats }
}

fn obey(shared: &Shared, processes: &mut [Option<Process>]) {
    let (commands, now) = {
        let mut core = shared.lock().unwrap();
        (std::mem::take(&mut core.commands), core.now)
    };
    for command in commands {
        match command {
            Command::Start(node) => processes[node] = Some(Process::start(shared, node, now)),
            Command::Kill(node) => processes[node] = None,
            Command::Resume(node) => {
                if let Some(process) = &processes[node] {
                    process.skip_to(now);
                }
            }
        }
    }
}

/// Lets every node run up to the bound; gives the time up to which the outside may go on.
fn run_nodes(shared: &Shared, processes: &[Option<Process>], bound: u64) -> u64 {
    let (now, mut order) = {
        let mut core = shared.lock().unwrap();
        let held: Vec<usize> = core.held_nodes();
        let mut order = Vec::new();
        for (index, process) in processes.iter().enumerate() {
            let node = &mut core.nodes[index];
            let Some(process) = process.as_ref().filter(|_| node.is_alive && !node.is_paused) else { continue };
            let is_woken = std::mem::take(&mut node.is_woken);
            let has_timers = process.has_timers(held.contains(&index));
            if is_woken || has_timers {
                order.push((process, is_woken, has_timers));
            }
        }
        (core.now, order)
    };
    let mut bound = bound;
    if order.iter().any(|(_, _, has_timers)| *has_timers) {
        bound = bound.min(now + AHEAD);
    }
    order.sort_by_cached_key(|(process, _, _)| process.local());
    for (process, is_woken, has_timers) in order {
        let local = process.local();
        if is_woken && local < now {
            // Without timers its clock was left behind.
            if !has_timers {
                process.skip_to(now);
            }
            bound = bound.min(process.run_until(now)).max(now);
        }
        if is_woken || process.local() < bound {
            bound = bound.min(process.run_until(bound)).max(now);
        }
    }
    bound
}

/// Puts the plan's requests and disturbances among the events to come.
fn schedule(core: &mut Core) {
    let plan = core.plan.clone();
    for node in 0..plan.nodes {
        core.start(node);
    }
    for request in plan.requests.clone() {
        core.at(request.at, move |core| core.send(request, None));
    }
    for (at, disturbance) in plan.disturbances.clone() {
        core.at(at, move |core| core.disturb(disturbance));
    }
    for (index, (at, person, system)) in plan.outside.iter().copied().enumerate() {
        core.at(at, move |core| core.change_outside(index, (person, system)));
    }
    if let Some(restore) = plan.restore {
        core.at(restore.taken_at, Core::take_backup);
        core.at(restore.stopped_at, Core::shut);
        core.at(restore.back_at, Core::restore);
    }
    core.at(plan.healed_at, Core::heal);
}

impl Core {
    pub(crate) fn start(&mut self, node: usize) {
        if !self.nodes[node].is_alive && !self.is_shut {
            self.log(|_| format!("node {node} starts"));
            let node_state = &mut self.nodes[node];
            node_state.is_alive = true;
            node_state.is_paused = false;
            node_state.incarnation += 1;
            node_state.is_woken = true;
            self.commands.push(Command::Start(node));
        }
    }

    pub(crate) fn kill(&mut self, node: usize) {
        self.log(|_| format!("node {node} dies"));
        self.stats.kills += 1;
        self.nodes[node].is_alive = false;
        self.nodes[node].is_paused = false;
        self.commands.push(Command::Kill(node));
        self.lose_connections(node);
        if self.plan.is_single_process {
            self.crash_writer();
        }
        self.forget_held(node);
    }

    fn resume(&mut self, node: usize) {
        if self.nodes[node].is_paused {
            self.log(|_| format!("node {node} goes on"));
            self.nodes[node].is_paused = false;
            self.nodes[node].is_woken = true;
            self.commands.push(Command::Resume(node));
        }
    }

    pub(crate) fn disturb(&mut self, disturbance: Disturbance) {
        match disturbance {
            Disturbance::Kill { node, back_after } if self.nodes[node].is_alive => {
                self.kill(node);
                self.after(back_after, move |core| core.start(node));
            }
            Disturbance::Pause { node, lasting } if self.nodes[node].is_alive && !self.nodes[node].is_paused => {
                self.log(|_| format!("node {node} is stopped for {} s", lasting as f64 / 1000.0));
                self.stats.pauses += 1;
                self.nodes[node].is_paused = true;
                self.after(lasting, move |core| core.resume(node));
            }
            Disturbance::Partition { node, lasting } if !self.plan.is_single_process => {
                self.log(|_| format!("node {node} is cut off from the queue for {} s", lasting as f64 / 1000.0));
                self.stats.partitions += 1;
                self.nodes[node].is_cut_off = true;
                self.after(lasting, move |core| core.nodes[node].is_cut_off = false);
            }
            Disturbance::Jump { node, by } => {
                self.log(|_| format!("the clock of node {node} jumps by {} s", by as f64 / 1000.0));
                self.stats.jumps += 1;
                self.nodes[node].skew += by * 1000;
            }
            Disturbance::Kill { .. } | Disturbance::Pause { .. } | Disturbance::Partition { .. } => {}
        }
    }

    fn heal(&mut self) {
        self.log(|_| "everything is healed".to_owned());
        for node in 0..self.nodes.len() {
            self.nodes[node].is_cut_off = false;
            self.resume(node);
            self.start(node);
        }
    }

    /// A worker ended by itself.
    pub(crate) fn process_ended(&mut self, node: usize, incarnation: u64) {
        if self.nodes[node].is_alive && self.nodes[node].incarnation == incarnation {
            self.kill(node);
            self.after(SECOND, move |core| core.start(node));
        }
    }
}
