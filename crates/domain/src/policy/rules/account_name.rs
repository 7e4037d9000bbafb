//! `validateAgainstAccountName`: no word of the account name of `accountNameMinWordLength` or more characters.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation};
use crate::policy::words::{contains_word_of, min_word_length};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    let Some(text) = subject.context.account_name.filter(|_| policy.validate_against_account_name) else { return };
    let limit = min_word_length(policy.account_name_min_word_length);
    if contains_word_of(subject.folded, text, limit) {
        let message =
            format!("The password must not contain a part of the account name of {limit} or more characters.");
        broken(Violation { rule: Rule::ValidateAgainstAccountName, limit: Some(limit), message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::rules::testing::{expect, permissive};
    use crate::policy::{PasswordPolicy, PolicyContext};

    fn check(account_name: &str, account_name_min_word_length: i64, password: &str, ok: bool) {
        let context = PolicyContext { account_name: Some(account_name), ..PolicyContext::default() };
        let on = PasswordPolicy { validate_against_account_name: true, account_name_min_word_length, ..permissive() };
        expect(&on, &context, None, password, if ok { &[] } else { &["validateAgainstAccountName"] });
        expect(&PasswordPolicy { validate_against_account_name: false, ..on.clone() }, &context, None, password, &[]);
        expect(&on, &PolicyContext::default(), None, password, &[]);
    }

    #[test]
    fn table() {
        check("John Doe", -1, "passwordJohn", false);
        check("John Doe", -1, "doe123", false);
        check("John Doe", 4, "doe123", true);
        check("John Doe", 4, "JOHN", false);
        check("Li Wu", -1, "liwu", true);
        check("Li Wu", 2, "xWUx", false);
        check("J Wu", 1, "xJx", false);
        check("Müller-Lüdenscheidt", -1, "MÜLLER!", false);
        check("Müller-Lüdenscheidt", 7, "MÜLLER!", true);
        check("Weiß", -1, "xWEISS", false);
        check("Ｊｏｈｎ", -1, "john", false);
        check("", 1, "x", true);
    }
}
