//! One policy that stands for several: the strictest value of each field.
//!
//! Its use is to be shown: one check list for a group, one list of strings for a query. [`super::evaluate`] takes the
//! policies themselves and is exact.
//!
//! The merged policy is never looser than the policies together. It is stricter in one case only: when one of them wants
//! k of the character types and another wants different minima, the merged one wants every minimum of both.

use std::collections::BTreeSet;

use super::password_policy::{OFF, PasswordPolicy};
use super::words::min_word_length;

/// The strictest value of each field; all off for no policy at all. The merged policy has no id and no dates.
#[must_use]
pub fn merge(policies: &[&PasswordPolicy]) -> PasswordPolicy {
    let names: BTreeSet<&str> = policies.iter().map(|p| p.name.as_str()).collect();
    let any = |flag: fn(&PasswordPolicy) -> bool| policies.iter().any(|p| flag(p));
    let most = |value: fn(&PasswordPolicy) -> i64| policies.iter().map(|p| value(p)).max().unwrap_or(0).max(0);
    let least = |value: &dyn Fn(&PasswordPolicy) -> Option<i64>| policies.iter().filter_map(|p| value(p)).min();
    let expires = |p: &PasswordPolicy| p.enable_passwd_expiration;
    let (min_character_types, [min_upper, min_lower, min_numeric, min_special]) = merge_types(policies);
    PasswordPolicy {
        name: names.into_iter().collect::<Vec<_>>().join(" + "),
        min_length: most(|p| p.min_length),
        max_length: least(&PasswordPolicy::greatest_length).unwrap_or(0),
        min_alpha: most(|p| p.min_alpha),
        min_character_types,
        min_upper,
        min_lower,
        min_numeric,
        min_special,
        max_repeated_chars: least(&PasswordPolicy::longest_run).unwrap_or(OFF),
        use_account_attributes: any(|p| p.use_account_attributes),
        use_identity_attributes: any(|p| p.use_identity_attributes),
        use_dictionary: any(|p| p.use_dictionary),
        validate_against_account_id: any(|p| p.validate_against_account_id),
        account_id_min_word_length: least(&|p| {
            p.validate_against_account_id.then(|| min_word_length(p.account_id_min_word_length))
        })
        .unwrap_or(OFF),
        validate_against_account_name: any(|p| p.validate_against_account_name),
        account_name_min_word_length: least(&|p| {
            p.validate_against_account_name.then(|| min_word_length(p.account_name_min_word_length))
        })
        .unwrap_or(OFF),
        enable_passwd_expiration: any(expires),
        password_expiration: least(&|p| expires(p).then_some(p.password_expiration))
            .unwrap_or(PasswordPolicy::default().password_expiration),
        first_expiration_reminder: policies
            .iter()
            .filter(|p| expires(p))
            .filter_map(|p| p.first_expiration_reminder)
            .max(),
        require_strong_authn: any(|p| p.require_strong_authn),
        require_strong_auth_off_network: any(|p| p.require_strong_auth_off_network),
        require_strong_auth_untrusted_geographies: any(|p| p.require_strong_auth_untrusted_geographies),
        source_ids: policies.iter().flat_map(|p| &p.source_ids).collect::<BTreeSet<_>>().into_iter().cloned().collect(),
        ..PasswordPolicy::default()
    }
}

