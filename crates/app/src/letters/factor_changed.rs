//! A factor was enrolled, removed or used: the person is the last to notice a thief.

use passwright_domain::factors::{Factor, FactorChange};

use super::change_ended::NOT_YOU;
use super::{Letter, Link};

pub(crate) fn letter(name: &str, factor: Factor, change: FactorChange) -> Letter {
    let what = match factor {
        Factor::Totp => "an authenticator app",
        Factor::Passkey => "a passkey",
        Factor::RecoveryCodes => "recovery codes",
    };
    let (subject, opening) = match change {
        FactorChange::Enrolled => (
            "A new way to prove who you are",
            format!("From now on {what} can prove who you are, in the place of any earlier one of the kind."),
        ),
        FactorChange::Removed => {
            ("A way to prove who you are was removed", format!("You no longer have {what} to prove who you are."))
        }
        FactorChange::Used => (
            "One of your recovery codes was used",
            "It cannot be used again. When you have few left, make new ones.".to_owned(),
        ),
    };
    Letter {
        subject: subject.to_owned(),
        name: name.to_owned(),
        opening,
        sections: Vec::new(),
        closing: NOT_YOU.to_owned(),
        link: Link::home(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_has_its_words() {
        let mut subjects = Vec::new();
        for factor in Factor::ALL {
            for change in [FactorChange::Enrolled, FactorChange::Removed, FactorChange::Used] {
                let written = letter("Abby", factor, change).write("https://pw.acme.test").unwrap();
                assert!(written.text.contains(NOT_YOU) && written.html.contains("https://pw.acme.test"), "{written:?}");
                subjects.push(written.subject);
            }
        }
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), 3);
    }
}
