//! What the ratchet believes of the clock. Destroying a key cannot be undone, so one wrong reading must not do it.
//!
//! The rule, with `trusted` = the latest time believed so far (kept in the file):
//! - A time before `trusted` changes nothing. The current epoch stays that of `trusted`; it never goes back.
//! - A time up to 48 h after `trusted` is believed. So a jump that is believed takes at most 48 h from a key's
//!   retention of 72 h, and what was sealed in the last 24 h still opens.
//! - A later time is a *leap*: a wrong clock, or a node that was switched off for days. Sealing goes on under the
//!   epoch the clock shows (such a key can be computed by every node, at any later time), but `trusted` stays and
//!   nothing is destroyed until the clock has run on steadily for 24 h from the leap: seen at least every 6 h, never
//!   backwards. Then the leap is believed. A clock that is put right before costs nothing.

use std::time::Duration;

use passwright_domain::timestamp::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);

/// Steps up to this one are believed at once.
pub const LEAP: Duration = Duration::from_secs(48 * 3600);
/// How long the clock must run on after a leap before it is believed.
pub const CONFIRMATION: Duration = Duration::from_secs(24 * 3600);
/// The longest pause between two readings that confirm a leap.
pub const STEADY: Duration = Duration::from_secs(6 * 3600);

/// What one reading of the clock meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observation {
    /// Believed.
    Normal,
    /// Before the trusted time by at least an hour: nothing moves until the clock has caught up. Worth an alert.
    Backwards,
    /// Too far ahead to be believed yet: no key is destroyed. Worth an alert.
    Leapt,
    /// A leap has lasted long enough and is believed from now on.
    LeapConfirmed,
}

/// A leap that is being watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leap {
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

/// The trusted time, and a leap in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    trusted_at: Timestamp,
    leap: Option<Leap>,
}

impl Clock {
    #[must_use]
    pub fn starting_at(now: Timestamp) -> Self {
        Self { trusted_at: now, leap: None }
    }

    pub(super) fn restore(trusted_at: Timestamp, leap: Option<Leap>) -> Self {
        Self { trusted_at, leap }
    }

    #[must_use]
    pub fn trusted_at(&self) -> Timestamp {
        self.trusted_at
    }

    #[must_use]
    pub fn leap(&self) -> Option<Leap> {
        self.leap
    }

    /// Takes one reading, and believes it or not.
    pub fn observe(&mut self, now: Timestamp) -> Observation {
        if now.since(self.trusted_at) <= LEAP {
            self.leap = None;
            if self.trusted_at.since(now) >= HOUR {
                return Observation::Backwards;
            }
            self.trusted_at = self.trusted_at.max(now);
            return Observation::Normal;
        }
        let steady = self.leap.filter(|leap| now >= leap.last_at && now.since(leap.last_at) <= STEADY);
        let leap = Leap { first_at: steady.map_or(now, |leap| leap.first_at), last_at: now };
        if now.since(leap.first_at) < CONFIRMATION {
            self.leap = Some(leap);
            return Observation::Leapt;
        }
        self.leap = None;
        self.trusted_at = now;
        Observation::LeapConfirmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_700_000_000_000_000);

    fn at(hours: u32) -> Timestamp {
        START + HOUR * hours
    }

    /// Readings as (hours after the start, what they mean, trusted hours afterwards).
    fn check(readings: &[(u32, Observation, u32)]) {
        let mut clock = Clock::starting_at(START);
        for (index, (hours, observation, trusted)) in readings.iter().enumerate() {
            assert_eq!(clock.observe(at(*hours)), *observation, "reading {index}: {readings:?}");
            assert_eq!(clock.trusted_at(), at(*trusted), "reading {index}: {readings:?}");
        }
    }

    #[test]
    fn readings() {
        use Observation::{Backwards, LeapConfirmed, Leapt, Normal};
        check(&[(1, Normal, 1), (1, Normal, 1), (49, Normal, 49), (97, Normal, 97)]);
        check(&[(10, Normal, 10), (3, Backwards, 10), (9, Backwards, 10), (10, Normal, 10), (11, Normal, 11)]);
        // A leap that is put right.
        check(&[(1, Normal, 1), (1_000, Leapt, 1), (1_005, Leapt, 1), (2, Normal, 2), (3, Normal, 3)]);
        // A leap that lasts.
        check(&[
            (50, Leapt, 0),
            (56, Leapt, 0),
            (62, Leapt, 0),
            (68, Leapt, 0),
            (73, Leapt, 0),
            (74, LeapConfirmed, 74),
            (75, Normal, 75),
        ]);
        // Its confirmation starts again after a second leap, a pause, and a step back.
        check(&[(50, Leapt, 0), (56, Leapt, 0), (9_000, Leapt, 0), (9_006, Leapt, 0), (9_012, Leapt, 0)]);
        check(&[(50, Leapt, 0), (57, Leapt, 0), (63, Leapt, 0), (69, Leapt, 0), (75, Leapt, 0), (80, Leapt, 0)]);
        check(&[(90, Leapt, 0), (80, Leapt, 0), (86, Leapt, 0), (92, Leapt, 0), (98, Leapt, 0), (103, Leapt, 0)]);
        // Less than an hour back is jitter.
        let mut clock = Clock::starting_at(START);
        assert_eq!(clock.observe(START - Duration::from_secs(3599)), Normal);
        assert_eq!(clock.trusted_at(), START);
    }
}
