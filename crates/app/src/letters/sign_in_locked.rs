//! The sign-in with a name was closed after too many wrong passwords.

use passwright_domain::timestamp::Timestamp;

use super::{Letter, Link};
use crate::languages::Language;

pub(crate) fn letter(language: &Language, name: &str, until: Timestamp) -> Letter {
    let until = language.time(until.rounded_up_to_second());
    Letter {
        opening: language.with("letter.locked.opening", &[("until", &until)]),
        closing: language.text("letter.locked.closing").to_owned(),
        link: Link::to_recovery(language),
        ..Letter::new(language, "letter.locked", name)
    }
}
