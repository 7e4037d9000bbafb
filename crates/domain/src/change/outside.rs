//! Whether a password was changed at its system by somebody else since a change was accepted. A retry must not undo that.
//!
//! Where a look at the account came before the first attempt, the system's own time of then is compared with its own time
//! of now: no two clocks meet. Where the first look came late (the system was down), the system's time is compared with
//! the time of acceptance: then its clock may be off by [`MEASURED`] where it tells its own time and that was compared
//! with ours, else by [`UNMEASURED`]. A change time that lies in our future by more than that shows that the clocks do not
//! agree, and counts as not readable.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// How far a system's clock may be off that tells no time: what Kerberos allows.
pub const UNMEASURED: Duration = Duration::from_secs(5 * 60);
/// How far a measured clock may be off: the answer has whole seconds and was under way.
pub const MEASURED: Duration = Duration::from_secs(5);

/// What a target says whose password somebody else changed.
pub const CHANGED_OUTSIDE: &str = "the password was changed at the system itself after this change was accepted";

/// Stands for "it was looked at, and no time was told": a time that is told later is a change.
pub const NO_TIME_TOLD: Timestamp = Timestamp(i64::MIN);

/// What is known of an account's password and of what we did to it. `accepted_at`, `others_begun_at` and `now` are of one
/// clock; `changed_at` and `seen` of the system's. Which of our attempts came first is told by their fences, not by a
/// clock that may be set back between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordTimes {
    /// When the password was last changed; `None` where that cannot be read.
    pub changed_at: Option<Timestamp>,
    /// How far the system's clock is ahead of ours in microseconds; `None` where it tells no time.
    pub clock_ahead: Option<i64>,
    /// The same time as it was when our last attempt began, or when it had been answered; [`NO_TIME_TOLD`] where none was
    /// told then, `None` where it is not known.
    pub seen: Option<Timestamp>,
    pub accepted_at: Timestamp,
    /// The fence of the last attempt of this change.
    pub begun_fence: Option<i64>,
    /// When the last attempt of another change of ours on the account began.
    pub others_begun_at: Option<Timestamp>,
    /// Its fence.
    pub others_begun_fence: Option<i64>,
    /// How long an attempt may reach the system after it was begun.
    pub reach: Duration,
    pub now: Timestamp,
}

impl PasswordTimes {
    /// Whether the password was changed by something else than another change of ours: by an earlier attempt of this
    /// change, if there was one, or by somebody else. False where it cannot be known.
    #[must_use]
    pub fn moved(&self) -> bool {
        let Some(changed_at) = self.changed_at else { return false };
        match (self.seen, self.begun_fence) {
            (Some(seen), Some(begun)) => changed_at > seen && self.others_begun_fence.is_none_or(|other| other < begun),
            // An earlier attempt may be what changed it, and when is not known.
            (None, Some(_)) => false,
            (_, None) => self.changed_since_acceptance(changed_at),
        }
    }

    fn changed_since_acceptance(&self, changed_at: Timestamp) -> bool {
        let changed_at = Timestamp(changed_at.0.saturating_sub(self.clock_ahead.unwrap_or(0)));
        let tolerance = if self.clock_ahead.is_some() { MEASURED } else { UNMEASURED };
        changed_at > self.accepted_at + tolerance
            && changed_at <= self.now + tolerance
            && self.others_begun_at.is_none_or(|at| at + self.reach <= self.accepted_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(1_700_000_000_000_000 + seconds * Timestamp::SECOND)
    }

    /// Accepted at 0, looked at an hour later; the system tells no time.
    fn times() -> PasswordTimes {
        PasswordTimes {
            changed_at: None,
            clock_ahead: None,
            seen: None,
            accepted_at: at(0),
            begun_fence: None,
            others_begun_at: None,
            others_begun_fence: None,
            reach: Duration::from_secs(70),
            now: at(3600),
        }
    }

    /// What was seen then, what is seen now, the fence of another of ours, whether it moved.
    type Row = (Option<i64>, Option<i64>, Option<i64>, bool);

    #[test]
    fn after_an_attempt_the_systems_own_times_are_compared() {
        let begun = PasswordTimes { begun_fence: Some(10), ..times() };
        let moved = |seen: Option<i64>, changed: Option<i64>, others_begun_fence: Option<i64>| {
            let (seen, changed_at) = (seen.map(at), changed.map(at));
            PasswordTimes { seen, changed_at, others_begun_fence, ..begun }.moved()
        };
        let cases: [Row; 9] = [
            (Some(-500), Some(-500), None, false),
            (Some(-500), Some(-499), None, true),
            // A clock years ahead changes nothing.
            (Some(99_000_000), Some(99_000_001), None, true),
            // Another server that lags behind.
            (Some(-500), Some(-501), None, false),
            // Not readable, now or then.
            (Some(-500), None, None, false),
            (None, Some(300), None, false),
            // Another change of ours has been at it since; before it does not count.
            (Some(-500), Some(300), Some(11), false),
            (Some(-500), Some(300), Some(9), true),
            (Some(-500), Some(300), Some(1), true),
        ];
        assert!(PasswordTimes { seen: Some(NO_TIME_TOLD), changed_at: Some(at(-9000)), ..begun }.moved());
        assert!(!PasswordTimes { seen: Some(NO_TIME_TOLD), ..begun }.moved());
        for (seen, changed, others, expected) in cases {
            assert_eq!(moved(seen, changed, others), expected, "{seen:?} {changed:?} {others:?}");
        }
    }

    /// A clock that was set back between two attempts makes the earlier one look later, and the later one earlier.
    #[test]
    fn which_attempt_came_first_is_told_by_no_clock() {
        let (seen, changed_at) = (Some(at(0)), Some(at(20)));
        let begun = PasswordTimes { seen, changed_at, begun_fence: Some(10), ..times() };
        for others_begun_at in [at(-9000), at(10), at(9000)].map(Some) {
            assert!(PasswordTimes { others_begun_at, others_begun_fence: Some(9), ..begun }.moved());
            assert!(!PasswordTimes { others_begun_at, others_begun_fence: Some(11), ..begun }.moved());
        }
    }

    #[test]
    fn before_the_first_attempt_it_is_the_time_of_acceptance() {
        // Change time, how far the clock is ahead, when another of ours began, whether it moved.
        let cases: [(i64, Option<i64>, Option<i64>, bool); 15] = [
            (-1, None, None, false),
            (1, None, None, false),
            (300, None, None, false),
            (301, None, None, true),
            (3600, None, None, true),
            (3900, None, None, true),
            // In our future: the clocks do not agree.
            (3901, None, None, false),
            (5, Some(0), None, false),
            (6, Some(0), None, true),
            (3605, Some(0), None, true),
            (3606, Some(0), None, false),
            // An hour ahead, measured.
            (3605, Some(3600), None, false),
            (3606, Some(3600), None, true),
            // Another of ours may still have been at it.
            (1000, None, Some(-69), false),
            (1000, None, Some(-70), true),
        ];
        for (changed, ahead, others, expected) in cases {
            let clock_ahead = ahead.map(|seconds| seconds * Timestamp::SECOND);
            let case = PasswordTimes {
                changed_at: Some(at(changed)),
                clock_ahead,
                others_begun_at: others.map(at),
                ..times()
            };
            assert_eq!(case.moved(), expected, "{changed} {ahead:?} {others:?}");
        }
        assert!(!times().moved());
    }
}
