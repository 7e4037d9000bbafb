//! The queue's server. One process with its own file: writes gather, are committed and synced together, and only then
//! answered; a crash in between loses the batch, or keeps it and loses its answers. Several nodes on one server: each
//! write is a transaction of its own, and a connection may be lost before or after it.

use passwright_domain::change::TargetState;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::StorageError;
use passwright_storage::changes::{Begun, Resolution};
use tokio::sync::oneshot;

use crate::bugs::Bug;
use crate::core::Core;
use crate::plan::{Disturbance, HOUR, SECOND};
use crate::queue::{Op, Reply};

pub(crate) type Answer = Result<Reply, StorageError>;

/// Who hears the answer.
pub(crate) enum ReplyTo {
    Node(oneshot::Sender<Answer>),
    /// The client behind the request of this number.
    Client(usize),
    Nobody,
}

/// A write on its way.
pub(crate) struct Handed {
    node: usize,
    op: Op,
    reply: ReplyTo,
}

/// The writer of a queue that one process owns.
#[derive(Default)]
pub(crate) struct Writer {
    waiting: Vec<Handed>,
    /// Committed and not synced yet.
    syncing: Vec<Handed>,
    is_syncing: bool,
    /// Grows with every crash: what belongs to an older one is void.
    life: u64,
}

/// A question for the next due time whose answer is "not yet"; it waits, so that idle hours cost nothing.
pub(crate) struct Held {
    node: usize,
    reply: oneshot::Sender<Answer>,
}

impl Core {
    /// Takes a transaction from a node.
    pub(crate) fn hand(&mut self, node: usize, op: Op, reply: ReplyTo) {
        if self.plan.is_single_process {
            match op {
                Op::DueSources(_) => self.read(node, op, reply),
                _ => self.hand_to_writer(Handed { node, op, reply }),
            }
            return;
        }
        let slow = self.is_rough() && self.rng.chance(15);
        let delay = if slow { self.rng.between(500, 9 * SECOND) } else { self.rng.between(1, 6) };
        let incarnation = self.nodes[node].incarnation;
        self.after(delay, move |core| {
            let is_gone = core.nodes[node].incarnation != incarnation || !core.nodes[node].is_alive;
            if core.nodes[node].is_cut_off || (core.is_rough() && core.rng.chance(8)) {
                core.unreachable(node, reply);
            } else if is_gone && core.rng.chance(500) {
                // The connection broke before the commit.
            } else if matches!(op, Op::DueSources(_)) {
                core.read(node, op, reply);
            } else {
                core.transact(Handed { node, op, reply });
            }
        });
    }

    fn unreachable(&mut self, node: usize, reply: ReplyTo) {
        let delay = self.rng.between(1, 5 * SECOND);
        self.after(delay, move |core| core.reply(node, reply, Err(StorageError::Stopped)));
    }

    fn transact(&mut self, handed: Handed) {
        let result = self.apply(handed.node, &handed.op);
        let node = handed.node;
        if self.is_rough() && self.rng.chance(8) {
            self.log(|_| format!("node {node}: the connection is lost after the commit"));
            self.unreachable(node, handed.reply);
            return;
        }
        let delay = self.rng.between(1, 4);
        self.after(delay, move |core| match core.nodes[node].is_cut_off {
            true => core.unreachable(node, handed.reply),
            false => core.reply(node, handed.reply, result),
        });
    }

    fn read(&mut self, node: usize, op: Op, reply: ReplyTo) {
        let delay = self.rng.between(1, 3);
        self.after(delay, move |core| {
            let ReplyTo::Node(reply) = reply else { return };
            if core.is_rough() || core.is_ready(node) {
                let result = core.tables.run(&op, core.database_now());
                core.answer(node, reply, result);
            } else {
                core.held.push(Held { node, reply });
                core.look_again_when_due();
            }
        });
    }

    /// The time on the queue's clock, for a queue of this node's process.
    fn queue_now(&self, node: usize) -> Timestamp {
        self.database_now().unwrap_or_else(|| self.wall(node, self.now))
    }

    fn is_ready(&self, node: usize) -> bool {
        let now = self.queue_now(node);
        self.tables.due_sources(now).iter().any(|(_, at)| *at <= now)
    }

