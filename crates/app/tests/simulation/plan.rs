//! What a seed decides before the run: who has which accounts where, how the systems behave, when changes come in, and
//! what goes wrong when. Times are virtual milliseconds.

use std::collections::{BTreeMap, BTreeSet};

use passwright_domain::directory::{Account, Identity, IdentityStatus};
use passwright_domain::ids::{AccountId, IdentityId, SourceId};

use crate::rng::SplitMix;

pub(crate) const SECOND: u64 = 1000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;

/// Which histories the seeds stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Histories {
    All,
    /// Those in which many changes meet at one account, of several nodes.
    Contended,
    /// Those in which the clock of the one process is set back, again and again.
    ClockSetBack,
    /// Those with a restore.
    Restored,
}

/// What the caller sent as a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plaintext {
    Good,
    /// Longer than some systems keep whole.
    Long,
    /// Breaks the policy.
    Weak,
    /// Not a password at all.
    Garbage,
}

/// A request of a client.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) at: u64,
    pub(crate) node: usize,
    pub(crate) identity: usize,
    /// Systems, first target first.
    pub(crate) systems: Vec<usize>,
    pub(crate) plaintext: Plaintext,
    /// When the client sends the same ciphertext once more.
    pub(crate) again_after: Option<u64>,
}

/// Something that goes wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Disturbance {
    /// The process is killed and comes back.
    Kill { node: usize, back_after: u64 },
    /// The process is stopped and goes on, as by SIGSTOP and SIGCONT.
    Pause { node: usize, lasting: u64 },
    /// The node does not reach the queue.
    Partition { node: usize, lasting: u64 },
    /// The node's wall clock jumps.
    Jump { node: usize, by: i64 },
}

/// The queue is lost and an older copy of it put in its place. All nodes are down from `stopped_at` to `back_at`, longer than
/// any write may be under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Restore {
    pub(crate) taken_at: u64,
    pub(crate) stopped_at: u64,
    pub(crate) back_at: u64,
}

/// How often, in 1000 calls, a system does what.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Odds {
    /// Answers late but within the bound of a call.
    pub(crate) slow: u64,
    /// Answers after the bound; the write is applied on the way.
    pub(crate) over: u64,
    /// Never answers and applies up to a minute after the caller gave up.
    pub(crate) late: u64,
    /// Loses the connection after sending; applies up to 6 s later.
    pub(crate) lost: u64,
    /// Loses the connection after sending; applies nothing.
    pub(crate) vanished: u64,
    /// Says done and applies nothing.
    pub(crate) lies: u64,
    /// Refuses to talk: busy, no connection.
    pub(crate) busy: u64,
}

/// What a system tells of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Nothing,
    /// When a password was changed.
    Changes,
    /// That, and its own time, which may be far from anybody's: milliseconds.
    ChangesAndClock(i64),
}

#[derive(Debug, Clone)]
pub(crate) struct System {
    pub(crate) source: SourceId,
    pub(crate) odds: Odds,
    /// From, to, and whether calls hang instead of failing.
    pub(crate) outages: Vec<(u64, u64, bool)>,
    /// Refuses to set the password that is set already.
    pub(crate) has_history: bool,
    pub(crate) is_provable: bool,
    pub(crate) max_bytes: Option<usize>,
    /// Of 1000 passwords, how many its own policy refuses.
    pub(crate) refuses: u64,
    /// For so long after a write a sign-in may still fail.
    pub(crate) lag: u64,
    pub(crate) told: Told,
}

#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) identity: Identity,
    /// By system.
    pub(crate) accounts: BTreeMap<usize, Account>,
    /// Accounts that are gone from their system, from a time on.
    pub(crate) gone: BTreeMap<usize, u64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// One process owns the queue (SQLite), or several nodes share it (PostgreSQL).
    pub(crate) is_single_process: bool,
    pub(crate) nodes: usize,
    /// The clocks' error at the start, by node.
    pub(crate) skews: Vec<i64>,
    pub(crate) systems: Vec<System>,
    pub(crate) people: Vec<Person>,
    pub(crate) requests: Vec<Request>,
    pub(crate) disturbances: Vec<(u64, Disturbance)>,
    /// When somebody changes a password at its system: time, person, system.
    pub(crate) outside: Vec<(u64, usize, usize)>,
    /// Of 1000 attempts, how many meet a death or a stop of their node right when they have begun or are proving.
    pub(crate) trouble: u64,
    /// From then on nothing goes wrong any more, save systems that are down for good.
    pub(crate) healed_at: u64,
    pub(crate) restore: Option<Restore>,
}

