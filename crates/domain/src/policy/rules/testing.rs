//! The one way the rules' tables run: a policy, a context, a dictionary, a password, the codes expected.

use crate::policy::{Dictionary, PasswordPolicy, PolicyContext, evaluate};

/// Fails unless the password breaks exactly the rules named. No sentence may repeat the password.
pub(super) fn expect(
    policy: &PasswordPolicy,
    context: &PolicyContext<'_>,
    dictionary: Option<&Dictionary>,
    password: &str,
    codes: &[&str],
) {
    let broken = evaluate(&[policy], context, dictionary, password);
    let found: Vec<&str> = broken.iter().map(|violation| violation.rule.code()).collect();
    assert_eq!(found, codes, "{password:?} under {policy:?}");
    for violation in broken {
        assert!(violation.message.starts_with("The password ") && violation.message.ends_with('.'), "{violation}");
        assert!(password.chars().count() < 6 || !violation.message.contains(password), "{violation}");
    }
}

/// As [`expect`], without context and dictionary.
pub(super) fn expect_plain(policy: &PasswordPolicy, password: &str, codes: &[&str]) {
    expect(policy, &PolicyContext::default(), None, password, codes);
}

pub(super) fn permissive() -> PasswordPolicy {
    PasswordPolicy::permissive("test")
}
