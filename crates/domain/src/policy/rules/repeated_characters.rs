//! `maxRepeatedChars`: the longest run of one and the same character; case counts. With 2, `password` passes and
//! `passsword` does not.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    let Some(limit) = policy.longest_run().filter(|limit| subject.counts.longest_run > *limit) else { return };
    let message = if limit == 1 {
        "The password must not repeat a character directly after itself.".to_owned()
    } else {
        format!("The password must not contain the same character more than {limit} times in a row.")
    };
    broken(Violation { rule: Rule::MaxRepeatedChars, limit: Some(limit), message });
}

#[cfg(test)]
mod tests {
    use crate::policy::PasswordPolicy;
    use crate::policy::rules::testing::{expect_plain, permissive};

    fn check(max_repeated_chars: i64, password: &str, ok: bool) {
        let codes: &[&str] = if ok { &[] } else { &["maxRepeatedChars"] };
        expect_plain(&PasswordPolicy { max_repeated_chars, ..permissive() }, password, codes);
    }

    #[test]
    fn table() {
        check(-1, "aaaaaaaa", true);
        check(-7, "aaaaaaaa", true);
        check(2, "password", true);
        check(2, "passsword", false);
        check(2, "ccllooudd", true);
        check(2, "sSs", true);
        check(2, "abcabcabc", true);
        check(2, "111", false);
        check(2, "ends in   ", false);
        check(1, "abab", true);
        check(1, "abba", false);
        check(0, "abab", true);
        check(0, "abba", false);
        check(3, "😀😀😀", true);
        check(3, "😀😀😀😀", false);
        check(1, "", true);
    }
}
