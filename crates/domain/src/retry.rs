//! When a target that could not be reached is tried again.
//!
//! The waits are 5 s, 1, 3, 10, 30 and 90 min, then 90 min each time, every one moved by up to 10 % either way so that
//! targets that failed together do not come back together. 24 h after a change was accepted nothing is tried any more.

use std::time::Duration;

use crate::timestamp::Timestamp;

/// The waits after the first attempts; the last one repeats.
pub const WAITS: [Duration; 6] = [
    Duration::from_secs(5),
    Duration::from_secs(60),
    Duration::from_secs(3 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
    LAST_WAIT,
];

/// How long after its acceptance a change is tried at most.
pub const TIME_TO_LIVE: Duration = Duration::from_secs(24 * 3600);

const LAST_WAIT: Duration = Duration::from_secs(90 * 60);

/// When to try next, or `None` when that would be later than [`TIME_TO_LIVE`] after `accepted_at`.
///
/// `attempt` is the number of attempts made so far; 0 means none yet, which is due at once. `jitter` is a random number:
/// 0 shortens the wait by 10 %, 65535 lengthens it by 10 %, evenly between.
#[must_use]
pub fn next_attempt(attempt: u32, accepted_at: Timestamp, now: Timestamp, jitter: u16) -> Option<Timestamp> {
    let at = match attempt.checked_sub(1) {
        None => now,
        Some(made) => {
            let wait = usize::try_from(made).ok().and_then(|made| WAITS.get(made)).copied().unwrap_or(LAST_WAIT);
            now + with_jitter(wait, jitter)
        }
    };
    (at <= accepted_at + TIME_TO_LIVE).then_some(at)
}

fn with_jitter(wait: Duration, jitter: u16) -> Duration {
    wait * 9 / 10 + wait / 5 * u32::from(jitter) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_700_000_000_000_000);

    fn seconds(n: i64) -> Timestamp {
        Timestamp(START.0 + n * Timestamp::SECOND)
    }

    fn wait(attempt: u32, jitter: u16) -> i64 {
        next_attempt(attempt, START, START, jitter).unwrap().0 - START.0
    }

    #[test]
    fn the_schedule_with_its_jitter() {
        let check = |attempt: u32, expected_seconds: i64| {
            let expected = expected_seconds * Timestamp::SECOND;
            assert_eq!(wait(attempt, 0), expected * 9 / 10, "{attempt}");
            assert_eq!(wait(attempt, u16::MAX), expected * 11 / 10, "{attempt}");
            assert!((wait(attempt, 32_768) - expected).abs() <= expected / 100_000, "{attempt}");
        };
        check(0, 0);
        check(1, 5);
        check(2, 60);
        check(3, 180);
        check(4, 600);
        check(5, 1800);
        check(6, 5400);
        check(7, 5400);
        check(8, 5400);
        check(u32::MAX, 5400);
    }

    #[test]
    fn more_jitter_is_never_sooner() {
        let waits: Vec<i64> = (0..=u16::MAX).step_by(257).map(|jitter| wait(6, jitter)).collect();
        assert!(waits.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn ends_after_a_day() {
        let day = 24 * 3600;
        let check =
            |attempt, now, expected| assert_eq!(next_attempt(attempt, START, now, 0), expected, "{attempt} {now:?}");
        check(6, seconds(day - 4860), Some(seconds(day)));
        check(6, Timestamp(seconds(day - 4860).0 + 1), None);
        check(0, seconds(day), Some(seconds(day)));
        check(0, seconds(day + 1), None);
        check(1, seconds(2 * day), None);
        check(1, seconds(-60), Some(Timestamp(seconds(-60).0 + 4_500_000)));
        assert_eq!(next_attempt(9, Timestamp(i64::MIN), Timestamp(i64::MAX), u16::MAX), None);
    }

    #[test]
    fn every_run_ends_within_a_day() {
        for jitter in [0, 32_768, u16::MAX] {
            let (mut now, mut attempts) = (START, 0);
            while let Some(next) = next_attempt(attempts, START, now, jitter) {
                now = next;
                attempts += 1;
            }
            assert!(now <= seconds(24 * 3600) && now > seconds(22 * 3600), "{now:?}");
            assert!((19..=24).contains(&attempts), "{attempts}");
        }
    }
}
