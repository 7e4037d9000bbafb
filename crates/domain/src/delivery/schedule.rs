//! When a message that did not get through is sent again, and when a webhook is given up.
//!
//! Every wait is moved by up to 10 % either way, so that messages that failed together do not come back together.

use std::time::Duration;

use super::Channel;
use crate::timestamp::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// The waits between the attempts at a webhook, three days in all; after the last one the message is given up.
pub const WEBHOOK_WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(5 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(14 * HOUR),
    Duration::from_secs(18 * HOUR),
    Duration::from_secs(22 * HOUR),
];

/// The waits between the attempts at a mail, a day in all: older news than that misleads.
pub const MAIL_WAITS: [Duration; 8] = [
    Duration::from_secs(30),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(15 * MINUTE),
    Duration::from_secs(HOUR),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(4 * HOUR),
    Duration::from_secs(8 * HOUR),
    Duration::from_secs(8 * HOUR),
];

/// A change that is not through this long after a first failed attempt is told to the person.
pub const DELAYED_AFTER: Duration = Duration::from_secs(MINUTE);

/// The longest wait a receiver may ask for, and the longest pause of a webhook.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * HOUR);
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * MINUTE);

/// A webhook that has failed this long, without one success, is switched off.
const OFF_AFTER: Duration = Duration::from_secs(5 * 24 * HOUR);

/// What is known of the wait for the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingTime {
    /// What the receiver asked for (`Retry-After`).
    pub asked: Option<Duration>,
    /// A random number: 0 shortens the wait by 10 %, 65535 lengthens it by 10 %, evenly between.
    pub jitter: u16,
}

/// When to send a message again after `attempts` failed attempts (1 or more); `None`: it is given up.
#[must_use]
pub fn next_delivery(channel: Channel, attempts: i64, now: Timestamp, waiting: WaitingTime) -> Option<Timestamp> {
    let waits: &[Duration] = match channel {
        Channel::Webhook => &WEBHOOK_WAITS,
        Channel::Mail => &MAIL_WAITS,
    };
    let wait = usize::try_from(attempts - 1).ok().and_then(|made| waits.get(made))?;
    Some(now + moved(*wait, waiting))
}

/// Until when a webhook gets nothing at all after `failures` failures in a row (1 or more): what waits for one that is
/// down must not take the turns of the others.
#[must_use]
pub fn pause(failures: i64, now: Timestamp, waiting: WaitingTime) -> Timestamp {
    let step = usize::try_from(failures - 1).unwrap_or_default();
    let wait = WEBHOOK_WAITS.get(step).copied().unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
    now + moved(wait, waiting)
}

/// Whether a webhook that has failed since then is switched off.
#[must_use]
pub fn off_after_failing(since: Timestamp, now: Timestamp) -> bool {
    now.since(since) >= OFF_AFTER
}

fn moved(wait: Duration, waiting: WaitingTime) -> Duration {
    let moved = wait * 9 / 10 + wait / 5 * u32::from(waiting.jitter) / u32::from(u16::MAX);
    moved.max(waiting.asked.unwrap_or_default().min(LONGEST_ASKED))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

    fn waiting(asked: Option<u64>, jitter: u16) -> WaitingTime {
        WaitingTime { asked: asked.map(Duration::from_secs), jitter }
    }

    #[test]
    fn waits_and_their_end() {
        let wait = |channel, attempts, asked, jitter| {
            next_delivery(channel, attempts, NOW, waiting(asked, jitter)).map(|at| at.since(NOW).as_secs())
        };
        let cases = [
            (Channel::Webhook, 1, None, 0, Some(4)),
            (Channel::Webhook, 1, None, u16::MAX, Some(5)),
            (Channel::Webhook, 2, None, 0, Some(270)),
            (Channel::Webhook, 2, None, u16::MAX, Some(330)),
            (Channel::Webhook, 1, Some(120), 0, Some(120)),
            (Channel::Webhook, 2, Some(1), 0, Some(270)),
            (Channel::Webhook, 1, Some(1_000_000), 0, Some(86_400)),
            (Channel::Webhook, 9, None, 0, Some(71_280)),
            (Channel::Webhook, 10, None, 0, None),
            (Channel::Webhook, 0, None, 0, None),
            (Channel::Mail, 1, None, 0, Some(27)),
            (Channel::Mail, 8, None, 0, Some(25_920)),
            (Channel::Mail, 9, None, 0, None),
        ];
        for (row, (channel, attempts, asked, jitter, wanted)) in cases.into_iter().enumerate() {
            assert_eq!(wait(channel, attempts, asked, jitter), wanted, "row {row}");
        }
        let total = |waits: &[Duration]| waits.iter().sum::<Duration>().as_secs() / HOUR;
        assert_eq!((total(&WEBHOOK_WAITS), total(&MAIL_WAITS)), (71, 23));
    }

    #[test]
    fn a_failing_webhook_is_looked_at_every_half_hour_and_switched_off_after_five_days() {
        let pause_of = |failures| pause(failures, NOW, waiting(None, 0)).since(NOW).as_secs();
        assert_eq!([1, 2, 3, 4, 1_000].map(pause_of), [4, 270, 1620, 1620, 1620]);
        assert_eq!(pause(1, NOW, waiting(Some(3600), 0)).since(NOW).as_secs(), 3600);
        assert!(!off_after_failing(NOW, NOW + Duration::from_secs(5 * 86_400 - 1)));
        assert!(off_after_failing(NOW, NOW + OFF_AFTER));
    }
}
