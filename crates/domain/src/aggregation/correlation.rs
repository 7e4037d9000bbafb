//! Whose account it is: rules `attribute of the account = attribute of the identity`, in order.
//!
//! A value that several identities have belongs to nobody, and no later rule is asked: a password must never reach the
//! account of the wrong person.

use serde::{Deserialize, Serialize};

use crate::canonical::canonical;
use crate::directory::{Attributes, Identity};
use crate::ids::IdentityId;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrelationRule {
    /// An attribute of the account, `nativeIdentity` or `accountName`.
    pub account: String,
    /// An attribute of the identity, `alias`, `name` or `email`.
    pub identity: String,
    /// Compare the very characters; otherwise case, width and surrounding space do not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub case_sensitive: bool,
}

impl CorrelationRule {
    /// A value as this rule compares it; `None` for one that says nothing.
    #[must_use]
    pub fn compared(&self, value: &str) -> Option<String> {
        let canonical = canonical(value);
        if canonical.is_empty() {
            return None;
        }
        Some(if self.case_sensitive { value.to_owned() } else { canonical })
    }
}

/// What rules read of an account.
#[derive(Debug, Clone, Copy)]
pub struct AccountFacts<'a> {
    pub native_identity: &'a str,
    pub name: &'a str,
    pub attributes: &'a Attributes,
}

impl<'a> AccountFacts<'a> {
    /// All values under a name; attribute names are compared without case, the account's own as they are.
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<&'a str> {
        match name {
            "nativeIdentity" => return vec![self.native_identity],
            "accountName" => return vec![self.name],
            _ => {}
        }
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, values)| values.all().collect()).unwrap_or_default()
    }

    /// The first value under a name that is not blank.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&'a str> {
        self.values(name).into_iter().map(str::trim).find(|value| !value.is_empty())
    }
}

/// The value of an identity under the name that a rule gives.
#[must_use]
pub fn identity_value<'a>(identity: &'a Identity, name: &str) -> Option<&'a str> {
    match name {
        "alias" => Some(&identity.alias),
        "name" => Some(&identity.name),
        "email" => identity.email.as_deref(),
        _ => identity.attributes.get(name).map(String::as_str),
    }
}

/// Who has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Nobody,
    One(IdentityId),
    Several,
}

/// What the rules say of an account.
pub type Correlation = Found;

/// Asks the rules in order: the first whose value somebody has decides. `who` answers for the rule of a position and a
/// value as that rule compares it.
pub fn correlate(
    rules: &[CorrelationRule],
    account: AccountFacts<'_>,
    mut who: impl FnMut(usize, &str) -> Found,
) -> Correlation {
    for (at, rule) in rules.iter().enumerate() {
        let mut found = Found::Nobody;
        for value in account.values(&rule.account).into_iter().filter_map(|value| rule.compared(value)) {
            found = match (found, who(at, &value)) {
                (before, Found::Nobody) => before,
                (Found::Nobody, one) => one,
                (Found::One(before), Found::One(now)) if before == now => Found::One(before),
                _ => Found::Several,
            };
        }
        if found != Found::Nobody {
            return found;
        }
    }
    Found::Nobody
}

/// Whose an account is afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    Stays,
    Becomes(IdentityId),
}

