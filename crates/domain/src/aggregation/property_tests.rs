//! Random rules, accounts and identities.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::directory::{AttributeValue, Attributes, Identity, IdentityStatus};
use crate::ids::IdentityId;

const NAMES: [&str; 4] = ["mail", "number", "alias", "nativeIdentity"];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just(" ".to_owned()), "[abAB]{1,2}", Just("ａ".to_owned())]
}

fn rule() -> impl Strategy<Value = CorrelationRule> {
    (0..NAMES.len(), 0..NAMES.len(), any::<bool>()).prop_map(|(account, identity, case_sensitive)| CorrelationRule {
        account: NAMES[account].to_owned(),
        identity: NAMES[identity].to_owned(),
        case_sensitive,
    })
}

fn attributes() -> impl Strategy<Value = Attributes> {
    prop::collection::btree_map(
        (0..NAMES.len()).prop_map(|at| NAMES[at].to_owned()),
        prop_oneof![
            value().prop_map(AttributeValue::One),
            prop::collection::vec(value(), 0..3).prop_map(AttributeValue::Many)
        ],
        0..4,
    )
}

fn identity() -> impl Strategy<Value = Identity> {
    (value(), prop::collection::btree_map((0..NAMES.len()).prop_map(|at| NAMES[at].to_owned()), value(), 0..4))
        .prop_map(|(alias, attributes): (String, BTreeMap<String, String>)| Identity {
            id: IdentityId::from_random([0; 16]),
            alias,
            name: String::new(),
            email: None,
            status: IdentityStatus::Active,
            levels: BTreeSet::new(),
            attributes,
        })
}

proptest! {
    /// Whoever is found has the very value under the first rule that anybody fits, and nobody else has it.
    #[test]
    fn only_the_one_who_fits_is_found(
        rules in prop::collection::vec(rule(), 0..4),
        attributes in attributes(),
        native_identity in "[abAB]{1,2}",
        mut people in prop::collection::vec(identity(), 0..6),
    ) {
        for (at, person) in people.iter_mut().enumerate() {
            person.id = IdentityId::from_random([u8::try_from(at).unwrap_or(0) + 1; 16]);
        }
        let account = AccountFacts { native_identity: &native_identity, name: "", attributes: &attributes };
        let has = |rule: &CorrelationRule, value: &str| -> BTreeSet<IdentityId> {
            let fits = |person: &&Identity| {
                identity_value(person, &rule.identity).and_then(|own| rule.compared(own)).as_deref() == Some(value)
            };
            people.iter().filter(fits).map(|person| person.id.clone()).collect()
        };
        let found = correlate(&rules, account, |at, value| {
            let all = has(&rules[at], value);
            match all.len() {
                0 => Found::Nobody,
                1 => Found::One(all.into_iter().next().unwrap()),
                _ => Found::Several,
            }
        });
        // The same, said otherwise: all who fit a rule, rule by rule.
        let fitting = rules.iter().map(|rule| {
            let values = account.values(&rule.account);
            values.into_iter().filter_map(|value| rule.compared(value)).flat_map(|value| has(rule, &value)).collect()
        });
        let first: BTreeSet<IdentityId> = fitting.into_iter().find(|all: &BTreeSet<_>| !all.is_empty()).unwrap_or_default();
        let expected = match first.len() {
            0 => Found::Nobody,
            1 => Found::One(first.into_iter().next().unwrap()),
            _ => Found::Several,
        };
        prop_assert_eq!(found, expected);
    }

    /// The fewer are gone, the sooner they may go; a word of an administrator always does.
    #[test]
    fn the_safety_stop_is_monotonic(known in 0..10_000_u64, gone in 0..10_000_u64, limit in 0..=100_u8) {
        let may = |gone, limit| may_remove(known, gone, limit, false);
        prop_assert!(may_remove(known, gone, limit, true));
        if may(gone, limit) {
            prop_assert!(may(gone.saturating_sub(1), limit) && may(gone, limit.saturating_add(1)));
            prop_assert!(gone * 100 <= known * u64::from(limit));
        } else {
            prop_assert!(!may(gone + 1, limit) && !may(gone, limit.saturating_sub(1)));
        }
    }

    /// The key of a name is its own key: nothing is folded twice.
    #[test]
    fn a_key_is_a_fixed_point(name in "[a-cA-C=,; +\\\\]{0,16}") {
        let key = native_key(&name, true);
        prop_assert_eq!(native_key(&key, true), key);
    }
}
