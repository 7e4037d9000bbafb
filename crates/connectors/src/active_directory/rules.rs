//! What a domain demands of passwords, as far as it counts for us: when failed sign-ins lock, and the minimum age.

use std::time::{SystemTime, UNIX_EPOCH};

use ldap3::SearchEntry;

use crate::SignIns;
use crate::active_directory::ActiveDirectory;
use crate::ldap::accounts::first;

/// Threshold, window and minimum age: at the domain's entry, and in a password settings object.
const OF_THE_DOMAIN: [&str; 3] = ["lockoutThreshold", "lockOutObservationWindow", "minPwdAge"];
const OF_ITS_OWN: [&str; 3] = ["msDS-LockoutThreshold", "msDS-LockoutObservationWindow", "msDS-MinimumPasswordAge"];

/// The rules; `None` where one cannot be read. Times are microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rules {
    /// Failed sign-ins that lock; 0: never.
    lock_at: Option<u32>,
    /// Failed sign-ins are forgotten when the last is older.
    window: Option<i64>,
    min_age: Option<i64>,
}

impl ActiveDirectory {
    /// The rules for an account with this settings object, if it has one, in this domain.
    pub(super) async fn rules(&self, own: Option<&str>, domain: Option<&str>) -> Rules {
        let (dn, names) = match (own, domain) {
            (Some(own), _) => (own, OF_ITS_OWN),
            (None, Some(domain)) => (domain, OF_THE_DOMAIN),
            (None, None) => return Rules::default(),
        };
        Rules::of(&*self.directory.rules(dn, &names).await, names)
    }
}

impl Rules {
    fn of(entry: &SearchEntry, [threshold, window, min_age]: [&str; 3]) -> Self {
        let number = |name| first(entry, name).and_then(|value| value.parse::<i64>().ok());
        Self {
            lock_at: number(threshold).and_then(|count| count.try_into().ok()),
            window: number(window).map(interval),
            min_age: number(min_age).map(interval),
        }
    }

    /// `failed_at` is on the domain controller's clock, which is `ahead` of ours.
    pub(super) fn sign_ins(self, failed: Option<i64>, failed_at: Option<i64>, ahead: Option<i64>) -> SignIns {
        match (self.lock_at, failed.and_then(|count| count.try_into().ok())) {
            (None, _) => SignIns::NotTold,
            (Some(0), _) => SignIns::NeverLock,
            // An account that nobody has ever signed in with has no count.
            (Some(lock_at), None) => SignIns::Counted { failed: 0, lock_at },
            (Some(lock_at), Some(failed)) => {
                let age = failed_at.map(|at| now_micros() + ahead.unwrap_or(0) - at);
                let is_over = matches!((age, self.window, ahead), (Some(age), Some(window), Some(_)) if age > window);
                SignIns::Counted { failed: if is_over { 0 } else { failed }, lock_at }
            }
        }
    }

    /// Until when a password changed at this time may not be changed, on our clock; `None` when it may be, or when no
    /// clock says.
    pub(super) fn too_young_until(self, changed_at: Option<i64>, ahead: Option<i64>) -> Option<i64> {
        let until = changed_at?.checked_add(self.min_age?)?.checked_sub(ahead?)?;
        (until > now_micros()).then_some(until)
    }
}

/// An interval is a negative number of 100 ns; "for ever" is the smallest.
fn interval(steps: i64) -> i64 {
    (steps / 10).saturating_neg()
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;

    #[test]
    fn failed_sign_ins_are_counted_within_the_window() {
        let rules = Rules { lock_at: Some(5), window: Some(30 * MINUTE), min_age: None };
        let ago = |minutes: i64| Some(now_micros() - minutes * MINUTE);
        let counted = |failed| SignIns::Counted { failed, lock_at: 5 };
        assert_eq!(rules.sign_ins(Some(3), ago(29), Some(0)), counted(3));
        assert_eq!(rules.sign_ins(Some(3), ago(31), Some(0)), counted(0));
        // Its clock is an hour behind, and told so; or not told.
        assert_eq!(rules.sign_ins(Some(3), ago(61), Some(-60 * MINUTE)), counted(3));
        assert_eq!(rules.sign_ins(Some(3), ago(91), None), counted(3));
        assert_eq!(rules.sign_ins(None, None, Some(0)), counted(0));
        assert_eq!(Rules { lock_at: Some(0), ..rules }.sign_ins(Some(9), ago(0), None), SignIns::NeverLock);
        assert_eq!(Rules::default().sign_ins(Some(1), ago(0), None), SignIns::NotTold);
    }

    #[test]
    fn the_minimum_age_is_that_of_the_domain() {
        let rules = Rules { min_age: Some(10 * MINUTE), ..Rules::default() };
        let ago = |minutes: i64| Some(now_micros() - minutes * MINUTE);
        assert!(rules.too_young_until(ago(9), Some(0)).is_some());
        assert_eq!(rules.too_young_until(ago(11), Some(0)), None);
        assert_eq!(rules.too_young_until(ago(9), Some(-2 * MINUTE)).map(|at| at > now_micros()), Some(true));
        assert_eq!(rules.too_young_until(ago(9), Some(2 * MINUTE)), None);
        assert_eq!(rules.too_young_until(ago(9), None), None);
        assert_eq!(rules.too_young_until(None, Some(0)), None);
        assert_eq!(Rules::default().too_young_until(ago(0), Some(0)), None);
        assert_eq!((interval(-6_000_000_000), interval(i64::MIN), interval(0)), (10 * MINUTE, i64::MAX / 10, 0));
    }
}
