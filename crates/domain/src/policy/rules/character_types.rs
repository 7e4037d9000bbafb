//! `minCharacterTypes`: k of the four types upper case, lower case, digits, special.
//!
//! With it on, the minima of the four types need not all hold. A type is met when its minimum is reached, or one character
//! where it has no minimum. Of the types with a minimum at least k must be met (all of them when k is greater); when that
//! is fewer than k, any other types make up the number.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation, quantity};

const NAMES: [&str; 4] = ["upper-case letter", "lower-case letter", "digit", "special character"];

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    let Some(types) = policy.character_types() else { return };
    if !types_hold(policy, subject.counts.types()) {
        let message = sentence(types, policy.type_minima());
        broken(Violation { rule: Rule::MinCharacterTypes, limit: Some(types), message });
    }
}

/// Whether counts of the four types satisfy the policy's minima, taken all or k of them as the policy says.
pub(in crate::policy) fn types_hold(policy: &PasswordPolicy, counts: [i64; 4]) -> bool {
    let minima = policy.type_minima();
    let Some(types) = policy.character_types() else {
        return counts.iter().zip(minima).all(|(count, minimum)| *count >= minimum);
    };
    let (mut met, mut asked, mut asked_and_met) = (0, 0, 0);
    for (count, minimum) in counts.into_iter().zip(minima) {
        let is_met = i64::from(count >= minimum.max(1));
        let is_asked = i64::from(minimum > 0);
        met += is_met;
        asked += is_asked;
        asked_and_met += is_met * is_asked;
    }
    met >= types && asked_and_met >= types.min(asked)
}

fn sentence(types: i64, minima: [i64; 4]) -> String {
    let asked: Vec<String> =
        minima.iter().zip(NAMES).filter(|(m, _)| **m > 0).map(|(m, name)| quantity(*m, name)).collect();
    let count = asked.len();
    let list = asked.join(", ");
    if count == 0 {
        format!(
            "The password must contain at least {types} of the 4 character types upper-case letters, lower-case letters, \
             digits and special characters."
        )
    } else if types < i64::try_from(count).unwrap_or(0) {
        format!("The password must meet at least {types} of these {count} minimums: {list}.")
    } else if types == i64::try_from(count).unwrap_or(0) {
        format!("The password must contain at least: {list}.")
    } else {
        format!(
            "The password must contain at least: {list}; and at least {types} of the 4 character types upper-case letters, \
             lower-case letters, digits and special characters."
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::rules::testing::{expect_plain, permissive};
    use crate::policy::{PasswordPolicy, PolicyContext, evaluate};

    fn policy(min_character_types: i64, [min_upper, min_lower, min_numeric, min_special]: [i64; 4]) -> PasswordPolicy {
        PasswordPolicy { min_character_types, min_upper, min_lower, min_numeric, min_special, ..permissive() }
    }

    fn check(types: i64, minima: [i64; 4], password: &str, ok: bool) {
        let codes: &[&str] = if ok { &[] } else { &["minCharacterTypes"] };
        expect_plain(&policy(types, minima), password, codes);
    }

    #[test]
    fn without_minima_any_k_types() {
        check(-1, [0; 4], "", true);
        check(0, [0; 4], "", true);
        check(1, [0; 4], "", false);
        check(1, [0; 4], ":", false);
        check(2, [0; 4], "abc", false);
        check(2, [0; 4], "abC", true);
        check(3, [0; 4], "abC", false);
        check(3, [0; 4], "ab1!", true);
        check(4, [0; 4], "ab1!", false);
        check(4, [0; 4], "aB1!", true);
        check(5, [0; 4], "aB1!", true);
        check(5, [0; 4], "ab1!", false);
    }

    #[test]
    fn with_minima_k_of_those_asked_for() {
        check(3, [1; 4], "aB1", true);
        check(3, [1; 4], "a1", false);
        check(4, [1; 4], "aB1", false);
        check(2, [2, 2, 2, 0], "aabb11", true);
        check(2, [2, 2, 2, 0], "aab1B", false);
        check(2, [1, 0, 1, 0], "ab!", false);
        check(2, [1, 0, 1, 0], "A1", true);
        check(1, [1, 0, 1, 0], "x1", true);
        check(3, [1, 0, 1, 0], "A1", false);
        check(3, [1, 0, 1, 0], "A1!", true);
        check(3, [1, 0, 1, 0], "aA!", false);
        check(4, [2, 0, 0, 0], "Aa1!", false);
        check(4, [2, 0, 0, 0], "AAa1!", true);
    }

    #[test]
    fn sentences() {
        let check = |types, minima, expected: &str| {
            let broken = evaluate(&[&policy(types, minima)], &PolicyContext::default(), None, "");
            assert_eq!(broken[0].message, expected);
        };
        check(
            2,
            [0; 4],
            "The password must contain at least 2 of the 4 character types upper-case letters, lower-case letters, digits \
             and special characters.",
        );
        check(
            2,
            [1, 2, 1, 0],
            "The password must meet at least 2 of these 3 minimums: 1 upper-case letter, 2 lower-case letters, 1 digit.",
        );
        check(2, [1, 0, 0, 2], "The password must contain at least: 1 upper-case letter, 2 special characters.");
        check(
            3,
            [1, 0, 0, 0],
            "The password must contain at least: 1 upper-case letter; and at least 3 of the 4 character types upper-case \
             letters, lower-case letters, digits and special characters.",
        );
    }
}
