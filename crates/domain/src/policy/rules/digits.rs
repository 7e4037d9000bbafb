//! `minNumeric`: the digits `0` to `9`. With `minCharacterTypes` on, that rule judges it.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation, quantity};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    if policy.character_types().is_none() && subject.counts.digits < policy.min_numeric {
        let message = format!("The password must contain at least {}.", quantity(policy.min_numeric, "digit"));
        broken(Violation { rule: Rule::MinNumeric, limit: Some(policy.min_numeric), message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::PasswordPolicy;
    use crate::policy::rules::testing::{expect_plain, permissive};

    fn check(min_numeric: i64, password: &str, ok: bool) {
        let codes: &[&str] = if ok { &[] } else { &["minNumeric"] };
        expect_plain(&PasswordPolicy { min_numeric, ..permissive() }, password, codes);
    }

    #[test]
    fn table() {
        check(0, "abc", true);
        check(-1, "abc", true);
        check(1, "", false);
        check(1, "abc", false);
        check(1, "abc0", true);
        check(2, "a1b", false);
        check(2, "9a9", true);
        check(1, "٣", false);
        check(1, "４", false);
        check(1, "²½Ⅷ", false);
    }
}
