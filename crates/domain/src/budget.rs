//! Failure budgets: how often something may happen within a time before more of it is refused.
//!
//! The time slides: what counts is the age of one occurrence, the one that makes the budget spent. So nothing is summed
//! up, there is no hour at which a counter starts anew, and the moment a budget has room again is known.

use std::time::Duration;

use crate::timestamp::Timestamp;

pub const HOUR: Duration = Duration::from_secs(3600);
pub const DAY: Duration = Duration::from_secs(24 * 3600);

/// So many occurrences within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    spent_at: u32,
    within: Duration,
}

impl Budget {
    /// `most` may happen; the next is refused.
    #[must_use]
    pub fn at_most(most: u32, within: Duration) -> Self {
        Self { spent_at: most.max(1), within }
    }

    /// Spent only once more than `most` have happened: for what is found out after it was let through.
    #[must_use]
    pub fn more_than(most: u32, within: Duration) -> Self {
        Self { spent_at: most.saturating_add(1), within }
    }

    /// The occurrence that decides, counted from the newest, which is 0.
    #[must_use]
    pub fn deciding(self) -> i64 {
        i64::from(self.spent_at) - 1
    }

    /// How long the budget is spent still, by the time of the deciding occurrence; `None` while there is room.
    #[must_use]
    pub fn spent_for(self, deciding: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
        let left = self.within.saturating_sub(now.since(deciding?));
        (!left.is_zero()).then_some(left)
    }

    /// What happened then or earlier counts no longer.
    #[must_use]
    pub fn forgotten_at(self, now: Timestamp) -> Timestamp {
        now - self.within
    }
}

/// The budget of password changes whose payload is no password (requirement R11). An attack on the padding needs many
/// thousands of them, a client that works needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadBudget {
    /// Failures of one principal within an hour, beyond which its changes are refused.
    pub per_hour: u32,
    /// The same within a day.
    pub per_day: u32,
    /// Failures under one RSA key, of all principals, at which an alarm is raised.
    pub key_alarm: u32,
    /// Failures under one RSA key, of all principals, at which the key is retired.
    pub key_most: u32,
}

impl Default for PayloadBudget {
    fn default() -> Self {
        Self { per_hour: 20, per_day: 200, key_alarm: 100, key_most: 1000 }
    }
}

impl PayloadBudget {
    /// The budgets of a principal.
    #[must_use]
    pub fn of_principal(&self) -> [Budget; 2] {
        [Budget::more_than(self.per_hour, HOUR), Budget::more_than(self.per_day, DAY)]
    }

    /// How long a principal is refused still, by the deciding failures of [`of_principal`](Self::of_principal).
    #[must_use]
    pub fn refused_for(&self, deciding: [Option<Timestamp>; 2], now: Timestamp) -> Option<Duration> {
        let budgets = self.of_principal().into_iter().zip(deciding);
        budgets.filter_map(|(budget, deciding)| budget.spent_for(deciding, now)).max()
    }
}

/// What a failure did to the key it was counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyWear {
    /// The failures reached the number that raises an alarm.
    Alarm,
    /// The key was retired with this failure.
    Retired,
}

impl KeyWear {
    /// The audit's name for it.
    #[must_use]
    pub fn event(self) -> &'static str {
        match self {
            Self::Alarm => "RSA_KEY_PAYLOAD_FAILURE_ALARM",
            Self::Retired => "RSA_KEY_RETIRED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000_000);
    const MICRO: Duration = Duration::from_micros(1);

    /// The time of the deciding one among failures of these ages, as the database finds it.
    fn deciding(budget: Budget, ages: &[Duration]) -> Option<Timestamp> {
        let mut ages = ages.to_vec();
        ages.sort();
        ages.get(usize::try_from(budget.deciding()).unwrap()).map(|age| NOW - *age)
    }

    #[test]
    fn the_window_slides() {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        let more_than_two = Budget::more_than(2, HOUR);
        let at_most_two = Budget::at_most(2, HOUR);
        let cases: [(Budget, &[Duration], Option<Duration>); 12] = [
            (more_than_two, &[], None),
            (more_than_two, &[minutes(1), minutes(2)], None),
            (more_than_two, &[minutes(1), minutes(2), minutes(3)], Some(minutes(57))),
            (more_than_two, &[minutes(3), minutes(1), minutes(2), minutes(59)], Some(minutes(57))),
            (more_than_two, &[minutes(1), minutes(2), HOUR - MICRO], Some(MICRO)),
            (more_than_two, &[minutes(1), minutes(2), HOUR], None),
            (more_than_two, &[minutes(61), minutes(62), minutes(63), minutes(64)], None),
            (more_than_two, &[Duration::ZERO; 3], Some(HOUR)),
            (at_most_two, &[minutes(1)], None),
            (at_most_two, &[minutes(1), minutes(2)], Some(minutes(58))),
            (at_most_two, &[minutes(1), HOUR], None),
            (Budget::at_most(0, HOUR), &[minutes(30)], Some(minutes(30))),
        ];
        for (budget, ages, wanted) in cases {
            assert_eq!(budget.spent_for(deciding(budget, ages), NOW), wanted, "{budget:?} {ages:?}");
        }
        assert_eq!(more_than_two.spent_for(Some(NOW + HOUR), NOW), Some(HOUR), "the clock went back");
        assert_eq!(more_than_two.forgotten_at(NOW), NOW - HOUR);
    }

    #[test]
    fn the_longer_refusal_counts() {
        let budget = PayloadBudget::default();
        let at = |age| Some(NOW - age);
        let cases = [
            ([None, None], None),
            ([at(HOUR), None], None),
            ([at(HOUR / 2), None], Some(HOUR / 2)),
            ([at(HOUR / 2), at(DAY)], Some(HOUR / 2)),
            ([at(HOUR), at(DAY / 2)], Some(DAY / 2)),
            ([at(MICRO), at(DAY - MICRO)], Some(HOUR - MICRO)),
        ];
        for (deciding, wanted) in cases {
            assert_eq!(budget.refused_for(deciding, NOW), wanted, "{deciding:?}");
        }
        assert_eq!(budget.of_principal().map(Budget::deciding), [20, 200], "the 21st, the 201st");
    }
}
