use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{check, minutes};
use crate::timestamp::Timestamp;

/// When a name is locked after failed sign-ins, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockoutConfig {
    /// Failed sign-ins within the window that lock the name: 1 to 15.
    pub maximum_attempts: i64,
    /// Minutes that the name stays locked: 5 to 60.
    pub lockout_duration: i64,
    /// Minutes a failed sign-in counts: 5 to 60.
    pub lockout_window: i64,
}

impl Default for LockoutConfig {
    fn default() -> Self {
        Self { maximum_attempts: 5, lockout_duration: 15, lockout_window: 5 }
    }
}

/// The failed sign-ins with one name that may still count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempts {
    pub failed_at: Vec<Timestamp>,
    pub locked_until: Timestamp,
}

impl LockoutConfig {
    /// Everything that is wrong with it; empty when nothing is.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        check(&mut faults, "maximumAttempts", self.maximum_attempts, (1, 15));
        check(&mut faults, "lockoutDuration", self.lockout_duration, (5, 60));
        check(&mut faults, "lockoutWindow", self.lockout_window, (5, 60));
        faults
    }

    /// Counts an attempt as failed until it is shown to have been right; the last one allowed locks the name. A refused
    /// attempt is not counted, so nobody is kept out longer by it.
    ///
    /// # Errors
    /// How long the name is locked still.
    pub fn take(&self, attempts: &mut Attempts, now: Timestamp) -> Result<(), Duration> {
        if attempts.locked_until > now {
            return Err(attempts.locked_until.since(now));
        }
        if attempts.locked_until > Timestamp::default() {
            // The lock is over: what led to it was paid for.
            *attempts = Attempts::default();
        }
        let counts_from = now - minutes(self.lockout_window);
        attempts.failed_at.retain(|at| *at > counts_from);
        attempts.failed_at.push(now);
        if attempts.failed_at.len() >= usize::try_from(self.maximum_attempts).unwrap_or(1) {
            attempts.locked_until = now + minutes(self.lockout_duration);
        }
        Ok(())
    }

    /// How long a name stays locked.
    #[must_use]
    pub fn lock_time(&self) -> Duration {
        minutes(self.lockout_duration)
    }

    /// From when on the attempts say nothing any more.
    #[must_use]
    pub fn forgotten_at(&self, attempts: &Attempts) -> Timestamp {
        let last = attempts.failed_at.last().copied().unwrap_or_default();
        (last + minutes(self.lockout_window)).max(attempts.locked_until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

    fn at(minute: u64) -> Timestamp {
        NOW + Duration::from_secs(60 * minute)
    }

    #[test]
    fn bounds() {
        let with = |maximum_attempts, lockout_duration, lockout_window| {
            LockoutConfig { maximum_attempts, lockout_duration, lockout_window }.faults().len()
        };
        assert!(LockoutConfig::default().faults().is_empty());
        assert_eq!([with(1, 5, 5), with(15, 60, 60)], [0, 0]);
        assert_eq!(
            [with(0, 5, 5), with(16, 5, 5), with(1, 4, 5), with(1, 61, 5), with(1, 5, 4), with(1, 5, 61)],
            [1; 6]
        );
        assert_eq!(with(i64::MIN, i64::MAX, -1), 3, "every fault is told");
    }

    /// The minutes of attempts, and whether each was let through.
    fn run(config: LockoutConfig, tries: &[u64]) -> String {
        let mut attempts = Attempts::default();
        tries.iter().map(|minute| if config.take(&mut attempts, at(*minute)).is_ok() { 'y' } else { 'n' }).collect()
    }

    #[test]
    fn the_window_rolls_and_the_lock_ends() {
        let three = LockoutConfig { maximum_attempts: 3, lockout_duration: 15, lockout_window: 5 };
        for (tries, wanted) in [
            (&[0, 0, 0, 0][..], "yyyn"),
            (&[0, 1, 2, 3, 16, 17], "yyynny"),
            // The first is too old to count with the third.
            (&[0, 3, 5, 6, 7], "yyyyn"),
            (&[0, 5, 10, 15, 20], "yyyyy"),
            // After the lock the count begins anew.
            (&[0, 0, 0, 15, 15, 15, 15], "yyyyyyn"),
        ] {
            assert_eq!(run(three, tries), wanted, "{tries:?}");
        }
        assert_eq!(run(LockoutConfig { maximum_attempts: 1, ..three }, &[0, 0, 14, 15]), "ynny");
    }

    #[test]
    fn the_wait_is_told_and_everything_is_forgotten_in_time() {
        let one = LockoutConfig { maximum_attempts: 1, lockout_duration: 10, lockout_window: 5 };
        let mut attempts = Attempts::default();
        one.take(&mut attempts, NOW).unwrap();
        assert_eq!(one.take(&mut attempts, at(4)), Err(Duration::from_secs(360)));
        assert_eq!(one.forgotten_at(&attempts), at(10));
        let two = LockoutConfig { maximum_attempts: 2, ..one };
        let mut attempts = Attempts::default();
        two.take(&mut attempts, NOW).unwrap();
        assert_eq!(two.forgotten_at(&attempts), at(5));
        assert_eq!(two.forgotten_at(&Attempts::default()), Timestamp::default() + Duration::from_secs(300));
    }
}
