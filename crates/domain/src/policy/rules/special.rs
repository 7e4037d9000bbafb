//! `minSpecial`: characters of the list in `counts`. The colon and characters outside ASCII do not count, and are not
//! refused either: no field of a policy forbids a character. With `minCharacterTypes` on, that rule judges it.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation, quantity};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    if policy.character_types().is_none() && subject.counts.special < policy.min_special {
        let message =
            format!("The password must contain at least {}.", quantity(policy.min_special, "special character"));
        broken(Violation { rule: Rule::MinSpecial, limit: Some(policy.min_special), message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::PasswordPolicy;
    use crate::policy::rules::testing::{expect_plain, permissive};

    fn check(min_special: i64, password: &str, ok: bool) {
        let codes: &[&str] = if ok { &[] } else { &["minSpecial"] };
        expect_plain(&PasswordPolicy { min_special, ..permissive() }, password, codes);
    }

    #[test]
    fn table() {
        check(0, "abc", true);
        check(-1, "abc", true);
        check(1, "", false);
        check(1, "abc123", false);
        check(1, "abc!", true);
        check(1, "a c", true);
        check(1, "a:c", false);
        check(1, "£", false);
        check(1, "ß", false);
        check(1, "à", false);
        check(1, "\u{a0}", false);
        check(1, "😀", false);
        check(2, "a!c", false);
        check(2, "'\"", true);
        check(33, "~!@#$%^*()/_+-`={}\\|][;?,.&><'\" ", false);
        check(32, "~!@#$%^*()/_+-`={}\\|][;?,.&><'\" ", true);
        check(0, "p:sswörd £", true);
    }
}
