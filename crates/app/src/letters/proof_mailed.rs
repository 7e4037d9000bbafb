//! A code or a link that proves that its reader has the mailbox.

use passwright_vault::secret::SecretText;

use super::{Letter, Link, Section};
use crate::recovery::MAILED_LINK_PATH;

const NOT_YOU: &str = "If you did not ask for this, do nothing: without it nothing can be changed. Never tell it to anybody; nobody \
                       here will ask you for it.";

pub(crate) fn code(name: &str, code: &SecretText) -> Letter {
    let (first, last) = code.expose().split_at_checked(4).unwrap_or((code.expose(), ""));
    Letter {
        subject: "Your code".to_owned(),
        name: name.to_owned(),
        opening: "Type this code into the page that asked for it, within ten minutes.".to_owned(),
        sections: vec![Section { heading: "Code".to_owned(), lines: vec![format!("{first} {last}")] }],
        closing: NOT_YOU.to_owned(),
        link: Link::home(),
    }
}

pub(crate) fn link(name: &str, proof: &str, secret: &SecretText) -> Letter {
    Letter {
        subject: "Your link".to_owned(),
        name: name.to_owned(),
        opening: "Open this link within ten minutes, in the browser in which you asked for it.".to_owned(),
        sections: Vec::new(),
        closing: NOT_YOU.to_owned(),
        link: Link { label: "Go on", path: format!("{MAILED_LINK_PATH}?proof={proof}.{}", secret.expose()) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Links were built from the `Host` header of whoever asked (LTB #755, #821; Hashview CVE-2025-43930). A letter is given nothing of a
    /// request: its link is the configured public URL.
    #[test]
    fn ltb_755_a_link_is_under_the_configured_url() {
        let secret = SecretText::new("secret".to_owned());
        let written = link("Abby //evil.test", "id", &secret).write("https://pw.acme.test").unwrap();
        let wanted = "https://pw.acme.test/recovery/link?proof=id.secret";
        assert!(written.text.contains(&format!("Go on: {wanted}")), "{}", written.text);
        assert_eq!(written.text.matches("https://").count(), 1);
        assert_eq!(written.html.matches("href=\"https://pw.acme.test/recovery/link?proof=id.secret\"").count(), 1);
    }

    #[test]
    fn a_code_is_read_in_two_halves() {
        let written = code("Abby", &SecretText::new("01234567".to_owned())).write("https://pw.acme.test").unwrap();
        assert!(written.text.contains("  - 0123 4567"), "{}", written.text);
        assert!(!written.subject.contains("0123"), "a subject shows on locked screens");
    }
}
