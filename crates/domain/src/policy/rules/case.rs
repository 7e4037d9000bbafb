//! `minUpper` and `minLower`: letters with Unicode's upper- or lower-case property. With `minCharacterTypes` on, that rule
//! judges them.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation, quantity};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    if policy.character_types().is_some() {
        return;
    }
    let rows = [
        (Rule::MinUpper, subject.counts.upper, policy.min_upper, "upper-case letter"),
        (Rule::MinLower, subject.counts.lower, policy.min_lower, "lower-case letter"),
    ];
    for (rule, count, minimum, name) in rows {
        if count < minimum {
            let message = format!("The password must contain at least {}.", quantity(minimum, name));
            broken(Violation { rule, limit: Some(minimum), message });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::PasswordPolicy;
    use crate::policy::rules::testing::{expect_plain, permissive};

    fn check(min_upper: i64, min_lower: i64, password: &str, codes: &[&str]) {
        expect_plain(&PasswordPolicy { min_upper, min_lower, ..permissive() }, password, codes);
    }

    #[test]
    fn table() {
        check(0, 0, "123", &[]);
        check(-1, -1, "123", &[]);
        check(1, 0, "abc", &["minUpper"]);
        check(1, 0, "abC", &[]);
        check(0, 1, "ABC", &["minLower"]);
        check(0, 1, "ABc", &[]);
        check(1, 1, "123", &["minUpper", "minLower"]);
        check(2, 2, "aB", &["minUpper", "minLower"]);
        check(2, 2, "aBcD", &[]);
        check(1, 1, "Ñà", &[]);
        check(1, 1, "漢字", &["minUpper", "minLower"]);
        check(0, 1, "ß", &[]);
        check(1, 0, "ǅ", &["minUpper"]);
    }
}
