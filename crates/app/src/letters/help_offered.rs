//! The way to a new password, on the word of the help desk. It holds no secret: who opens it proves who they are there.

use super::{Letter, Link, Section};
use crate::languages::Language;

pub(crate) fn letter(language: &Language, name: &str) -> Letter {
    let said = |key| language.text(key).to_owned();
    Letter {
        sections: vec![Section { heading: said("letter.help.mind"), lines: vec![said("letter.help.never")] }],
        closing: said("letter.help.closing"),
        link: Link { label: language.text("letter.link.reset"), path: "/recovery/password".to_owned() },
        ..Letter::new(language, "letter.help", name)
    }
}
