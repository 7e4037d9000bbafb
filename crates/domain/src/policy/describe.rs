//! The `policies` strings of a password-info query: `"<key> is <value>"`.
//!
//! The first four keys are the documented ones, in the documented order; the others follow their pattern. A rule that is
//! off is left out. The yes-or-no rules have no such string.

use super::merge::merge;
use super::password_policy::PasswordPolicy;

/// The strings of the policies that hold together: the strictest value per key.
#[must_use]
pub fn describe(policies: &[&PasswordPolicy]) -> Vec<String> {
    let policy = merge(policies);
    let on = |minimum: i64| (minimum > 0).then_some(minimum);
    [
        ("passwordRepeatedChar", policy.longest_run()),
        ("passwordMinAlpha", on(policy.min_alpha)),
        ("passwordMinLength", on(policy.min_length)),
        ("passwordMinNumeric", on(policy.min_numeric)),
        ("passwordMaxLength", policy.greatest_length()),
        ("passwordMinUpper", on(policy.min_upper)),
        ("passwordMinLower", on(policy.min_lower)),
        ("passwordMinSpecial", on(policy.min_special)),
        ("passwordMinCharType", policy.character_types()),
    ]
    .into_iter()
    .filter_map(|(key, value)| value.map(|value| format!("{key} is {value}")))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::{PasswordPolicy, describe};

    #[test]
    fn table() {
        let check = |policies: &[&PasswordPolicy], expected: &[&str]| assert_eq!(describe(policies), expected);
        let off = PasswordPolicy::permissive("off");
        let form = PasswordPolicy::form_defaults("form");
        let full = PasswordPolicy {
            max_repeated_chars: 2,
            max_length: 20,
            min_upper: 1,
            min_lower: 2,
            min_special: 3,
            min_character_types: 3,
            use_dictionary: true,
            ..form.clone()
        };
        let other = PasswordPolicy { min_length: 12, max_length: 16, max_repeated_chars: 4, ..off.clone() };
        check(&[], &[]);
        check(&[&off], &[]);
        check(&[&form], &["passwordMinAlpha is 1", "passwordMinLength is 8", "passwordMinNumeric is 1"]);
        check(
            &[&full],
            &[
                "passwordRepeatedChar is 2",
                "passwordMinAlpha is 1",
                "passwordMinLength is 8",
                "passwordMinNumeric is 1",
                "passwordMaxLength is 20",
                "passwordMinUpper is 1",
                "passwordMinLower is 2",
                "passwordMinSpecial is 3",
                "passwordMinCharType is 3",
            ],
        );
        check(&[&other], &["passwordRepeatedChar is 4", "passwordMinLength is 12", "passwordMaxLength is 16"]);
        check(
            &[&form, &other, &PasswordPolicy { max_repeated_chars: 3, ..off.clone() }],
            &[
                "passwordRepeatedChar is 3",
                "passwordMinAlpha is 1",
                "passwordMinLength is 12",
                "passwordMinNumeric is 1",
                "passwordMaxLength is 16",
            ],
        );
    }
}
