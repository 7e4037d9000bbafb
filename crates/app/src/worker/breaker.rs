//! Circuit breakers: a source that failed several times in a row is left alone for a while, then one attempt goes ahead
//! as a probe. Its success closes the breaker; its failure makes the next pause longer, up to a bound.
//!
//! How many lanes of a source may be worked on at once grows with its answers, from a few, and is halved by each fault: one that has
//! just died must not hold half of the worker's places until its breaker opens.
//!
//! State of this process, on the monotonic clock: a wall clock that jumps neither frees nor jails a source. A target that is
//! held back keeps its number of attempts, so that a long failure of its source does not use up its retries.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use passwright_connectors::{Fault, FaultClass};
use passwright_domain::change::{Lane, OpenTarget, TargetState};
use passwright_domain::ids::{AccountId, SourceId};
use passwright_domain::retry::TIME_TO_LIVE;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{Resolution, Seen};
use tokio::time::Instant;

use super::World;

/// When a source is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Faults in a row, `Transient` or `Configuration`, that open the breaker; at least 1.
    pub faults: u32,
    /// The first pause.
    pub first_pause: Duration,
    /// The longest pause; each is twice the one before.
    pub longest_pause: Duration,
    /// Lanes of a source that has not answered yet, and the fewest of one that does; at least 1.
    pub first_lanes: usize,
}

impl Default for BreakerLimits {
    fn default() -> Self {
        Self {
            faults: 5,
            first_pause: Duration::from_secs(10),
            longest_pause: Duration::from_secs(300),
            first_lanes: 8,
        }
    }
}

/// More than any worker has.
const MOST_LANES: usize = 1024;

/// The breakers of all sources.
#[derive(Debug, Default)]
pub struct Breakers {
    limits: BreakerLimits,
    sources: Mutex<BTreeMap<SourceId, Breaker>>,
}

#[derive(Debug)]
struct Breaker {
    faults: u32,
    pause: Option<Pause>,
    /// Lanes that may be worked on while there is no pause.
    lanes: usize,
}

#[derive(Debug)]
struct Pause {
    until: Instant,
    length: Duration,
    reason: String,
    /// The lane whose attempt is under way after the pause.
    probe: Option<Attempt>,
}

/// A claimed lane: no two attempts have the same.
type Attempt = (AccountId, i64);

/// Leave to call a source. Dropped without a report, a probe makes room for another.
pub(super) struct Pass<'a> {
    breakers: &'a Breakers,
    source: &'a SourceId,
    attempt: Attempt,
}

/// How many lanes of a source may be worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// So many, as far as one source may have them.
    Lanes(usize),
    /// One, to see whether it answers again.
    Probe,
    /// One, and only while no other source has work: its attempt will not go beyond a look at the password.
    Look,
}

/// No leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) for_: Duration,
    pub(super) reason: String,
}

