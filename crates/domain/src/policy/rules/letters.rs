//! `minAlpha`: letters of any script. It holds by itself, also beside `minCharacterTypes`.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation, quantity};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    if subject.counts.letters < policy.min_alpha {
        let message = format!("The password must contain at least {}.", quantity(policy.min_alpha, "letter"));
        broken(Violation { rule: Rule::MinAlpha, limit: Some(policy.min_alpha), message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::PasswordPolicy;
    use crate::policy::rules::testing::{expect_plain, permissive};

    fn check(min_alpha: i64, password: &str, ok: bool) {
        let codes: &[&str] = if ok { &[] } else { &["minAlpha"] };
        expect_plain(&PasswordPolicy { min_alpha, ..permissive() }, password, codes);
    }

    #[test]
    fn table() {
        check(0, "123", true);
        check(-1, "123", true);
        check(1, "", false);
        check(1, "1234!?", false);
        check(1, "123a", true);
        check(3, "a1b2", false);
        check(3, "a1b2C", true);
        check(2, "ßà", true);
        check(2, "漢字", true);
        check(1, "£€", false);
        check(1, "٣", false);
    }

    #[test]
    fn holds_beside_character_types() {
        let policy = PasswordPolicy { min_alpha: 3, min_character_types: 2, ..permissive() };
        expect_plain(&policy, "a1", &["minAlpha"]);
        expect_plain(&policy, "abc1", &[]);
    }
}
