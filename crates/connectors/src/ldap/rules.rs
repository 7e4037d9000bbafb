//! What a password policy entry (draft-behera-ldap-password-policy-10 section 5.2) says that counts before a write.

use std::time::{SystemTime, UNIX_EPOCH};

use ldap3::SearchEntry;

use crate::SignIns;
use crate::ldap::Ldap;
use crate::ldap::accounts::first;

const LOCKS: &str = "pwdLockout";
const MAX_FAILURES: &str = "pwdMaxFailure";
const MIN_AGE: &str = "pwdMinAge";
const MUST_CHANGE: &str = "pwdMustChange";

/// How far the directory's clock may be off: it tells no time.
const CLOCK_OFF: i64 = 5 * 60 * 1_000_000;

/// The rules for one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rules {
    /// Failed sign-ins that lock, 0: never; `None` where the policy is not known.
    lock_at: Option<u32>,
    /// Microseconds.
    min_age: Option<i64>,
    /// Whether the directory asks for another password where `pwdReset` is set; `None` where the policy is not known.
    pub(super) must_change: Option<bool>,
}

impl Ldap {
    /// The rules of the policy that an account names, or of the one in the settings.
    pub(super) async fn rules(&self, named: Option<&str>) -> Rules {
        match named.or(self.password_policy.as_deref()) {
            Some(dn) => Rules::of(&*self.directory.rules(dn, &[LOCKS, MAX_FAILURES, MIN_AGE, MUST_CHANGE]).await),
            None => Rules::default(),
        }
    }
}

impl Rules {
    fn of(entry: &SearchEntry) -> Self {
        if entry.attrs.is_empty() {
            return Self::default();
        }
        let is_on = |name| first(entry, name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let locks = is_on(LOCKS);
        let number = |name| first(entry, name).and_then(|value| value.parse::<u32>().ok());
        Self {
            lock_at: Some(if locks { number(MAX_FAILURES).unwrap_or(0) } else { 0 }),
            min_age: number(MIN_AGE).map(|seconds| i64::from(seconds) * 1_000_000),
            must_change: Some(is_on(MUST_CHANGE)),
        }
    }

    /// `failed` are the failures the entry holds; old ones count as well, as no clock says how old they are.
    pub(super) fn sign_ins(self, failed: usize) -> SignIns {
        match self.lock_at {
            None => SignIns::NotTold,
            Some(0) => SignIns::NeverLock,
            Some(lock_at) => SignIns::Counted { failed: u32::try_from(failed).unwrap_or(u32::MAX), lock_at },
        }
    }

    /// Until when a password changed at this time certainly may not be changed; nearer than the clocks agree the
    /// directory decides at the write.
    pub(super) fn too_young_until(self, changed_at: Option<i64>) -> Option<i64> {
        let until = changed_at?.checked_add(self.min_age?)?.checked_sub(CLOCK_OFF)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (until > i64::try_from(now.as_micros()).unwrap_or(i64::MAX)).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn entry(attributes: &[(&str, &str)]) -> SearchEntry {
        let attrs = attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
        SearchEntry { dn: String::new(), attrs, bin_attrs: HashMap::new() }
    }

    #[test]
    fn policies_are_read() {
        let sign_ins = |attributes: &[(&str, &str)]| Rules::of(&entry(attributes)).sign_ins(2);
        assert_eq!(sign_ins(&[]), SignIns::NotTold);
        assert_eq!(sign_ins(&[("pwdLockout", "FALSE"), ("pwdMaxFailure", "5")]), SignIns::NeverLock);
        assert_eq!(sign_ins(&[("pwdLockout", "TRUE")]), SignIns::NeverLock);
        let counted = SignIns::Counted { failed: 2, lock_at: 5 };
        assert_eq!(sign_ins(&[("pwdLockout", "TRUE"), ("pwdmaxfailure", "5")]), counted);
    }

    #[test]
    fn the_minimum_age_counts_where_the_clocks_leave_no_doubt() {
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap();
        let rules = Rules::of(&entry(&[("pwdMinAge", "3600")]));
        let young = |minutes: i64| rules.too_young_until(Some(now - minutes * 60_000_000)).is_some();
        assert_eq!([young(0), young(54), young(56), young(61)], [true, true, false, false]);
        assert_eq!(rules.too_young_until(None), None);
        assert_eq!(Rules::default().too_young_until(Some(now)), None);
    }
}
