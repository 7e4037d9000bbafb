//! `useAccountAttributes`: no word of an attribute value of the account, and no telephone number of one. Words shorter than
//! the default minimum word length do not count.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation};
use crate::policy::words::{DEFAULT_MIN_WORD_LENGTH, contains_phone_of, contains_word_of};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    let found = |text: &&str| {
        contains_word_of(subject.folded, text, DEFAULT_MIN_WORD_LENGTH) || contains_phone_of(subject.folded, text)
    };
    if policy.use_account_attributes && subject.context.account_attributes.iter().any(found) {
        let message = "The password must not contain a word or number from the attributes of the account.".to_owned();
        broken(Violation { rule: Rule::UseAccountAttributes, limit: None, message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::rules::testing::{expect, permissive};
    use crate::policy::{PasswordPolicy, PolicyContext};

    fn check(attributes: &[&str], password: &str, ok: bool) {
        let context = PolicyContext { account_attributes: attributes.to_vec(), ..PolicyContext::default() };
        let on = PasswordPolicy { use_account_attributes: true, ..permissive() };
        expect(&on, &context, None, password, if ok { &[] } else { &["useAccountAttributes"] });
        expect(&permissive(), &context, None, password, &[]);
        let elsewhere = PolicyContext { identity_attributes: attributes.to_vec(), ..PolicyContext::default() };
        expect(&on, &elsewhere, None, password, &[]);
    }

    #[test]
    fn table() {
        check(&[], "anything", true);
        check(&["John"], "passwordJohn", false);
        check(&["John"], "PASSWORDJOHN", false);
        check(&["555-555-1234"], "password5555551234", false);
        check(&["555-555-1234"], "password1234", false);
        check(&["555-555-1234"], "password4321", true);
        check(&["01 42 68 53 00"], "password0142685300", false);
        check(&["01 42 68 53 00"], "password01-42-68", true);
        check(&["Nurse", "Ward 7"], "ward-99", false);
        check(&["Nurse", "Ward 7"], "7-7-7-7", true);
        check(&["CN=John,OU=Users,DC=acme"], "users-1", false);
        check(&["CN=John,OU=Users,DC=acme"], "cn-ou-dc", true);
        check(&["", " ", "--"], "--  --", true);
    }
}