impl Breakers {
    #[must_use]
    pub fn new(limits: BreakerLimits) -> Self {
        Self { limits, sources: Mutex::default() }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, BTreeMap<SourceId, Breaker>> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether calls may go to the source freely.
    pub(super) fn is_closed(&self, source: &SourceId) -> bool {
        self.locked().get(source).is_none_or(|breaker| breaker.pause.is_none())
    }

    /// How long a source is left alone still, and why; `None` while calls may go to it.
    pub(crate) fn paused(&self, source: &SourceId) -> Option<(Duration, String)> {
        let sources = self.locked();
        let pause = sources.get(source)?.pause.as_ref()?;
        Some((pause.until.saturating_duration_since(Instant::now()), pause.reason.clone()))
    }

    fn room(&self, source: &SourceId) -> Room {
        let sources = self.locked();
        let breaker = sources.get(source);
        match breaker.and_then(|breaker| breaker.pause.as_ref()) {
            None => Room::Lanes(breaker.map_or(self.limits.first_lanes, |breaker| breaker.lanes)),
            Some(pause) if pause.probe.is_none() && pause.until <= Instant::now() => Room::Probe,
            Some(_) => Room::Look,
        }
    }

    /// How many sources are left alone.
    pub(crate) fn open(&self) -> usize {
        self.locked().values().filter(|breaker| breaker.pause.is_some()).count()
    }

    fn admit<'a>(&'a self, lane: &'a Lane, jitter: u16) -> Result<Pass<'a>, Held> {
        let attempt = (lane.account_id.clone(), lane.fence);
        let mut sources = self.locked();
        if let Some(pause) = sources.get_mut(&lane.source_id).and_then(|breaker| breaker.pause.as_mut()) {
            let left = pause.until.saturating_duration_since(Instant::now());
            let is_free = left.is_zero() && pause.probe.is_none();
            if !is_free {
                // Behind the probe, and spread, so that the lanes do not come back all at once.
                let for_ = left.max(super::CALL) + pause.length / 4 * u32::from(jitter) / u32::from(u16::MAX);
                return Err(Held { for_, reason: pause.reason.clone() });
            }
            pause.probe = Some(attempt.clone());
        }
        Ok(Pass { breakers: self, source: &lane.source_id, attempt })
    }

    /// Takes note of what a call came to; `None` is an answer of any kind, a refusal among them.
    pub(super) fn report(&self, source: &SourceId, attempt: Option<&Lane>, fault: Option<&Fault>, jitter: u16) {
        let fault = fault.filter(|f| matches!(f.class, FaultClass::Transient | FaultClass::Configuration));
        let mut sources = self.locked();
        let first_lanes = self.limits.first_lanes;
        let new = || Breaker { faults: 0, pause: None, lanes: first_lanes };
        let breaker = sources.entry(source.clone()).or_insert_with(new);
        let Some(fault) = fault else {
            breaker.faults = 0;
            breaker.lanes = (breaker.lanes + 1).min(MOST_LANES);
            if breaker.pause.take().is_some() {
                tracing::info!(source.id = %source, "a source answers again");
            }
            return;
        };
        breaker.faults = breaker.faults.saturating_add(1);
        breaker.lanes = (breaker.lanes / 2).max(first_lanes);
        let length = match &breaker.pause {
            None if breaker.faults < self.limits.faults => return,
            None => self.limits.first_pause,
            Some(pause) => {
                let is_probe = attempt.is_some_and(|lane| {
                    pause
                        .probe
                        .as_ref()
                        .is_some_and(|(account, fence)| *account == lane.account_id && *fence == lane.fence)
                });
                // Attempts that were under way when the breaker opened say nothing new.
                if !is_probe {
                    return;
                }
                (pause.length * 2).min(self.limits.longest_pause)
            }
        };
        // Up to a tenth longer, so that nodes and sources do not probe in step.
        let spread = length / 10 * u32::from(jitter) / u32::from(u16::MAX);
        tracing::warn!(
            source.id = %source, faults = breaker.faults, pause_ms = (length + spread).as_millis(), fault = %fault,
            "a source is left alone for a while"
        );
        breaker.pause =
            Some(Pause { until: Instant::now() + length + spread, length, reason: fault.reason.clone(), probe: None });
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut sources = self.breakers.locked();
        if let Some(pause) = sources.get_mut(self.source).and_then(|breaker| breaker.pause.as_mut())
            && pause.probe.as_ref() == Some(&self.attempt)
        {
            pause.probe = None;
        }
    }
}

/// How much of a source is worth claiming: lanes that would only be given back cost the others time.
pub(super) async fn room<W: World>(world: &W, source: &SourceId) -> Room {
    match world.is_resting(source).await {
        Some(true) => Room::Look,
        Some(false) => Room::Probe,
        None => world.breakers().room(source),
    }
}

/// Asks for leave to call the lane's source.
pub(super) async fn admit<'a, W: World>(world: &'a W, lane: &'a Lane) -> Result<Pass<'a>, Held> {
    if let Some((for_, reason)) = world.stopped(&lane.source_id).await {
        return Err(Held { for_: for_ + for_ / 4 * u32::from(jitter(world)) / u32::from(u16::MAX), reason });
    }
    world.breakers().admit(lane, jitter(world))
}

/// Reports what an attempt on a lane came to.
pub(super) async fn report<W: World>(world: &W, lane: &Lane, fault: Option<&Fault>) {
    note(world, &lane.source_id, Some(lane), fault).await;
}

/// Reports what a look at an account of another lane came to.
pub(super) async fn report_look<W: World>(world: &W, source: &SourceId, fault: Option<&Fault>) {
    note(world, source, None, fault).await;
}

async fn note<W: World>(world: &W, source: &SourceId, attempt: Option<&Lane>, fault: Option<&Fault>) {
    match fault {
        Some(fault) if fault.stops_source => world.stop_source(source, fault).await,
        fault => world.breakers().report(source, attempt, fault, jitter(world)),
    }
}

fn jitter<W: World>(world: &W) -> u16 {
    let mut bytes = [0; 2];
    world.rng().fill(&mut bytes);
    u16::from_be_bytes(bytes)
}

impl Held {
    /// What becomes of the target: it waits without an attempt being counted, as long as it may live.
    pub(super) fn resolution(self, target: &OpenTarget, now: Timestamp) -> Resolution {
        let at = now + self.for_;
        if at > target.accepted_at + TIME_TO_LIVE {
            return Resolution::Ended(TargetState::Failed, format!("{}; given up after 24 hours", self.reason));
        }
        let (maybe_written, attempts, seen) = (target.maybe_written, target.attempts, Seen::AsBefore);
        Resolution::Retry { at, reason: self.reason, maybe_written, attempts, seen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BreakerLimits = BreakerLimits {
        faults: 3,
        first_pause: Duration::from_secs(10),
        longest_pause: Duration::from_secs(35),
        first_lanes: 8,
    };

    fn lane(n: u8) -> Lane {
        Lane {
            account_id: AccountId::from_random([n; 16]),
            source_id: SourceId::from_random([9; 16]),
            fence: 1,
            claimed_at: Timestamp(0),
            targets: Vec::new(),
        }
    }

    fn fault(class: FaultClass) -> Fault {
        Fault::new(class, "the source cannot be reached", "test")
    }

    fn fail(breakers: &Breakers, lane: &Lane) {
        breakers.report(&lane.source_id, Some(lane), Some(&fault(FaultClass::Transient)), 0);
    }

    fn held(breakers: &Breakers, lane: &Lane) -> Duration {
        breakers.admit(lane, 0).err().expect("held").for_
    }

    #[tokio::test(start_paused = true)]
    async fn opens_after_faults_in_a_row_and_probes_with_growing_pauses() {
        let (breakers, a, b) = (Breakers::new(LIMITS), lane(1), lane(2));
        for _ in 0..2 {
            fail(&breakers, &a);
            assert!(breakers.is_closed(&a.source_id));
        }
        assert_eq!(breakers.room(&a.source_id), Room::Lanes(8));
        fail(&breakers, &b);
        assert!(!breakers.is_closed(&a.source_id));
        for pause in [10, 20, 35, 35] {
            assert_eq!(held(&breakers, &a), Duration::from_secs(pause));
            assert_eq!(breakers.room(&a.source_id), Room::Look);
            tokio::time::advance(Duration::from_secs(pause)).await;
            assert_eq!(breakers.room(&a.source_id), Room::Probe);
            let probe = breakers.admit(&a, 0).expect("one probe goes");
            assert_eq!(breakers.room(&a.source_id), Room::Look);
            assert_eq!(held(&breakers, &b), super::super::CALL, "and no second one");
            // One that was under way before says nothing new.
            fail(&breakers, &b);
            assert_eq!(held(&breakers, &b), super::super::CALL);
            fail(&breakers, &a);
            drop(probe);
        }
        tokio::time::advance(Duration::from_secs(35)).await;
        let probe = breakers.admit(&a, 0).expect("a probe");
        breakers.report(&a.source_id, Some(&a), None, 0);
        drop(probe);
        assert!(breakers.is_closed(&a.source_id));
        fail(&breakers, &a);
        assert!(breakers.is_closed(&a.source_id), "counting begins anew");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_of_any_kind_closes_it_and_breaks_the_row() {
        for class in [FaultClass::Refused, FaultClass::Permanent] {
            let (breakers, a) = (Breakers::new(LIMITS), lane(1));
            for _ in 0..10 {
                fail(&breakers, &a);
                fail(&breakers, &a);
                breakers.report(&a.source_id, Some(&a), Some(&fault(class)), 0);
            }
            assert!(breakers.is_closed(&a.source_id));
        }
        let (breakers, a) = (Breakers::new(LIMITS), lane(1));
        for _ in 0..3 {
            breakers.report(&a.source_id, None, Some(&fault(FaultClass::Configuration)), 0);
        }
        assert!(!breakers.is_closed(&a.source_id));
        assert!(breakers.is_closed(&SourceId::from_random([8; 16])), "each source has its own");
        breakers.report(&a.source_id, None, None, 0);
        assert!(breakers.is_closed(&a.source_id));
    }

    #[tokio::test(start_paused = true)]
    async fn lanes_grow_with_answers_and_are_halved_by_faults() {
        let (breakers, a) = (Breakers::new(LIMITS), lane(1));
        for expected in 8..40 {
            assert_eq!(breakers.room(&a.source_id), Room::Lanes(expected));
            breakers.report(&a.source_id, Some(&a), None, 0);
        }
        for expected in [20, 10] {
            fail(&breakers, &a);
            assert_eq!(breakers.room(&a.source_id), Room::Lanes(expected));
        }
        // What a system says of one account is an answer.
        breakers.report(&a.source_id, Some(&a), Some(&fault(FaultClass::Refused)), 0);
        assert_eq!(breakers.room(&a.source_id), Room::Lanes(11));
        (0..3).for_each(|_| fail(&breakers, &a));
        tokio::time::advance(Duration::from_secs(10)).await;
        breakers.report(&a.source_id, Some(&a), None, 0);
        assert_eq!(breakers.room(&a.source_id), Room::Lanes(9));
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_was_dropped_makes_room_for_another() {
        let (breakers, a, b) = (Breakers::new(LIMITS), lane(1), lane(2));
        (0..3).for_each(|_| fail(&breakers, &a));
        tokio::time::advance(Duration::from_secs(10)).await;
        let probe = breakers.admit(&a, 0).expect("a probe");
        assert!(breakers.admit(&b, 0).is_err());
        drop(probe);
        assert!(breakers.admit(&b, 0).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn jitter_lengthens_a_pause_and_spreads_what_waits() {
        let (breakers, a) = (Breakers::new(LIMITS), lane(1));
        for _ in 0..3 {
            breakers.report(&a.source_id, Some(&a), Some(&fault(FaultClass::Transient)), u16::MAX);
        }
        assert_eq!(held(&breakers, &a), Duration::from_secs(11));
        let spread = breakers.admit(&a, u16::MAX).err().expect("held");
        assert_eq!(spread.for_, Duration::from_millis(13_500));
        assert_eq!(spread.reason, "the source cannot be reached");
    }
}
