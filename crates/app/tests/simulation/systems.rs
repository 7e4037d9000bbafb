//! The systems behind the accounts, and the oracle: what was really written, when.
//!
//! Bounds that hold for every system here, because the engine relies on them: a write whose caller gave up is carried out
//! within a minute of that or never; a write whose connection broke, or whose caller died, within 6 s of that or never.

use std::collections::{BTreeMap, BTreeSet};

use passwright_connectors::{AccountState, Fault, FaultClass, Proof, SignIns};
use passwright_domain::ids::AccountId;
use tokio::sync::oneshot;

use crate::core::{Core, EPOCH};
use crate::plan::{SECOND, Told};
use crate::restore::Restored;

/// How long a call may take (5 s), how long after an attempt was begun its write may go on (10 s), and what a system may
/// need after the caller gave up.
const CALL: u64 = 5 * SECOND;
const WRITE_BY: u64 = 10 * SECOND;
const LATE: u64 = 60 * SECOND;
const LOST: u64 = 6 * SECOND;

/// The numbers of passwords that somebody else set begin here.
const OUTSIDE: usize = 1_000_000;

/// An account, by person and system.
pub(crate) type Place = (usize, usize);

/// What every account really holds.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    /// The number in the password last written, and when.
    pub(crate) current: BTreeMap<Place, (usize, u64)>,
    /// Every write that happened.
    pub(crate) applied: Vec<(u64, Place, usize)>,
    /// When somebody changed which password at its system.
    pub(crate) outside: Vec<(u64, Place)>,
    /// Targets that must not be written any more: account and sequence number.
    pub(crate) kept: BTreeSet<(AccountId, i64)>,
    pub(crate) restored: Restored,
}

/// A write that a system took and has not carried out yet.
#[derive(Debug)]
pub(crate) struct Pending {
    node: usize,
    place: Place,
    number: usize,
    caller_gave_up: bool,
    /// The caller's incarnation, and until when it waits if nothing happens to it.
    incarnation: u64,
    waits_until: u64,
}

impl Pending {
    pub(crate) fn is_at(&self, place: Place) -> bool {
        self.place == place
    }
}

/// A call as it reaches a system.
pub(crate) struct Call {
    pub(crate) node: usize,
    pub(crate) place: Place,
    /// When the caller began the call; it gives up 5 s later, or sooner where its write may not go on for so long.
    pub(crate) since: u64,
}

fn fault(class: FaultClass, why: &str) -> Fault {
    Fault::new(class, why, "simulated")
}

type To<T> = oneshot::Sender<Result<T, Fault>>;

impl Core {
    /// Opens a connection, or does not; the first step of each call.
    pub(crate) fn connect(&mut self, call: &Call, to: To<()>) {
        let (node, system) = (call.node, call.place.1);
        let plan = self.plan.clone();
        let now = self.now;
        let outage = plan.systems[system].outages.iter().find(|(from, until, _)| *from <= now && now < *until);
        let delay = self.rng.between(1, 4);
        match outage {
            // Nothing comes back: dropping the sender would say so, so it is kept until the caller has long gone.
            Some((_, _, true)) => self.after(10 * SECOND, move |_| drop(to)),
            Some(_) => self.after(delay, move |core| {
                core.answer(node, to, Err(fault(FaultClass::Transient, "no connection")));
            }),
            None if self.is_rough() && self.rng.chance(plan.systems[system].odds.busy) => {
                self.after(delay, move |core| core.answer(node, to, Err(fault(FaultClass::Transient, "busy"))));
            }
            None => {
                let slow = self.is_rough() && self.rng.chance(plan.systems[system].odds.slow);
                let delay = if slow { self.rng.between(500, 4900) } else { delay };
                self.after(delay, move |core| core.answer(node, to, Ok(())));
            }
        }
    }

    fn is_gone(&self, (person, system): Place) -> bool {
        self.plan.people[person].gone.get(&system).is_some_and(|from| *from <= self.now)
    }

    pub(crate) fn check(&mut self, call: &Call, to: To<AccountState>) {
        let system = &self.plan.systems[call.place.1];
        let changed_at = self.oracle.current.get(&call.place).map_or(-86_400_000, |(_, at)| at.cast_signed());
        let wall = self.wall(call.node, self.now).0;
        let on_its_clock = |at: i64, skew: i64| EPOCH.0 + (at + skew) * 1000;
        let (password_changed_at, clock_ahead) = match system.told {
            Told::Nothing => (None, None),
            Told::Changes => (Some(on_its_clock(changed_at, 0)), None),
            Told::ChangesAndClock(skew) => {
                let its_now = on_its_clock(self.now.cast_signed(), skew);
                (Some(on_its_clock(changed_at, skew)), Some(its_now - wall))
            }
        };
        let max_password_bytes = system.max_bytes;
        let sign_ins = if system.refuses == 0 { SignIns::NeverLock } else { SignIns::NotTold };
        let state =
            AccountState { max_password_bytes, sign_ins, password_changed_at, clock_ahead, ..AccountState::default() };
        let result = match self.is_gone(call.place) {
            true => Err(fault(FaultClass::Permanent, "there is no such account")),
            false => Ok(state),
        };
        let (node, delay) = (call.node, self.answer_time(call));
        self.after(delay, move |core| core.answer(node, to, result));
    }