fn bytes(kind: u8, n: usize) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
    bytes
}

impl Plan {
    /// What a seed decides.
    pub(crate) fn of_seed(seed: u64, histories: Histories) -> Self {
        let rng = SplitMix::new(seed);
        let plan = Self::without_restore(rng.fork(1), histories);
        let mut rng = rng.fork(3);
        let plan = if rng.chance(100) || histories == Histories::Restored { plan.restored(&mut rng) } else { plan };
        plan.with_clocks_that_can_be_compared()
    }

    fn without_restore(mut rng: SplitMix, histories: Histories) -> Self {
        let is_contended = rng.chance(250);
        match histories {
            Histories::ClockSetBack => return Self::clock_set_back(rng),
            Histories::Contended => return Self::contended(rng),
            Histories::All | Histories::Restored if is_contended => return Self::contended(rng),
            Histories::All | Histories::Restored => {}
        }
        let is_single_process = rng.chance(500);
        let nodes = if is_single_process { 1 } else { rng.below(3) + 1 };
        let healed_at = rng.between(30, 240) * SECOND;
        let skews = (0..nodes).map(|_| skew(&mut rng)).collect();
        let systems: Vec<_> = (0..rng.below(4) + 1).map(|n| system(&mut rng, n, healed_at)).collect();
        let people: Vec<_> = (0..rng.below(3) + 1).map(|n| person(&mut rng, n, &systems, healed_at)).collect();
        let requests = requests(&mut rng, nodes, &people, healed_at);
        let disturbances = disturbances(&mut rng, is_single_process, nodes, healed_at);
        let trouble = *rng.pick(&[0, 0, 20, 150]);
        let outside = outside(&mut rng, 4, &people, healed_at);
        let plan = Self {
            is_single_process,
            nodes,
            skews,
            systems,
            people,
            requests,
            disturbances,
            outside,
            trouble,
            healed_at,
            restore: None,
        };
        plan
    }

    /// Several nodes, one person, change after change, and nodes that stop for longer than any wait in the middle of it:
    /// the histories in which an old attempt wakes up when a newer one is done.
    fn contended(mut rng: SplitMix) -> Self {
        let (nodes, healed_at) = (rng.below(2) + 2, 240 * SECOND);
        let systems: Vec<_> = (0..rng.below(2) + 1).map(|n| system(&mut rng, n, healed_at)).collect();
        let people = vec![person(&mut rng, 0, &systems, healed_at)];
        let every: Vec<usize> = people[0].accounts.keys().copied().collect();
        let request = |n: u64, rng: &mut SplitMix| Request {
            at: n * 12 * SECOND + rng.between(0, 20 * SECOND),
            node: rng.below(nodes),
            identity: 0,
            systems: every[..rng.below(every.len()) + 1].to_vec(),
            plaintext: if rng.chance(900) { Plaintext::Good } else { Plaintext::Weak },
            again_after: None,
        };
        let requests = (0..16).map(|n| request(n, &mut rng)).collect();
        let skews = (0..nodes).map(|_| skew(&mut rng)).collect();
        let disturbances = disturbances(&mut rng, false, nodes, healed_at);
        let outside = outside(&mut rng, 2, &people, healed_at);
        let plan = Self {
            is_single_process: false,
            nodes,
            skews,
            systems,
            people,
            requests,
            disturbances,
            outside,
            trouble: 250,
            healed_at,
            restore: None,
        };
        plan
    }

