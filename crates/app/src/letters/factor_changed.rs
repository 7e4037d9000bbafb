//! A factor was enrolled, removed or used: the person is the last to notice a thief.

use passwright_domain::factors::{Factor, FactorChange};

use super::Letter;
use crate::languages::Language;

pub(crate) fn letter(language: &Language, name: &str, factor: Factor, change: FactorChange) -> Letter {
    let (kind, opening) = match (change, factor) {
        (FactorChange::Enrolled, Factor::Totp) => ("letter.enrolled", "letter.enrolled.totp"),
        (FactorChange::Enrolled, Factor::Passkey) => ("letter.enrolled", "letter.enrolled.passkey"),
        (FactorChange::Enrolled, Factor::RecoveryCodes) => ("letter.enrolled", "letter.enrolled.codes"),
        (FactorChange::Removed, Factor::Totp) => ("letter.removed", "letter.removed.totp"),
        (FactorChange::Removed, Factor::Passkey) => ("letter.removed", "letter.removed.passkey"),
        (FactorChange::Removed, Factor::RecoveryCodes) => ("letter.removed", "letter.removed.codes"),
        (FactorChange::Used, _) => ("letter.code_used", "letter.code_used.opening"),
    };
    Letter { opening: language.text(opening).to_owned(), ..Letter::new(language, kind, name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages;

    #[test]
    fn each_change_has_its_words_in_each_language() {
        for language in languages::all() {
            let (mut subjects, mut openings) = (Vec::new(), Vec::new());
            for factor in Factor::ALL {
                for change in [FactorChange::Enrolled, FactorChange::Removed, FactorChange::Used] {
                    let letter = letter(language, "Abby", factor, change);
                    openings.push(letter.opening.clone());
                    let written = letter.write("https://pw.acme.test").unwrap();
                    assert!(written.text.contains(language.text("letter.not_you")), "{written:?}");
                    assert!(written.html.contains("https://pw.acme.test"), "{written:?}");
                    subjects.push(written.subject);
                }
            }
            for (told, wanted) in [(&mut subjects, 3), (&mut openings, 7)] {
                told.sort();
                told.dedup();
                assert_eq!(told.len(), wanted, "{told:?}");
                assert!(told.iter().all(|text| text.len() > 20), "{told:?}");
            }
        }
    }
}
