//! The forgotten user name, to the stored address.

use super::{Letter, Section};
use crate::languages::Language;

pub(crate) fn letter(language: &Language, name: &str, alias: &str) -> Letter {
    let asked = Letter::new(language, "letter.name", name);
    Letter {
        sections: vec![Section { heading: asked.subject.clone(), lines: vec![alias.to_owned()] }],
        closing: language.text("letter.not_touched").to_owned(),
        ..asked
    }
}
