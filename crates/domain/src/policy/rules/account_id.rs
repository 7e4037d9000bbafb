//! `validateAgainstAccountId`: no word of the account id of `accountIdMinWordLength` or more characters. Of a
//! distinguished name the values count, not the attribute types.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation};
use crate::policy::words::{contains_word_of, min_word_length};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    let Some(text) = subject.context.account_id.filter(|_| policy.validate_against_account_id) else { return };
    let limit = min_word_length(policy.account_id_min_word_length);
    if contains_word_of(subject.folded, text, limit) {
        let message = format!("The password must not contain a part of the account id of {limit} or more characters.");
        broken(Violation { rule: Rule::ValidateAgainstAccountId, limit: Some(limit), message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::rules::testing::{expect, permissive};
    use crate::policy::{PasswordPolicy, PolicyContext};

    const DN: &str = "CN=Abby Smith,OU=Austin,OU=Americas,OU=Demo,DC=seri,DC=acme,DC=com";

    fn check(account_id: &str, account_id_min_word_length: i64, password: &str, ok: bool) {
        let context = PolicyContext { account_id: Some(account_id), ..PolicyContext::default() };
        let on = PasswordPolicy { validate_against_account_id: true, account_id_min_word_length, ..permissive() };
        expect(&on, &context, None, password, if ok { &[] } else { &["validateAgainstAccountId"] });
        expect(&PasswordPolicy { validate_against_account_id: false, ..on.clone() }, &context, None, password, &[]);
        expect(&on, &PolicyContext::default(), None, password, &[]);
    }

    #[test]
    fn table() {
        check("abby.smith", -1, "xABBYx", false);
        check("abby.smith", 0, "xABBYx", false);
        check("abby.smith", 4, "xABBYx", false);
        check("abby.smith", 5, "xABBYx", true);
        check("abby.smith", 5, "smith-1", false);
        check("abby.smith", -1, "abb.smit", true);
        check("jd", -1, "jd-jd-jd", true);
        check("jd", 2, "xjdx", false);
        check("j.d", 1, "d-7", false);
        check(DN, -1, "abby", false);
        check(DN, -1, "Smithsonian", false);
        check(DN, -1, "AmericasCup", false);
        check(DN, 9, "AmericasCup", true);
        check(DN, 2, "ou-dc-cn", true);
        check("", 1, "x", true);
        check("4711", -1, "x4711", false);
    }
}
