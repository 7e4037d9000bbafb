//! Judges a password: every broken rule, not the first.

use super::context::PolicyContext;
use super::counts::CharacterCounts;
use super::dictionary::Dictionary;
use super::fold::fold;
use super::password_policy::PasswordPolicy;
use super::rules::{self, Subject};
use super::violation::{Rule, Violation};

/// Every rule of the policies that the password breaks; empty when it satisfies all of them.
///
/// Where several policies have the same rule, the strictest broken one is reported. A policy that uses the dictionary
/// refuses nothing when there is none. The order is that of [`Rule`].
#[must_use]
pub fn evaluate(
    policies: &[&PasswordPolicy],
    context: &PolicyContext<'_>,
    dictionary: Option<&Dictionary>,
    password: &str,
) -> Vec<Violation> {
    let folded = fold(password);
    let subject = Subject { counts: CharacterCounts::of(password), folded: &folded, context, dictionary };
    let mut broken = Vec::new();
    for policy in policies {
        for check in rules::ALL {
            check(policy, &subject, &mut |violation| add(&mut broken, violation));
        }
    }
    broken.sort_by_key(|violation| violation.rule);
    broken
}

fn add(broken: &mut Vec<Violation>, new: Violation) {
    // Two choices of character types are seldom one the stricter of the other, so both are told.
    let is_same =
        |old: &Violation| old.rule == new.rule && (old.rule != Rule::MinCharacterTypes || old.message == new.message);
    match broken.iter_mut().find(|old| is_same(old)) {
        Some(old) if new.is_stricter_than(old) => *old = new,
        Some(_) => {}
        None => broken.push(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(policies: &[&PasswordPolicy], password: &str) -> Vec<(&'static str, Option<i64>)> {
        evaluate(policies, &PolicyContext::default(), None, password).iter().map(|v| (v.rule.code(), v.limit)).collect()
    }

    #[test]
    fn every_broken_rule_is_told() {
        let policy = PasswordPolicy { min_upper: 1, min_special: 2, ..PasswordPolicy::form_defaults("P") };
        let expected = [
            ("minLength", Some(8)),
            ("minAlpha", Some(1)),
            ("minNumeric", Some(1)),
            ("minUpper", Some(1)),
            ("minSpecial", Some(2)),
        ];
        assert_eq!(codes(&[&policy], ""), expected);
        assert_eq!(codes(&[&policy], "Abcdef1!!"), []);
    }

    #[test]
    fn of_several_policies_the_strictest_figure_is_told_once() {
        let short = PasswordPolicy { min_length: 8, max_length: 12, ..PasswordPolicy::permissive("A") };
        let long = PasswordPolicy { min_length: 10, max_length: 11, ..PasswordPolicy::permissive("B") };
        for policies in [[&short, &long], [&long, &short]] {
            assert_eq!(codes(&policies, "1234567"), [("minLength", Some(10))]);
            assert_eq!(codes(&policies, "123456789"), [("minLength", Some(10))]);
            assert_eq!(codes(&policies, "1234567890123"), [("maxLength", Some(11))]);
            assert_eq!(codes(&policies, "12345678901"), []);
        }
    }

    #[test]
    fn of_two_word_lengths_the_shorter_is_told() {
        let policy = |length| PasswordPolicy {
            validate_against_account_id: true,
            account_id_min_word_length: length,
            validate_against_account_name: true,
            account_name_min_word_length: length,
            ..PasswordPolicy::permissive("P")
        };
        let context =
            PolicyContext { account_id: Some("abby"), account_name: Some("smith"), ..PolicyContext::default() };
        let limits = |policies: &[&PasswordPolicy]| -> Vec<Option<i64>> {
            evaluate(policies, &context, None, "abbysmith").iter().map(|violation| violation.limit).collect()
        };
        assert_eq!(limits(&[&policy(4), &policy(2)]), [Some(2), Some(2)]);
        assert_eq!(limits(&[&policy(2), &policy(4)]), [Some(2), Some(2)]);
    }

    #[test]
    fn two_choices_of_character_types_are_both_told() {
        let a = PasswordPolicy { min_character_types: 2, ..PasswordPolicy::permissive("A") };
        let b = PasswordPolicy { min_character_types: 3, ..PasswordPolicy::permissive("B") };
        assert_eq!(codes(&[&a, &b, &a], "abc"), [("minCharacterTypes", Some(2)), ("minCharacterTypes", Some(3))]);
    }

    #[test]
    fn no_policy_refuses_nothing() {
        assert_eq!(codes(&[], ""), []);
    }
}