    /// One process, one person, change after change, and a clock that is set back by minutes or an hour between them.
    fn clock_set_back(mut rng: SplitMix) -> Self {
        let healed_at = 240 * SECOND;
        let systems: Vec<_> = (0..rng.below(2) + 1).map(|n| system(&mut rng, n, healed_at)).collect();
        let people = vec![person(&mut rng, 0, &systems, healed_at)];
        let requests = requests(&mut rng, 1, &people, healed_at);
        let mut disturbances = disturbances(&mut rng, true, 1, healed_at);
        for _ in 0..rng.below(4) + 1 {
            let by = -rng.between(10 * SECOND, HOUR).cast_signed();
            disturbances.push((rng.between(0, healed_at), Disturbance::Jump { node: 0, by }));
        }
        let outside = outside(&mut rng, 2, &people, healed_at);
        Self {
            is_single_process: true,
            nodes: 1,
            skews: vec![skew(&mut rng)],
            systems,
            people,
            requests,
            disturbances,
            outside,
            trouble: 150,
            healed_at,
            restore: None,
        }
    }

    /// The same with a restore in it, and with changes and troubles after that.
    fn restored(mut self, rng: &mut SplitMix) -> Self {
        let taken_at = rng.between(5 * SECOND, self.healed_at * 2 / 3);
        let stopped_at = taken_at + rng.between(SECOND, MINUTE);
        let back_at = stopped_at + rng.between(90 * SECOND, 300 * SECOND);
        self.restore = Some(Restore { taken_at, stopped_at, back_at });
        let (lasts, after) = (rng.between(30, 120) * SECOND, back_at);
        self.healed_at = self.healed_at.max(after + lasts);
        if rng.chance(700) {
            let more = requests(rng, self.nodes, &self.people, lasts);
            self.requests.extend(more.into_iter().map(|request| Request { at: after + request.at, ..request }));
        }
        let more = disturbances(rng, self.is_single_process, self.nodes, lasts);
        self.disturbances.extend(more.into_iter().map(|(at, disturbance)| (after + at, disturbance)));
        self
    }

    /// The engine's bound: where a system tells no time, its clock and those of the nodes are within five minutes.
    fn with_clocks_that_can_be_compared(mut self) -> Self {
        let jumps = self.disturbances.iter().any(|(_, d)| matches!(d, Disturbance::Jump { .. }));
        if jumps || self.skews.iter().any(|skew| skew.unsigned_abs() > MINUTE) {
            for system in self.systems.iter_mut().filter(|system| system.told == Told::Changes) {
                system.told = Told::ChangesAndClock(0);
            }
        }
        self
    }

    pub(crate) fn account(&self, id: &AccountId) -> (usize, usize) {
        let mut all =
            self.people.iter().enumerate().flat_map(|(p, person)| person.accounts.iter().map(move |a| (p, a)));
        let (person, (system, _)) = all.find(|(_, (_, account))| account.id == *id).unwrap();
        (person, *system)
    }
}

fn skew(rng: &mut SplitMix) -> i64 {
    let most = *rng.pick(&[0, 500, 30 * SECOND, HOUR]);
    rng.between(0, 2 * most).cast_signed() - most.cast_signed()
}

fn system(rng: &mut SplitMix, n: usize, healed_at: u64) -> System {
    let most = *rng.pick(&[0, 0, 40, 150]);
    let mut odd = || rng.between(0, most);
    let odds = Odds { slow: odd(), over: odd(), late: odd(), lost: odd(), vanished: odd(), lies: odd(), busy: odd() };
    let is_provable = rng.chance(850);
    let mut outages = Vec::new();
    for _ in 0..rng.below(3) {
        let from = rng.between(0, healed_at);
        outages.push((from, (from + rng.between(1, 90) * SECOND).min(healed_at), rng.chance(300)));
    }
    if rng.chance(40) {
        // Down for good: what waits for it must give up after a day.
        outages.push((rng.between(0, healed_at), u64::MAX, rng.chance(300)));
    }
    System {
        source: SourceId::from_random(bytes(2, n)),
        // What cannot be proved must not lie: nobody could know.
        odds: if is_provable { odds } else { Odds { lies: 0, ..odds } },
        outages,
        has_history: rng.chance(300),
        is_provable,
        max_bytes: rng.chance(150).then_some(72),
        refuses: *rng.pick(&[0, 0, 100, 400]),
        lag: *rng.pick(&[0, 0, 0, 3 * SECOND]),
        told: match rng.below(4) {
            0 => Told::Nothing,
            1 => Told::Changes,
            _ => Told::ChangesAndClock(skew(rng)),
        },
    }
}