    pub(crate) fn prove(&mut self, call: &Call, number: usize, to: To<Proof>) {
        let plan = self.plan.clone();
        let system = &plan.systems[call.place.1];
        let (node, place) = (call.node, call.place);
        if self.is_rough() && self.rng.chance(plan.trouble) {
            self.trouble(node);
        }
        let delay = self.answer_time(call);
        let asks_at = self.rng.between(1, delay);
        let fails = self.is_rough() && self.rng.chance(system.odds.lost);
        let (is_provable, lag) = (system.is_provable, system.lag);
        self.after(asks_at, move |core| {
            let proof = match core.oracle.current.get(&place) {
                _ if !is_provable => Proof::NotProvable("a sign-in cannot show it here".to_owned()),
                Some((current, at)) if *current == number && *at + lag <= core.now => Proof::Proved,
                _ => Proof::Rejected,
            };
            let result = if fails { Err(fault(FaultClass::Transient, "the connection was lost")) } else { Ok(proof) };
            core.log(|_| format!("system: sign-in at p{}@s{} with c{number}: {result:?}", place.0, place.1));
            core.after(delay - asks_at, move |core| core.answer(node, to, result));
        });
    }

    fn answer_time(&mut self, call: &Call) -> u64 {
        let odds = self.plan.systems[call.place.1].odds;
        if !self.is_rough() {
            return self.rng.between(1, 20);
        }
        if self.rng.chance(odds.over) {
            self.rng.between(CALL, 9 * SECOND)
        } else if self.rng.chance(odds.slow) {
            self.rng.between(200, 4000)
        } else {
            self.rng.between(1, 120)
        }
    }

    /// A system takes a write. What comes back and what happens are two things.
    pub(crate) fn write(&mut self, write: u64, call: &Call, number: usize, to: To<()>) {
        self.stats.writes += 1;
        let (node, place) = (call.node, call.place);
        let plan = self.plan.clone();
        let system = &plan.systems[place.1];
        let current = self.oracle.current.get(&place).map(|(number, _)| *number);
        let is_refused = (number as u64).wrapping_mul(0x9e37_79b9) % 1000 < system.refuses;
        let refusal = if self.is_gone(place) {
            Some(fault(FaultClass::Permanent, "there is no such account"))
        } else if is_refused {
            Some(fault(FaultClass::Refused, "the system's own policy refuses it"))
        } else if system.has_history && current == Some(number) {
            Some(fault(FaultClass::Refused, "the password is in the history"))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            self.log(|_| format!("system: p{}@s{} refuses c{number}: {}", place.0, place.1, refusal.reason));
            let delay = self.rng.between(1, 60);
            self.after(delay, move |core| core.answer(node, to, Err(refusal)));
            return;
        }
        self.check_alone(place);
        let what = if self.is_rough() { self.fate(place.1) } else { Fate::Fast };
        self.log(|_| format!("system: p{}@s{} takes c{number}: {what:?}", place.0, place.1));
        // A planted defect lets a call come in after its caller gave up.
        let given_up = (call.since + CALL).min(self.write_by[&(node, place)]).max(self.now + 2);
        let (applies_at, answers_at, answer) = match what {
            Fate::Fast | Fate::Slow => {
                let most = if what == Fate::Slow { 4500 } else { 100 };
                let answers = self.now + self.rng.between(2, most);
                (Some(self.rng.between(self.now + 1, answers)), Some(answers), Ok(()))
            }
            Fate::Over => {
                let answers = given_up + self.rng.between(0, 4 * SECOND);
                (Some(self.rng.between(self.now + 1, answers)), Some(answers), Ok(()))
            }
            Fate::Late => (Some(self.rng.between(self.now + 1, given_up + LATE - 1)), None, Ok(())),
            Fate::Lost | Fate::Vanished => {
                let breaks = self.now + self.rng.between(1, 800);
                let applies = self.rng.between(self.now + 1, breaks + LOST - 1);
                let broken = fault(FaultClass::Transient, "the connection was lost").after_sending();
                ((what == Fate::Lost).then_some(applies), Some(breaks), Err(broken))
            }
            Fate::Lie => (None, Some(self.now + 5), Ok(())),
        };
        let waits_until = answers_at.map_or(given_up, |at| at.min(given_up));
        let incarnation = self.nodes[node].incarnation;
        let pending = Pending { node, place, number, caller_gave_up: false, incarnation, waits_until };
        self.pending.insert(write, pending);
        match applies_at {
            Some(at) => self.at(at, move |core| core.carry_out(write)),
            None => drop(self.pending.remove(&write)),
        }
        match answers_at {
            Some(at) => self.at(at, move |core| core.answer(node, to, answer)),
            None => self.at(given_up + LATE, move |_| drop(to)),
        }
    }

