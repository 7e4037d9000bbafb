//! Policies that no password can satisfy, and values that make no sense: told when an administrator saves, not when a user
//! types. Whether to refuse or only to warn is the caller's choice.

use std::collections::BTreeSet;

use super::merge::merge;
use super::password_policy::PasswordPolicy;
use super::rules::types_hold;

/// Fields that do not fit together, or one field out of range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Names of the policy fields, as on the wire.
    pub fields: Vec<&'static str>,
    /// Lower case, no full stop.
    pub message: String,
}

/// Contradictions within policies that must hold together; one policy alone is a slice of one.
#[must_use]
pub fn conflicts(policies: &[&PasswordPolicy]) -> Vec<Conflict> {
    let merged = merge(policies);
    let mut found = Vec::new();
    let mut add = |fields: &[&'static str], message| found.push(Conflict { fields: fields.to_vec(), message });
    if let Some(greatest) = merged.greatest_length() {
        if merged.min_length > greatest {
            let message = format!("minLength {} is greater than maxLength {greatest}", merged.min_length);
            add(&["minLength", "maxLength"], message);
        }
        let shortest = shortest_length(policies);
        if shortest > greatest {
            let message = format!("the required characters need {shortest}, more than maxLength {greatest}");
            add(
                &["minAlpha", "minNumeric", "minUpper", "minLower", "minSpecial", "minCharacterTypes", "maxLength"],
                message,
            );
        }
    }
    if merged.enable_passwd_expiration {
        let days = merged.password_expiration;
        if days < 1 {
            add(&["passwordExpiration"], format!("passwordExpiration {days} is less than 1 day"));
        } else if let Some(reminder) = merged.first_expiration_reminder.filter(|reminder| *reminder >= days) {
            let message = format!("firstExpirationReminder {reminder} is not before passwordExpiration {days}");
            add(&["firstExpirationReminder", "passwordExpiration"], message);
        }
    }
    found
}

/// The first thing wrong with one policy; none may be stored with any.
#[must_use]
pub fn first_fault(policy: &PasswordPolicy) -> Option<Conflict> {
    out_of_range(policy).into_iter().chain(conflicts(&[policy])).next()
}

/// The fewest characters that satisfy every policy's minima of letters and character types, `minLength` aside.
#[must_use]
pub fn shortest_length(policies: &[&PasswordPolicy]) -> i64 {
    let letters = policies.iter().map(|p| p.min_alpha).max().unwrap_or(0);
    // Each count need only be 0 or just enough for one of the policies.
    let choices = |at: usize| -> BTreeSet<i64> {
        let minima = policies.iter().filter_map(|p| {
            let minimum = p.type_minima().get(at).copied()?;
            if p.character_types().is_some() { Some(minimum.max(1)) } else { Some(minimum) }
        });
        std::iter::once(0).chain(minima).collect()
    };
    let (uppers, lowers, digits, specials) = (choices(0), choices(1), choices(2), choices(3));
    let mut shortest: Option<i64> = None;
    for &upper in &uppers {
        for &lower in &lowers {
            for &digit in &digits {
                for &special in &specials {
                    if policies.iter().all(|p| types_hold(p, [upper, lower, digit, special])) {
                        let cased = upper.saturating_add(lower).max(letters);
                        let length = cased.saturating_add(digit).saturating_add(special);
                        shortest = Some(shortest.map_or(length, |known| known.min(length)));
                    }
                }
            }
        }
    }
    shortest.unwrap_or(i64::MAX)
}

/// Fields below the lowest value the wire gives a meaning. Such a value counts as off; this tells it was not meant so.
#[must_use]
pub fn out_of_range(policy: &PasswordPolicy) -> Vec<Conflict> {
    [
        ("minLength", policy.min_length, 0),
        ("maxLength", policy.max_length, 0),
        ("minAlpha", policy.min_alpha, 0),
        ("minNumeric", policy.min_numeric, 0),
        ("minUpper", policy.min_upper, 0),
        ("minLower", policy.min_lower, 0),
        ("minSpecial", policy.min_special, 0),
        ("passwordExpiration", policy.password_expiration, 0),
        ("firstExpirationReminder", policy.first_expiration_reminder.unwrap_or(0), 0),
        ("minCharacterTypes", policy.min_character_types, -1),
        ("maxRepeatedChars", policy.max_repeated_chars, -1),
        ("accountIdMinWordLength", policy.account_id_min_word_length, -1),
        ("accountNameMinWordLength", policy.account_name_min_word_length, -1),
    ]
    .into_iter()
    .filter(|(_, value, lowest)| value < lowest)
    .map(|(field, value, lowest)| Conflict {
        fields: vec![field],
        message: format!("{field} {value} is less than {lowest}"),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off() -> PasswordPolicy {
        PasswordPolicy::permissive("P")
    }

    #[test]
    fn contradictions() {
        let check = |policies: &[&PasswordPolicy], expected: &[&str]| {
            let found: Vec<String> = conflicts(policies).into_iter().map(|conflict| conflict.message).collect();
            assert_eq!(found, expected);
        };
        let at_most_8 = PasswordPolicy { max_length: 8, ..off() };
        let at_least_12 = PasswordPolicy { min_length: 12, ..off() };
        check(&[], &[]);
        check(&[&off()], &[]);
        check(&[&PasswordPolicy::form_defaults("P")], &[]);
        check(&[&at_most_8], &[]);
        check(&[&at_most_8, &at_least_12], &["minLength 12 is greater than maxLength 8"]);
        check(&[&PasswordPolicy { min_length: 8, ..at_most_8.clone() }], &[]);
        check(&[&PasswordPolicy { min_numeric: 5, min_special: 2, min_upper: 1, ..at_most_8.clone() }], &[]);
        check(
            &[&PasswordPolicy { min_numeric: 5, min_special: 2, min_upper: 1, min_lower: 1, ..at_most_8.clone() }],
            &["the required characters need 9, more than maxLength 8"],
        );
        check(
            &[&at_most_8, &PasswordPolicy { min_alpha: 9, min_length: 9, ..off() }],
            &["minLength 9 is greater than maxLength 8", "the required characters need 9, more than maxLength 8"],
        );
        check(
            &[&PasswordPolicy { enable_passwd_expiration: true, password_expiration: 0, ..off() }],
            &["passwordExpiration 0 is less than 1 day"],
        );
        let reminder = PasswordPolicy {
            enable_passwd_expiration: true,
            password_expiration: 8,
            first_expiration_reminder: Some(8),
            ..off()
        };
        check(&[&reminder], &["firstExpirationReminder 8 is not before passwordExpiration 8"]);
        check(&[&PasswordPolicy { enable_passwd_expiration: false, ..reminder }], &[]);
    }

    #[test]
    fn shortest() {
        let check = |policies: &[&PasswordPolicy], expected| assert_eq!(shortest_length(policies), expected);
        let policy = |min_alpha, min_character_types, [min_upper, min_lower, min_numeric, min_special]: [i64; 4]| {
            PasswordPolicy { min_alpha, min_character_types, min_upper, min_lower, min_numeric, min_special, ..off() }
        };
        check(&[], 0);
        check(&[&policy(0, -1, [1, 2, 3, 4])], 10);
        check(&[&policy(5, -1, [1, 2, 3, 4])], 12);
        check(&[&policy(0, 2, [5, 2, 3, 4])], 5);
        check(&[&policy(7, 2, [5, 2, 9, 4])], 7);
        check(&[&policy(0, 2, [0; 4])], 2);
        check(&[&policy(0, 2, [9, 0, 0, 0])], 10);
        check(&[&policy(0, 1, [0, 0, 3, 2]), &policy(0, -1, [0, 0, 3, 0])], 3);
        check(&[&policy(i64::MAX, -1, [i64::MAX; 4])], i64::MAX);
    }

    #[test]
    fn ranges() {
        let fields = |policy: &PasswordPolicy| -> Vec<&str> {
            out_of_range(policy).into_iter().flat_map(|conflict| conflict.fields).collect()
        };
        assert_eq!(fields(&off()), [""; 0]);
        assert_eq!(
            fields(&PasswordPolicy { min_length: -1, max_repeated_chars: -2, ..off() }),
            ["minLength", "maxRepeatedChars"]
        );
        assert_eq!(out_of_range(&PasswordPolicy { min_upper: -3, ..off() })[0].message, "minUpper -3 is less than 0");
    }
}
