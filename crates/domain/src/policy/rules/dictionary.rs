//! `useDictionary`: no word of the organisation's dictionary inside the password, case aside.

use super::Subject;
use crate::policy::password_policy::PasswordPolicy;
use crate::policy::violation::{Rule, Violation};

pub(super) fn check(policy: &PasswordPolicy, subject: &Subject<'_>, broken: &mut dyn FnMut(Violation)) {
    if policy.use_dictionary && subject.dictionary.is_some_and(|dictionary| dictionary.matches_folded(subject.folded)) {
        let message = "The password must not contain a word of the password dictionary.".to_owned();
        broken(Violation { rule: Rule::UseDictionary, limit: None, message });
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::rules::testing::{expect, permissive};
    use crate::policy::{Dictionary, PasswordPolicy, PolicyContext};

    fn check(use_dictionary: bool, words: Option<&str>, password: &str, ok: bool) {
        let dictionary = words.map(|text| Dictionary::parse(text.as_bytes()).unwrap());
        let codes: &[&str] = if ok { &[] } else { &["useDictionary"] };
        let policy = PasswordPolicy { use_dictionary, ..permissive() };
        expect(&policy, &PolicyContext::default(), dictionary.as_ref(), password, codes);
    }

    #[test]
    fn table() {
        check(true, Some("spring"), "345SprinG", false);
        check(false, Some("spring"), "345SprinG", true);
        check(true, None, "345SprinG", true);
        check(true, Some("SPRING"), "spring", false);
        check(true, Some("spring"), "sprin g", true);
        check(true, Some("# spring\nsummer"), "spring", true);
        check(true, Some("locale=en_US\nsummer"), "locale=en_us", true);
        check(true, Some("locale=en_US\nlocale=de"), "locale=de", false);
        check(true, Some("straße"), "MyStrasse1", false);
        check(true, Some("parol\u{44c}"), "PAROL\u{42c}", false);
        check(true, Some("p@ss"), "xxP@SSxx", false);
        check(true, Some("abc\nbcd"), "xbcdx", false);
        check(true, Some("abcd\nbc"), "xabcx", false);
        check(true, Some("word"), "", true);
    }
}