    /// One lane, one attempt: nobody else may be waiting for a write on the same account. A caller that is stopped may
    /// have lost its lane by now.
    fn check_alone(&mut self, place: Place) {
        let waiting = self.pending.values().find(|p| {
            let node = &self.nodes[p.node];
            let is_waiting = node.is_alive && !node.is_paused && node.incarnation == p.incarnation;
            p.place == place && is_waiting && !p.caller_gave_up && self.now < p.waits_until
        });
        if let Some(other) = waiting.map(|p| p.number) {
            self.violate(format!("p{}@s{} is written by two attempts at once, one of c{other}", place.0, place.1));
        }
    }

    /// Whether the account holds a password that somebody set at the system, or that a restored queue does not know of.
    pub(crate) fn holds_outside(&self, place: Place) -> bool {
        let is_foreign = |(number, at): &(usize, u64)| *number >= OUTSIDE || self.oracle.restored.is_forgotten(*at);
        self.oracle.current.get(&place).is_some_and(is_foreign)
    }

    fn fate(&mut self, system: usize) -> Fate {
        let odds = self.plan.systems[system].odds;
        let chances = [
            (odds.slow, Fate::Slow),
            (odds.over, Fate::Over),
            (odds.late, Fate::Late),
            (odds.lost, Fate::Lost),
            (odds.vanished, Fate::Vanished),
            (odds.lies, Fate::Lie),
        ];
        chances.into_iter().find(|(chance, _)| self.rng.chance(*chance)).map_or(Fate::Fast, |(_, fate)| fate)
    }

    fn carry_out(&mut self, write: u64) {
        let Some(Pending { place, number, caller_gave_up, .. }) = self.pending.remove(&write) else { return };
        let system = &self.plan.systems[place.1];
        let current = self.oracle.current.get(&place).map(|(number, _)| *number);
        if system.has_history && current == Some(number) {
            return;
        }
        self.stats.late_writes += u64::from(caller_gave_up);
        self.log(|_| format!("system: p{}@s{} now holds c{number}", place.0, place.1));
        self.check_write(place, number);
        let before = self.oracle.current.get(&place).map_or(0, |(_, at)| *at);
        self.oracle.current.insert(place, (number, self.now.max(before + 1)));
        self.oracle.applied.push((self.now, place, number));
    }

    /// Somebody changes a password at its system.
    pub(crate) fn change_outside(&mut self, index: usize, place: Place) {
        self.stats.outside += 1;
        self.log(|_| format!("somebody changes the password of p{}@s{}", place.0, place.1));
        let before = self.oracle.current.get(&place).map_or(0, |(_, at)| *at);
        self.oracle.current.insert(place, (OUTSIDE + index, self.now.max(before + 1)));
        self.oracle.outside.push((self.now, place));
        self.keep_outside_change(place);
    }

    /// A worker begins an attempt: what it writes must have gone out in time, however long the queue takes to agree.
    pub(crate) fn begin_attempt(&mut self, node: usize, account: &AccountId, at: u64) {
        let place = self.plan.account(account);
        self.write_by.insert((node, place), at + WRITE_BY);
    }

    /// A caller stopped waiting for a write.
    pub(crate) fn give_up(&mut self, write: u64) {
        if let Some(pending) = self.pending.get_mut(&write) {
            pending.caller_gave_up = true;
        }
    }

    /// A node died: what it was waiting for happens within 6 s, or never.
    pub(crate) fn lose_connections(&mut self, node: usize) {
        let lost: Vec<u64> =
            self.pending.iter().filter(|(_, p)| p.node == node && !p.caller_gave_up).map(|(id, _)| *id).collect();
        for write in lost {
            if self.rng.chance(300) {
                self.pending.remove(&write);
            } else {
                let delay = self.rng.between(0, LOST - 1);
                self.after(delay, move |core| core.carry_out(write));
            }
        }
    }
}

/// What a system does with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Fast,
    Slow,
    Over,
    Late,
    Lost,
    Vanished,
    Lie,
}