    fn look_again_when_due(&mut self) {
        let accounts = self.tables.accounts.values();
        let next = accounts.filter_map(|a| a.ready_at.map(|at| at.max(a.lease_until))).min();
        let Some(next) = next.filter(|_| !self.held.is_empty()) else { return };
        let now = self.queue_now(self.held[0].node).0;
        let delay = u64::try_from(next - now).unwrap_or(0).div_ceil(1000).clamp(1, HOUR);
        self.after(delay, Self::answer_held);
    }

    /// Answers the held questions when a lane is due.
    fn answer_held(&mut self) {
        if self.held.first().is_some_and(|held| self.is_ready(held.node)) {
            for held in std::mem::take(&mut self.held) {
                let now = self.queue_now(held.node);
                let due = self.tables.due_sources(now);
                self.answer(held.node, held.reply, Ok(Reply::Due(due, now)));
            }
        } else {
            self.look_again_when_due();
        }
    }

    fn hand_to_writer(&mut self, mut handed: Handed) {
        if self.has(Bug::AnswerBeforeSync) {
            let mut ahead = self.tables.clone();
            for earlier in self.writer.syncing.iter().chain(&self.writer.waiting) {
                let _ = ahead.run(&earlier.op, None);
            }
            let early = ahead.run(&handed.op, None);
            let reply = std::mem::replace(&mut handed.reply, ReplyTo::Nobody);
            self.reply(handed.node, reply, early);
        }
        self.writer.waiting.push(handed);
        if !self.writer.is_syncing {
            self.commit();
        }
    }

    fn commit(&mut self) {
        self.writer.syncing = std::mem::take(&mut self.writer.waiting);
        self.writer.is_syncing = !self.writer.syncing.is_empty();
        if !self.writer.is_syncing {
            return;
        }
        let slow = self.is_rough() && self.rng.chance(20);
        let delay = if slow { self.rng.between(200, 4 * SECOND) } else { self.rng.between(1, 12) };
        let life = self.writer.life;
        self.after(delay, move |core| {
            if core.writer.life == life {
                core.synced();
            }
        });
    }

    fn synced(&mut self) {
        let fails = self.is_rough() && self.rng.chance(8);
        for handed in std::mem::take(&mut self.writer.syncing) {
            let result = match fails {
                true => Err(StorageError::Stopped),
                false => self.apply(handed.node, &handed.op),
            };
            self.reply(handed.node, handed.reply, result);
        }
        if fails {
            self.log(|_| "a batch was not committed".to_owned());
        }
        self.commit();
    }

    /// The process that owns the queue ends.
    pub(crate) fn crash_writer(&mut self) {
        self.writer.life += 1;
        self.writer.is_syncing = false;
        let (syncing, waiting) = (std::mem::take(&mut self.writer.syncing), std::mem::take(&mut self.writer.waiting));
        let survives = self.rng.chance(500);
        self.stats.lost_writes += waiting.len() as u64;
        if survives {
            for handed in syncing {
                let _ = self.apply(handed.node, &handed.op);
            }
        } else {
            self.stats.lost_writes += syncing.len() as u64;
        }
    }

    fn reply(&mut self, node: usize, to: ReplyTo, result: Answer) {
        match to {
            ReplyTo::Node(to) => self.answer(node, to, result),
            ReplyTo::Client(request) => self.hear(request, result),
            ReplyTo::Nobody => {}
        }
    }

    /// Runs a transaction on the tables.
    fn apply(&mut self, node: usize, op: &Op) -> Answer {
        let result = self.tables.run(op, self.database_now());
        self.log(|core| format!("node {node}: {} -> {}", core.words(op), outcome(&result)));
        if result.is_ok()
            && let Op::Finish(finish) = op
            && matches!(finish.resolution, Resolution::Confirmed(..))
        {
            self.check_confirmed(finish);
        }
        if let (Ok(Reply::Begun(Begun::Go)), Op::Begin(begin)) = (&result, op) {
            self.check_begun(&begin.account_id, begin.seq);
        }
        if matches!(result, Ok(Reply::Begun(Begun::Go))) && self.is_rough() && self.rng.chance(self.plan.trouble) {
            self.trouble(node);
        }
        match op {
            Op::ReleaseHeld(op) if matches!(result, Ok(Reply::Found(true))) => self.decided(&op.change_id, true),
            Op::CancelHeld(op) if matches!(result, Ok(Reply::Found(true))) => self.decided(&op.change_id, false),
            _ => {}
        }
        self.check_payloads();
        if !self.is_rough() && !self.held.is_empty() {
            self.answer_held();
        }
        result
    }

