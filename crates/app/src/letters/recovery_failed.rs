//! Somebody tried to set a new password, or to unlock the accounts, and gave too many wrong answers.

use passwright_domain::reset::Goal;

use super::{Letter, Link};
use crate::languages::Language;

pub(crate) fn letter(language: &Language, name: &str, goal: Goal) -> Letter {
    let kind = match goal {
        Goal::SetPassword => "letter.reset_failed",
        Goal::Unlock => "letter.unlock_failed",
    };
    Letter {
        closing: language.text("letter.recovery_failed.closing").to_owned(),
        link: Link::to_recovery(language),
        ..Letter::new(language, kind, name)
    }
}
