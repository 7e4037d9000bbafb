//! The answers to security questions were set or removed.

use passwright_domain::factors::FactorChange;

use super::change_ended::NOT_YOU;
use super::{Letter, Link};

pub(crate) fn letter(name: &str, change: FactorChange) -> Letter {
    let (subject, opening) = match change {
        FactorChange::Enrolled | FactorChange::Used => (
            "Your answers to security questions were changed",
            "From now on the new answers count when you cannot sign in, together with another proof of who you are.",
        ),
        FactorChange::Removed => {
            ("Your answers to security questions were removed", "They no longer help anybody to prove who you are.")
        }
    };
    Letter {
        subject: subject.to_owned(),
        name: name.to_owned(),
        opening: opening.to_owned(),
        sections: Vec::new(),
        closing: NOT_YOU.to_owned(),
        link: Link::home(),
    }
}