/// `minCharacterTypes` and the minima of the four types.
fn merge_types(policies: &[&PasswordPolicy]) -> (i64, [i64; 4]) {
    let wishes: BTreeSet<(Option<i64>, [i64; 4])> = policies
        .iter()
        .map(|p| (p.character_types(), p.type_minima()))
        .filter(|wish| *wish != (None, [0; 4]))
        .collect();
    let mut minima = [0; 4];
    for (_, wish) in &wishes {
        for (merged, wished) in minima.iter_mut().zip(wish) {
            *merged = (*merged).max(*wished);
        }
    }
    let most_types = wishes.iter().filter_map(|(types, _)| *types).max();
    let types = match most_types {
        None => OFF,
        Some(types) if wishes.len() == 1 => types,
        // As many as there are minima: all of them hold, so each policy's own choice does.
        Some(types) => types.max(minima.iter().map(|m| i64::from(*m > 0)).sum()),
    };
    (types, minima)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off() -> PasswordPolicy {
        PasswordPolicy::permissive("P")
    }

    fn check(policies: &[PasswordPolicy], expected: PasswordPolicy) {
        let policies: Vec<&PasswordPolicy> = policies.iter().collect();
        let expected =
            PasswordPolicy { name: if policies.is_empty() { String::new() } else { "P".into() }, ..expected };
        assert_eq!(merge(&policies), expected);
        let backwards: Vec<&PasswordPolicy> = policies.iter().rev().copied().collect();
        assert_eq!(merge(&backwards), expected);
    }

    #[test]
    fn table() {
        check(&[], off());
        check(&[off()], off());
        check(&[off(), PasswordPolicy::form_defaults("P")], PasswordPolicy::form_defaults("P"));
        check(
            &[
                PasswordPolicy { min_length: 8, max_length: 0, max_repeated_chars: -1, ..off() },
                PasswordPolicy { min_length: 6, max_length: 30, max_repeated_chars: 3, ..off() },
                PasswordPolicy { min_length: -4, max_length: 20, max_repeated_chars: 0, ..off() },
            ],
            PasswordPolicy { min_length: 8, max_length: 20, max_repeated_chars: 1, ..off() },
        );
        check(
            &[
                PasswordPolicy { validate_against_account_id: true, account_id_min_word_length: 5, ..off() },
                PasswordPolicy { validate_against_account_id: true, account_id_min_word_length: -1, ..off() },
                PasswordPolicy { validate_against_account_id: false, account_id_min_word_length: 1, ..off() },
            ],
            PasswordPolicy { validate_against_account_id: true, account_id_min_word_length: 3, ..off() },
        );
        check(
            &[
                PasswordPolicy { enable_passwd_expiration: true, password_expiration: 60, ..off() },
                PasswordPolicy {
                    enable_passwd_expiration: true,
                    password_expiration: 80,
                    first_expiration_reminder: Some(9),
                    ..off()
                },
                PasswordPolicy { password_expiration: 7, first_expiration_reminder: Some(20), ..off() },
            ],
            PasswordPolicy {
                enable_passwd_expiration: true,
                password_expiration: 60,
                first_expiration_reminder: Some(9),
                ..off()
            },
        );
        check(
            &[
                PasswordPolicy { source_ids: vec!["b".into(), "a".into()], require_strong_authn: true, ..off() },
                PasswordPolicy { source_ids: vec!["a".into()], use_dictionary: true, ..off() },
            ],
            PasswordPolicy {
                source_ids: vec!["a".into(), "b".into()],
                require_strong_authn: true,
                use_dictionary: true,
                ..off()
            },
        );
    }

    #[test]
    fn character_types() {
        let policy = |min_character_types, [min_upper, min_lower, min_numeric, min_special]: [i64; 4]| PasswordPolicy {
            min_character_types,
            min_upper,
            min_lower,
            min_numeric,
            min_special,
            ..off()
        };
        check(&[policy(-1, [1, 0, 2, 0]), policy(-1, [0, 1, 1, 0])], policy(-1, [1, 1, 2, 0]));
        check(&[policy(2, [1, 1, 1, 0]), policy(-1, [0; 4]), policy(2, [1, 1, 1, 0])], policy(2, [1, 1, 1, 0]));
        check(&[policy(2, [1, 1, 1, 0]), policy(-1, [0, 0, 2, 0])], policy(3, [1, 1, 2, 0]));
        check(&[policy(2, [0; 4]), policy(3, [0; 4])], policy(3, [0; 4]));
        check(&[policy(9, [0; 4])], policy(4, [0; 4]));
    }

    #[test]
    fn the_name_tells_the_parts() {
        let (a, b) = (PasswordPolicy::permissive("B"), PasswordPolicy::permissive("A"));
        assert_eq!(merge(&[&a, &b, &a]).name, "A + B");
    }
}
