//! Properties of the rules taken together, over random policies and passwords.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select as one_of;

use super::{
    Dictionary, PasswordPolicy, PolicyContext, Rule, conflicts, describe, evaluate, merge, shortest_length, suggest,
};

fn minimum() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0), 4 => 1..4_i64, 1 => -2..0_i64]
}

fn policies_with(types: impl Strategy<Value = i64>) -> impl Strategy<Value = PasswordPolicy> {
    let minima = (minimum(), minimum(), minimum(), minimum(), minimum());
    let word_lengths = (-1..6_i64, -1..6_i64);
    let lengths = (prop_oneof![Just(0), 1..10_i64], prop_oneof![Just(0), 1..24_i64], -1..4_i64);
    (types, minima, lengths, word_lengths, vec(any::<bool>(), 5)).prop_map(|(types, minima, lengths, words, flags)| {
        PasswordPolicy {
            min_character_types: types,
            min_alpha: minima.0,
            min_upper: minima.1,
            min_lower: minima.2,
            min_numeric: minima.3,
            min_special: minima.4,
            min_length: lengths.0,
            max_length: lengths.1,
            max_repeated_chars: lengths.2,
            account_id_min_word_length: words.0,
            account_name_min_word_length: words.1,
            validate_against_account_id: flags[0],
            validate_against_account_name: flags[1],
            use_account_attributes: flags[2],
            use_identity_attributes: flags[3],
            use_dictionary: flags[4],
            ..PasswordPolicy::permissive("P")
        }
    })
}

fn any_types() -> impl Strategy<Value = i64> {
    prop_oneof![Just(-1), -1..6_i64]
}

/// Passwords near the rules' edges: short pieces of every class, some of them words that the context forbids.
fn near_passwords() -> impl Strategy<Value = String> {
    let pieces =
        ["A", "b", "7", "!", ":", "ß", "漢", "bb", "QQQ", "99", "Abby", "smith", "nurse", "rome", "spring", "xyz"];
    vec(one_of(pieces.to_vec()), 0..10).prop_map(|pieces| pieces.concat())
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::parse(b"spring\nqq").unwrap());

fn context() -> PolicyContext<'static> {
    PolicyContext {
        identity_attributes: vec!["Rome", "555-555-1234"],
        account_attributes: vec!["Nurse"],
        account_id: Some("cn=Abby,o=xy"),
        account_name: Some("A Smith"),
    }
}

fn broken(policies: &[&PasswordPolicy], password: &str) -> Vec<Rule> {
    evaluate(policies, &context(), Some(&DICTIONARY), password).into_iter().map(|violation| violation.rule).collect()
}

/// The policies with one rule each whose breaches together are those of `policy`.
fn single_rules(policy: &PasswordPolicy) -> Vec<PasswordPolicy> {
    let off = PasswordPolicy::permissive("one");
    let p = policy;
    let types = if p.min_character_types > 0 {
        vec![PasswordPolicy {
            min_character_types: p.min_character_types,
            min_upper: p.min_upper,
            min_lower: p.min_lower,
            min_numeric: p.min_numeric,
            min_special: p.min_special,
            ..off.clone()
        }]
    } else {
        vec![
            PasswordPolicy { min_upper: p.min_upper, ..off.clone() },
            PasswordPolicy { min_lower: p.min_lower, ..off.clone() },
            PasswordPolicy { min_numeric: p.min_numeric, ..off.clone() },
            PasswordPolicy { min_special: p.min_special, ..off.clone() },
        ]
    };
    let rest = [
        PasswordPolicy { min_length: p.min_length, ..off.clone() },
        PasswordPolicy { max_length: p.max_length, ..off.clone() },
        PasswordPolicy { min_alpha: p.min_alpha, ..off.clone() },
        PasswordPolicy { max_repeated_chars: p.max_repeated_chars, ..off.clone() },
        PasswordPolicy { use_dictionary: p.use_dictionary, ..off.clone() },
        PasswordPolicy { use_account_attributes: p.use_account_attributes, ..off.clone() },
        PasswordPolicy { use_identity_attributes: p.use_identity_attributes, ..off.clone() },
        PasswordPolicy {
            validate_against_account_id: p.validate_against_account_id,
            account_id_min_word_length: p.account_id_min_word_length,
            ..off.clone()
        },
        PasswordPolicy {
            validate_against_account_name: p.validate_against_account_name,
            account_name_min_word_length: p.account_name_min_word_length,
            ..off
        },
    ];
    types.into_iter().chain(rest).collect()
}

