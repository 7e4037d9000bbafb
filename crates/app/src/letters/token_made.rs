//! A personal access token was made: it acts in its owner's name until it ends.

use super::{Letter, Section};
use crate::languages::Language;

pub(crate) fn letter(language: &Language, name: &str, token: &str) -> Letter {
    let heading = language.text("letter.token.heading").to_owned();
    Letter {
        sections: vec![Section { heading, lines: vec![token.to_owned()] }],
        ..Letter::new(language, "letter.token", name)
    }
}
