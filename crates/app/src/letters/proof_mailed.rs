//! A code or a link that proves that its reader has the mailbox.

use passwright_vault::secret::SecretText;

use super::{Letter, Link, Section};
use crate::languages::Language;
use crate::recovery::MAILED_LINK_PATH;

pub(crate) fn code(language: &Language, name: &str, code: &SecretText) -> Letter {
    let (first, last) = code.expose().split_at_checked(4).unwrap_or((code.expose(), ""));
    let heading = language.text("letter.code.heading").to_owned();
    Letter {
        sections: vec![Section { heading, lines: vec![format!("{first} {last}")] }],
        closing: language.text("letter.proof.closing").to_owned(),
        ..Letter::new(language, "letter.code", name)
    }
}

pub(crate) fn link(language: &Language, name: &str, proof: &str, secret: &SecretText) -> Letter {
    let path = format!("{MAILED_LINK_PATH}?proof={proof}.{}", secret.expose());
    Letter {
        closing: language.text("letter.proof.closing").to_owned(),
        link: Link { label: language.text("letter.link.proof"), path },
        ..Letter::new(language, "letter.mailed_link", name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages;

    /// Links were built from the `Host` header of whoever asked (LTB #755, #821; Hashview CVE-2025-43930). A letter is given nothing of a
    /// request: its link is the configured public URL.
    #[test]
    fn ltb_755_a_link_is_under_the_configured_url() {
        let [english, ..] = languages::all();
        let secret = SecretText::new("secret".to_owned());
        let written = link(english, "Abby //evil.test", "id", &secret).write("https://pw.acme.test").unwrap();
        let wanted = "https://pw.acme.test/recovery/link?proof=id.secret";
        assert!(written.text.contains(&format!("Go on: {wanted}")), "{}", written.text);
        assert_eq!(written.text.matches("https://").count(), 1);
        assert_eq!(written.html.matches("href=\"https://pw.acme.test/recovery/link?proof=id.secret\"").count(), 1);
    }

    #[test]
    fn a_code_is_read_in_two_halves() {
        let [english, ..] = languages::all();
        let written =
            code(english, "Abby", &SecretText::new("01234567".to_owned())).write("https://pw.acme.test").unwrap();
        assert!(written.text.contains("  - 0123 4567"), "{}", written.text);
        assert!(!written.subject.contains("0123"), "a subject shows on locked screens");
    }
}