/// A password with every minimum met exactly, no two equal neighbours, filled up to `length` with a character of no class.
fn witness(policy: &PasswordPolicy, length: i64) -> String {
    let run = |set: &str, count: i64| -> String {
        set.chars().cycle().take(usize::try_from(count.max(0)).unwrap()).collect()
    };
    let [upper, lower, digits, special] = policy.type_minima();
    let letters = (policy.min_alpha - upper - lower).max(0);
    let text = [run("XZ", upper), run("xz", lower + letters), run("83", digits), run("!?", special)].concat();
    let missing = length - i64::try_from(text.chars().count()).unwrap();
    text + &run("£:", missing)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// What is suggested satisfies the policies; and where one policy can be satisfied, something is suggested.
    #[test]
    fn suggestions_satisfy(first in policies_with(any_types()), second in policies_with(any_types()), seed in any::<u64>()) {
        let mut state = seed;
        let mut fill = |out: &mut [u8]| for byte in out {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        };
        let judges = [(&first, context()), (&second, context())];
        if let Some(password) = suggest(&judges, Some(&DICTIONARY), &mut fill) {
            prop_assert_eq!(broken(&[&first, &second], &password), vec![], "{}", password);
        }
        if conflicts(&[&first]).is_empty() {
            prop_assert!(suggest(&judges[..1], Some(&DICTIONARY), &mut fill).is_some());
        }
    }

    #[test]
    fn any_text_is_judged_without_panic_and_never_repeated(policy in policies_with(any_types()), password in any::<String>()) {
        let attributes = PolicyContext {
            identity_attributes: vec![&password],
            account_attributes: vec![&password],
            account_id: Some(&password),
            account_name: Some(&password),
        };
        for violation in evaluate(&[&policy], &attributes, Some(&DICTIONARY), &password) {
            let spoken_of = password.chars().count() > 3 && violation.message.contains(&password);
            prop_assert!(!spoken_of, "{violation}");
        }
    }

    #[test]
    fn all_broken_rules_are_the_union_of_single_checks(policy in policies_with(any_types()), password in near_passwords()) {
        let mut union: Vec<Rule> = single_rules(&policy).iter().flat_map(|one| broken(&[one], &password)).collect();
        union.sort();
        prop_assert_eq!(broken(&[&policy], &password), union);
    }

    #[test]
    fn several_policies_break_where_any_does(
        policies in vec(policies_with(any_types()), 0..4),
        password in near_passwords(),
    ) {
        let all: Vec<&PasswordPolicy> = policies.iter().collect();
        let mut each: Vec<Rule> = all.iter().flat_map(|one| broken(&[one], &password)).collect();
        each.sort();
        each.dedup();
        let mut together = broken(&all, &password);
        together.dedup();
        prop_assert_eq!(together, each);
    }

    #[test]
    fn merged_is_exact_without_character_types(
        policies in vec(policies_with(Just(-1)), 1..4),
        password in near_passwords(),
    ) {
        let all: Vec<&PasswordPolicy> = policies.iter().collect();
        prop_assert_eq!(broken(&[&merge(&all)], &password), broken(&all, &password));
    }

    #[test]
    fn merged_is_exact_when_character_types_agree(
        policies in vec(policies_with(Just(-1)), 1..4),
        model in policies_with(1..6_i64),
        password in near_passwords(),
    ) {
        let same: Vec<PasswordPolicy> = policies
            .into_iter()
            .map(|p| PasswordPolicy {
                min_character_types: model.min_character_types,
                min_upper: model.min_upper,
                min_lower: model.min_lower,
                min_numeric: model.min_numeric,
                min_special: model.min_special,
                ..p
            })
            .collect();
        let all: Vec<&PasswordPolicy> = same.iter().collect();
        prop_assert_eq!(broken(&[&merge(&all)], &password), broken(&all, &password));
    }

    #[test]
    fn merged_is_never_looser(policies in vec(policies_with(any_types()), 1..4), password in near_passwords()) {
        let all: Vec<&PasswordPolicy> = policies.iter().collect();
        if broken(&[&merge(&all)], &password).is_empty() {
            prop_assert_eq!(broken(&all, &password), vec![]);
        }
    }

    #[test]
    fn merging_again_changes_nothing(policies in vec(policies_with(any_types()), 1..4)) {
        let all: Vec<&PasswordPolicy> = policies.iter().collect();
        let merged = merge(&all);
        prop_assert_eq!(&merge(&[&merged]), &merged);
        prop_assert_eq!(describe(&[&merged]), describe(&all));
    }

    #[test]
    fn what_satisfies_the_counts_is_accepted_and_each_breach_is_found(policy in policies_with(Just(-1))) {
        let needed = shortest_length(&[&policy]);
        let length = needed.max(policy.min_length);
        prop_assume!(policy.greatest_length().is_none_or(|greatest| length <= greatest));
        prop_assert!(conflicts(&[&policy]).is_empty());
        let good = witness(&policy, length);
        prop_assert_eq!(broken(&[&policy], &good), vec![]);

        let without = |class: fn(char) -> bool| good.chars().map(|c| if class(c) { '£' } else { c }).collect::<String>();
        let breaches = [
            (Rule::MinAlpha, policy.min_alpha > 0, without(char::is_alphabetic)),
            (Rule::MinUpper, policy.min_upper > 0, without(char::is_uppercase)),
            (Rule::MinLower, policy.min_lower > 0, without(char::is_lowercase)),
            (Rule::MinNumeric, policy.min_numeric > 0, without(|c| c.is_ascii_digit())),
            (Rule::MinSpecial, policy.min_special > 0, without(|c| "!?".contains(c))),
            (Rule::MinLength, policy.min_length > 0, String::new()),
            (Rule::MaxLength, policy.max_length > 0, good.clone() + &"£:".repeat(12)),
            (Rule::MaxRepeatedChars, policy.max_repeated_chars >= 0, good.clone() + "££££"),
            (Rule::UseDictionary, policy.use_dictionary, good.clone() + "sPrInG"),
            (Rule::UseAccountAttributes, policy.use_account_attributes, good.clone() + "nursE"),
            (Rule::UseIdentityAttributes, policy.use_identity_attributes, good.clone() + "5555551234"),
            (Rule::ValidateAgainstAccountId, policy.validate_against_account_id && policy.account_id_min_word_length < 5, good.clone() + "ABBY"),
            (Rule::ValidateAgainstAccountName, policy.validate_against_account_name, good.clone() + "sMITH"),
        ];
        for (rule, is_on, bad) in breaches {
            prop_assert_eq!(broken(&[&policy], &bad).contains(&rule), is_on, "{:?} {:?}", rule, bad);
        }
    }

}

proptest! {
    // Each case judges up to 256 passwords.
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_conflict_of_length_means_a_password_exists(policy in policies_with(any_types())) {
        // Every count of every type up to 3, the shortest filled up: one of them passes unless a conflict is told.
        let plain = PasswordPolicy {
            use_dictionary: false,
            use_account_attributes: false,
            use_identity_attributes: false,
            validate_against_account_id: false,
            validate_against_account_name: false,
            ..policy
        };
        let exists = (0..256_i64).any(|n| {
            let [upper, lower, digits, special] = [n % 4, n / 4 % 4, n / 16 % 4, n / 64];
            let counts = PasswordPolicy {
                min_upper: upper,
                min_lower: lower,
                min_numeric: digits,
                min_special: special,
                min_alpha: plain.min_alpha,
                ..PasswordPolicy::permissive("counts")
            };
            broken(&[&plain], &witness(&counts, plain.min_length)).is_empty()
        });
        prop_assert_eq!(exists, conflicts(&[&plain]).is_empty());
    }
}
