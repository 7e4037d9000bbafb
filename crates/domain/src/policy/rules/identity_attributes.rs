//! `useIdentityAttributes`: no word of an attribute value of the identity, and no telephone number of one. Words shorter than
//! the default minimum word length do not count.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation};
use crate::policy::words::{DEFAULT_MIN_WORD_LENGTH, contains_phone_of, contains_word_of};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    let found = |text: &&str| {
        contains_word_of(subject.folded, text, DEFAULT_MIN_WORD_LENGTH) || contains_phone_of(subject.folded, text)
    };
    if policy.use_identity_attributes && subject.context.identity_attributes.iter().any(found) {
        let message = "The password must not contain a word or number from the attributes of the person.".to_owned();
        broken(Violation { rule: Rule::UseIdentityAttributes, limit: None, message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::rules::testing::{expect, permissive};
    use crate::policy::{PasswordPolicy, PolicyContext};

    fn check(attributes: &[&str], password: &str, ok: bool) {
        let context = PolicyContext { identity_attributes: attributes.to_vec(), ..PolicyContext::default() };
        let on = PasswordPolicy { use_identity_attributes: true, ..permissive() };
        expect(&on, &context, None, password, if ok { &[] } else { &["useIdentityAttributes"] });
        expect(&permissive(), &context, None, password, &[]);
        let elsewhere = PolicyContext { account_attributes: attributes.to_vec(), ..PolicyContext::default() };
        expect(&on, &elsewhere, None, password, &[]);
    }

    #[test]
    fn table() {
        check(&[], "anything", true);
        check(&["John"], "passwordJohn", false);
        check(&["john.doe@acme.test"], "Doe-4-ever", false);
        check(&["john.doe@acme.test"], "unrelated-9", true);
        check(&["(555) 555-1234"], "password5555551234", false);
        check(&["1985-04-12"], "x19850412", false);
        check(&["01 42 68 53 00"], "password0142685300", false);
        check(&["Al"], "also-fine", true);
        check(&["Zoë"], "xZOËx", false);
        check(&["Zoë"], "zoe", true);
        check(&["山田太郎"], "1山田太郎", false);
    }
}
