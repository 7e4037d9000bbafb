//! `minLength` and `maxLength`, in characters.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation, quantity};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    let length = subject.counts.characters;
    if length < policy.min_length {
        let message = format!("The password must have at least {}.", quantity(policy.min_length, "character"));
        broken(Violation { rule: Rule::MinLength, limit: Some(policy.min_length), message });
    }
    if let Some(limit) = policy.greatest_length().filter(|limit| length > *limit) {
        let message = format!("The password must have at most {}.", quantity(limit, "character"));
        broken(Violation { rule: Rule::MaxLength, limit: Some(limit), message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::PasswordPolicy;
    use crate::policy::rules::testing::{expect_plain, permissive};

    fn check(min_length: i64, max_length: i64, password: &str, codes: &[&str]) {
        expect_plain(&PasswordPolicy { min_length, max_length, ..permissive() }, password, codes);
    }

    #[test]
    fn table() {
        check(0, 0, "", &[]);
        check(0, 0, &"x".repeat(400), &[]);
        check(-5, -1, "", &[]);
        check(1, 0, "", &["minLength"]);
        check(8, 0, "1234567", &["minLength"]);
        check(8, 0, "12345678", &[]);
        check(0, 8, "12345678", &[]);
        check(0, 8, "123456789", &["maxLength"]);
        check(8, 8, "12345678", &[]);
        check(9, 7, "12345678", &["minLength", "maxLength"]);
        check(4, 4, "żółć", &[]);
        check(4, 4, "😀😀😀😀", &[]);
        check(2, 0, "é", &["minLength"]);
        check(2, 2, "e\u{301}", &[]);
        check(i64::MAX, 0, "x", &["minLength"]);
    }
}
