//! Somebody tried to set a new password, or to unlock the accounts, and gave too many wrong answers.

use passwright_domain::reset::Goal;

use super::{Letter, Link};

pub(crate) fn letter(name: &str, goal: Goal) -> Letter {
    let (subject, tried) = match goal {
        Goal::SetPassword => ("Somebody tried to reset your password", "to set a new password for you"),
        Goal::Unlock => ("Somebody tried to unlock your accounts", "to unlock your accounts"),
    };
    Letter {
        subject: subject.to_owned(),
        name: name.to_owned(),
        opening: format!("Somebody tried {tried} and gave too many wrong answers. Nothing was changed."),
        sections: Vec::new(),
        closing: "If it was not you, tell your help desk. Never read a code out to anybody: nobody who works here will ask for one."
            .to_owned(),
        link: Link { label: "Cannot sign in?", path: "/recovery".to_owned() },
    }
}
