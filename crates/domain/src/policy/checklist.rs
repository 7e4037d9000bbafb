//! The rules of a policy as a list to be shown before a password is typed, each with its figure.

use super::password_policy::PasswordPolicy;
use super::violation::Rule;

/// One rule that is on. `limit` is the policy's figure where the rule has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedRule {
    pub rule: Rule,
    pub limit: Option<i64>,
}

/// Every rule of the policy that is on, in the order of [`Rule`]. `with_dictionary`: there is one to look words up in.
#[must_use]
pub fn checklist(policy: &PasswordPolicy, with_dictionary: bool) -> Vec<ListedRule> {
    let least = |minimum: i64| (minimum > 0).then_some(Some(minimum));
    let flag = |on: bool| on.then_some(None);
    // Where only some character types are wanted, their minima hold together in that rule.
    let by_type = policy.character_types().is_some();
    let of_type = |minimum: i64| if by_type { None } else { least(minimum) };
    [
        (Rule::MinLength, least(policy.min_length)),
        (Rule::MaxLength, policy.greatest_length().map(Some)),
        (Rule::MinAlpha, least(policy.min_alpha)),
        (Rule::MinNumeric, of_type(policy.min_numeric)),
        (Rule::MinUpper, of_type(policy.min_upper)),
        (Rule::MinLower, of_type(policy.min_lower)),
        (Rule::MinSpecial, of_type(policy.min_special)),
        (Rule::MinCharacterTypes, policy.character_types().map(Some)),
        (Rule::MaxRepeatedChars, policy.longest_run().map(Some)),
        (Rule::UseDictionary, flag(policy.use_dictionary && with_dictionary)),
        (Rule::ValidateAgainstAccountId, flag(policy.validate_against_account_id)),
        (Rule::ValidateAgainstAccountName, flag(policy.validate_against_account_name)),
        (Rule::UseAccountAttributes, flag(policy.use_account_attributes)),
        (Rule::UseIdentityAttributes, flag(policy.use_identity_attributes)),
    ]
    .into_iter()
    .filter_map(|(rule, on)| on.map(|limit| ListedRule { rule, limit }))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyContext, evaluate};

    fn codes(policy: &PasswordPolicy) -> Vec<(&'static str, Option<i64>)> {
        checklist(policy, true).iter().map(|listed| (listed.rule.code(), listed.limit)).collect()
    }

    #[test]
    fn table() {
        let off = PasswordPolicy::permissive("off");
        assert_eq!(codes(&off), []);
        let form = PasswordPolicy::form_defaults("form");
        assert_eq!(codes(&form), [("minLength", Some(8)), ("minAlpha", Some(1)), ("minNumeric", Some(1))]);
        let words = PasswordPolicy { use_dictionary: true, max_length: 20, ..off };
        assert_eq!(codes(&words), [("maxLength", Some(20)), ("useDictionary", None)]);
        assert_eq!(checklist(&words, false).len(), 1, "without a dictionary nothing is refused");
        let types = PasswordPolicy { min_character_types: 3, min_upper: 1, ..form };
        assert_eq!(
            codes(&types),
            [("minLength", Some(8)), ("minAlpha", Some(1)), ("minCharacterTypes", Some(3))],
            "the minima of the types are not asked for one by one"
        );
    }

    /// What can be broken is listed: a person is never told of a rule only afterwards.
    #[test]
    fn every_broken_rule_is_listed() {
        let form = PasswordPolicy::form_defaults("form");
        let policies = [
            form.clone(),
            PasswordPolicy { min_upper: 2, min_lower: 2, min_special: 1, max_repeated_chars: 2, ..form.clone() },
            PasswordPolicy { min_character_types: 2, min_upper: 1, min_special: 1, max_length: 4, ..form },
        ];
        for policy in &policies {
            let listed: Vec<_> = checklist(policy, false).iter().map(|listed| listed.rule).collect();
            for password in ["", "aaa", "AAAAAAAAAA", "1111111", "!!!!!!!!!!!!!!!!!!!!!!!!!!"] {
                for broken in evaluate(&[policy], &PolicyContext::default(), None, password) {
                    assert!(listed.contains(&broken.rule), "{:?} of {password:?} is not in {listed:?}", broken.rule);
                }
            }
        }
    }
}
