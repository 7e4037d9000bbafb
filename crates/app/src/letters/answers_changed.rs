//! The answers to security questions were set or removed.

use passwright_domain::factors::FactorChange;

use super::Letter;
use crate::languages::Language;

pub(crate) fn letter(language: &Language, name: &str, change: FactorChange) -> Letter {
    let kind = match change {
        FactorChange::Enrolled | FactorChange::Used => "letter.answers_set",
        FactorChange::Removed => "letter.answers_removed",
    };
    Letter::new(language, kind, name)
}
