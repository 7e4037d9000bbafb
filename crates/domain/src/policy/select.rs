//! Which policy governs an account's password.
//!
//! A source in a password group follows the group's policy alone: exceptions do not hold inside a group. Otherwise the
//! first exception whose every selector matches the identity, else the source's default holder, else the organisation's
//! default policy.

use std::collections::BTreeMap;

use crate::canonical::canonical;
use crate::directory::PolicyHolder;
use crate::ids::PolicyId;

/// Whether the source belongs to a password group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceGroup<'a> {
    Alone,
    /// In a group; without a policy of its own the group follows the organisation's default.
    Member {
        policy: Option<&'a PolicyId>,
    },
}

/// The governing policy. Attribute names compare exactly, values without regard to case, width and surrounding space.
/// A holder with an empty list of selectors is a default holder, like one without a list.
#[must_use]
pub fn select<'a>(
    group: SourceGroup<'a>,
    holders: &'a [PolicyHolder],
    identity_attributes: &BTreeMap<String, String>,
    org_default: &'a PolicyId,
) -> &'a PolicyId {
    if let SourceGroup::Member { policy } = group {
        return policy.unwrap_or(org_default);
    }
    let matches = |(name, value): &(String, String)| {
        identity_attributes.get(name).is_some_and(|actual| canonical(actual) == canonical(value))
    };
    let selectors = |holder: &'a PolicyHolder| holder.selectors.as_deref().unwrap_or_default();
    let exception = holders.iter().find(|h| !selectors(h).is_empty() && selectors(h).iter().all(matches));
    let default = || holders.iter().find(|h| selectors(h).is_empty());
    exception.or_else(default).map_or(org_default, |holder| &holder.policy_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Selectors<'a> = Option<&'a [(&'a str, &'a str)]>;

    fn policy(n: u8) -> PolicyId {
        PolicyId::from_random([n; 16])
    }

    /// Holders are numbered from 1; 9 is the organisation's default.
    fn check(group: Option<Option<u8>>, holders: &[Selectors<'_>], expected: u8) {
        let group_policy = group.flatten().map(policy);
        let group = match group {
            None => SourceGroup::Alone,
            Some(_) => SourceGroup::Member { policy: group_policy.as_ref() },
        };
        let holders: Vec<PolicyHolder> = (1..)
            .zip(holders)
            .map(|(n, selectors)| PolicyHolder {
                policy_id: policy(n),
                selectors: selectors.map(|s| s.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()),
            })
            .collect();
        let identity =
            BTreeMap::from([("dept".to_owned(), "Sales".to_owned()), ("site".to_owned(), "Rome".to_owned())]);
        assert_eq!(select(group, &holders, &identity, &policy(9)), &policy(expected), "{holders:?}");
    }

    #[test]
    fn table() {
        let sales: Selectors<'_> = Some(&[("dept", "Sales")]);
        let sales_rome: Selectors<'_> = Some(&[("dept", "SALES "), ("site", "rome")]);
        let sales_oslo: Selectors<'_> = Some(&[("dept", "Sales"), ("site", "Oslo")]);
        let unknown: Selectors<'_> = Some(&[("grade", "Sales")]);
        let empty: Selectors<'_> = Some(&[]);
        check(None, &[], 9);
        check(None, &[None], 1);
        check(None, &[None, sales], 2);
        check(None, &[sales, None], 1);
        check(None, &[None, sales_oslo], 1);
        check(None, &[sales_oslo], 9);
        check(None, &[sales_oslo, sales_rome, sales], 2);
        check(None, &[None, unknown], 1);
        check(None, &[Some(&[("Dept", "Sales")])], 9);
        check(None, &[empty, sales], 2);
        check(None, &[empty, sales_oslo], 1);
        check(Some(Some(7)), &[None, sales], 7);
        check(Some(None), &[None, sales], 9);
    }
}