fn person(rng: &mut SplitMix, n: usize, systems: &[System], healed_at: u64) -> Person {
    let identity = Identity {
        id: IdentityId::from_random(bytes(1, n)),
        alias: format!("person{n}"),
        name: format!("Person {n}"),
        email: None,
        status: IdentityStatus::Active,
        levels: BTreeSet::new(),
        attributes: BTreeMap::new(),
    };
    let mut accounts = BTreeMap::new();
    for (s, system) in systems.iter().enumerate() {
        if accounts.is_empty() && s + 1 == systems.len() || rng.chance(800) {
            let native_identity = format!("person{n}@system{s}");
            let id = AccountId::from_random(bytes(3, n * 16 + s));
            let (identity_id, source_id, name) = (identity.id.clone(), system.source.clone(), native_identity.clone());
            let attributes = BTreeMap::new();
            accounts.insert(s, Account { id, identity_id, source_id, native_identity, name, attributes });
        }
    }
    let mut gone = BTreeMap::new();
    for s in accounts.keys() {
        if rng.chance(40) {
            gone.insert(*s, rng.between(0, healed_at));
        }
    }
    Person { identity, accounts, gone }
}

fn outside(rng: &mut SplitMix, most: usize, people: &[Person], healed_at: u64) -> Vec<(u64, usize, usize)> {
    let change = |rng: &mut SplitMix| {
        let person = rng.below(people.len());
        let systems: Vec<usize> = people[person].accounts.keys().copied().collect();
        // Most while something still goes on.
        let at = if rng.chance(900) { rng.between(0, healed_at) } else { healed_at + rng.between(0, 2 * HOUR) };
        (at, person, *rng.pick(&systems))
    };
    (0..rng.below(most + 1)).map(|_| change(rng)).collect()
}

fn requests(rng: &mut SplitMix, nodes: usize, people: &[Person], healed_at: u64) -> Vec<Request> {
    let mut requests = Vec::new();
    let bursts = rng.below(8) + 1;
    for _ in 0..bursts {
        let mut at = rng.between(0, healed_at * 9 / 10);
        let identity = rng.below(people.len());
        let mut group: Vec<usize> = people[identity].accounts.keys().copied().collect();
        for _ in 0..*rng.pick(&[1, 1, 1, 2, 3, 6]) {
            if rng.chance(300) {
                rng.shuffle(&mut group);
            }
            let many = if rng.chance(600) { group.len() } else { rng.below(group.len()) + 1 };
            let plaintext = match rng.between(0, 99) {
                0..=79 => Plaintext::Good,
                80..=87 => Plaintext::Long,
                88..=93 => Plaintext::Weak,
                _ => Plaintext::Garbage,
            };
            requests.push(Request {
                at,
                node: rng.below(nodes),
                identity,
                systems: group[..many].to_vec(),
                plaintext,
                again_after: rng.chance(150).then(|| rng.between(1, 20 * SECOND)),
            });
            at += *rng.pick(&[0, 3, 400, 5 * SECOND, 20 * SECOND]);
        }
    }
    requests
}

fn disturbances(rng: &mut SplitMix, is_single_process: bool, nodes: usize, healed_at: u64) -> Vec<(u64, Disturbance)> {
    let most = *rng.pick(&[0, 2, 6, 12]);
    let mut all = Vec::new();
    for _ in 0..rng.below(most + 1) {
        let (at, node) = (rng.between(0, healed_at), rng.below(nodes));
        let disturbance = match rng.below(5) {
            0 | 1 => Disturbance::Kill { node, back_after: *rng.pick(&[1, 300, 2 * SECOND, 30 * SECOND]) },
            2 => Disturbance::Pause { node, lasting: rng.between(1, 120 * SECOND) },
            3 => Disturbance::Partition { node, lasting: rng.between(1, 60 * SECOND) },
            // One process keeps the queue's times on its own wall clock, and a step forward shortens every wait: that is not
            // promised against (docs/reliability.md). Where nodes share a database, its clock rules and theirs may do
            // what they like.
            _ if is_single_process => Disturbance::Jump { node, by: -skew(rng).abs() },
            _ => Disturbance::Jump { node, by: skew(rng) },
        };
        all.push((at, disturbance));
    }
    all
}