    /// The worst moments: a write was begun and may be on its way, or its proof is.
    pub(crate) fn trouble(&mut self, node: usize) {
        let delay = *self.rng.pick(&[0, 0, 3, 60, 1000, 5000]);
        let disturbance = if self.rng.chance(500) {
            Disturbance::Kill { node, back_after: *self.rng.pick(&[1, 500, 5 * SECOND]) }
        } else {
            Disturbance::Pause { node, lasting: self.rng.between(20 * SECOND, 120 * SECOND) }
        };
        self.after(delay, move |core| core.disturb(disturbance));
    }

    fn words(&self, op: &Op) -> String {
        match op {
            Op::Accept(op) => format!("accept {}", self.name_of(&op.change.id)),
            Op::DueSources(_) => "due".to_owned(),
            Op::Claim(op) => format!("claim up to {}", op.sources.iter().map(|(_, most)| most).sum::<i64>()),
            Op::Renew(op) => format!("renew {} (fence {})", self.account_name(&op.account_id), op.fence),
            Op::Begin(op) => format!("begin {} #{} (fence {})", self.account_name(&op.account_id), op.seq, op.fence),
            Op::Finish(op) => format!(
                "finish {} #{} of {} (fence {}): {}",
                self.account_name(&op.account_id),
                op.seq,
                self.name_of(&op.change_id),
                op.fence,
                match &op.resolution {
                    Resolution::Confirmed(state, _) => state.as_str().to_owned(),
                    Resolution::Ended(state, reason) if *state == TargetState::Superseded => {
                        format!("superseded {reason}")
                    }
                    Resolution::Ended(state, reason) => format!("{}: {reason}", state.as_str()),
                    Resolution::Retry { reason, maybe_written, .. } => {
                        format!("retry, {}{reason}", if *maybe_written { "maybe written, " } else { "" })
                    }
                    Resolution::Postponed { .. } => "postponed".to_owned(),
                }
            ),
            Op::Fail(op) => format!("fail {}: {}", self.name_of(&op.change_id), op.errors.join("; ")),
            Op::Release(op) => format!("release {}", self.account_name(&op.account_id)),
            Op::VoidLeases => "void leases".to_owned(),
            Op::Hold(_) => "hold".to_owned(),
            Op::ReleaseHeld(op) => format!("release the held {}", self.name_of(&op.change_id)),
            Op::CancelHeld(op) => format!("give up the held {}", self.name_of(&op.change_id)),
        }
    }
}

fn outcome(result: &Answer) -> String {
    match result {
        Ok(Reply::Lanes(lanes)) => {
            let newest = |lane: &passwright_domain::change::Lane| {
                lane.targets.first().map_or("empty".to_owned(), |t| format!("#{} fence {}", t.seq, lane.fence))
            };
            format!("lanes [{}]", lanes.iter().map(newest).collect::<Vec<_>>().join(", "))
        }
        Ok(Reply::Begun(begun)) => format!("{begun:?}"),
        Ok(Reply::Accepted(accepted)) => format!("new: {}", accepted.is_new),
        Ok(Reply::Found(found)) => format!("found: {found}"),
        Ok(_) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

impl Core {
    /// The nodes whose worker waits in the queue and has no timer of its own running.
    pub(crate) fn held_nodes(&self) -> Vec<usize> {
        self.held.iter().map(|held| held.node).collect()
    }

    pub(crate) fn forget_held(&mut self, node: usize) {
        self.held.retain(|held| held.node != node);
    }

    pub(crate) fn is_writer_idle(&self) -> bool {
        !self.writer.is_syncing && self.writer.waiting.is_empty()
    }

    /// Answers a node that reads the directory: whether the read failed.
    pub(crate) fn read_directory(&mut self, node: usize, to: oneshot::Sender<bool>) {
        let fails = self.nodes[node].is_cut_off || self.is_rough() && self.rng.chance(5);
        let delay = self.rng.between(1, 3);
        self.after(delay, move |core| core.answer(node, to, fails));
    }
}