/// Decides over the owner. What somebody said by hand stays; an owner found before stays too, unless all is to be
/// considered anew.
#[must_use]
pub fn owner(now: Option<&IdentityId>, by_hand: bool, found: Correlation, anew: bool) -> Owner {
    match (now, found) {
        (Some(_), _) if by_hand || !anew => Owner::Stays,
        (Some(now), Found::One(found)) if *now == found => Owner::Stays,
        (_, Found::One(found)) => Owner::Becomes(found),
        (_, Found::Nobody | Found::Several) => Owner::Stays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::AttributeValue;

    fn id(n: u8) -> IdentityId {
        IdentityId::from_random([n; 16])
    }

    fn rule(account: &str, identity: &str, case_sensitive: bool) -> CorrelationRule {
        CorrelationRule { account: account.to_owned(), identity: identity.to_owned(), case_sensitive }
    }

    /// Who has which value, as each rule compares it.
    fn check(rules: &[CorrelationRule], account: &[(&str, &[&str])], has: &[(usize, &str, u8)], expected: &Found) {
        let attributes = account.iter().map(|(name, values)| {
            let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
            ((*name).to_owned(), AttributeValue::Many(values))
        });
        let attributes: Attributes = attributes.collect();
        let facts = AccountFacts { native_identity: "cn=abby", name: "Abby Smith", attributes: &attributes };
        let who = |at: usize, value: &str| {
            let mut owners = has.iter().filter(|(rule, own, _)| *rule == at && *own == value).map(|(.., n)| *n);
            match (owners.next(), owners.next()) {
                (None, _) => Found::Nobody,
                (Some(one), None) => Found::One(id(one)),
                _ => Found::Several,
            }
        };
        assert_eq!(&correlate(rules, facts, who), expected, "{rules:?} {account:?} {has:?}");
    }

    #[test]
    fn the_first_rule_that_somebody_fits_decides() {
        let rules = [rule("employeeNumber", "number", true), rule("mail", "email", false)];
        let account: &[(&str, &[&str])] = &[("EMPLOYEENUMBER", &["A7"]), ("mail", &["Abby@Acme.com"])];
        let one = |n| Found::One(id(n));
        check(&rules, account, &[(0, "A7", 1), (1, "abby@acme.com", 2)], &one(1));
        check(&rules, account, &[(0, "a7", 1), (1, "abby@acme.com", 2)], &one(2));
        check(&rules, account, &[(1, "Abby@Acme.com", 2)], &Found::Nobody);
        check(&rules, account, &[(0, "A7", 1), (0, "A7", 3), (1, "abby@acme.com", 2)], &Found::Several);
        check(&[], account, &[(0, "A7", 1)], &Found::Nobody);
    }

    #[test]
    fn values_that_say_nothing() {
        let rules = [rule("mail", "email", false), rule("exact", "x", true)];
        check(&rules, &[("mail", &["", "  "])], &[(0, "", 1)], &Found::Nobody);
        check(&rules, &[("exact", &["  "])], &[(1, "  ", 1), (1, "", 1)], &Found::Nobody);
        check(&rules, &[], &[(0, "", 1)], &Found::Nobody);
    }

    #[test]
    fn several_values_must_agree() {
        let rules = [rule("mail", "email", false), rule("nativeIdentity", "dn", false)];
        let two: &[(&str, &[&str])] = &[("mail", &["a@x", "B@x"])];
        check(&rules, two, &[(0, "b@x", 1)], &Found::One(id(1)));
        check(&rules, two, &[(0, "a@x", 1), (0, "b@x", 1)], &Found::One(id(1)));
        // Not the third rule's word either.
        check(&rules, two, &[(0, "a@x", 1), (0, "b@x", 2), (1, "cn=abby", 3)], &Found::Several);
        check(&rules, two, &[(1, "cn=abby", 3)], &Found::One(id(3)));
        check(&[rule("accountName", "name", true)], two, &[(0, "Abby Smith", 4)], &Found::One(id(4)));
    }

    /// Rows: owner, by hand, found, anew, becomes.
    #[test]
    fn owners() {
        let cases = [
            (None, false, Found::One(id(1)), false, Some(1)),
            (None, false, Found::One(id(1)), true, Some(1)),
            (None, false, Found::Several, true, None),
            (None, false, Found::Nobody, true, None),
            (Some(2), false, Found::One(id(1)), false, None),
            (Some(2), false, Found::One(id(1)), true, Some(1)),
            (Some(2), true, Found::One(id(1)), true, None),
            (Some(2), false, Found::One(id(2)), true, None),
            (Some(2), false, Found::Nobody, true, None),
            (Some(2), false, Found::Several, true, None),
        ];
        for (now, by_hand, found, anew, becomes) in cases {
            let expected = becomes.map_or(Owner::Stays, |n| Owner::Becomes(id(n)));
            assert_eq!(owner(now.map(id).as_ref(), by_hand, found.clone(), anew), expected, "{now:?} {found:?} {anew}");
        }
    }
}
