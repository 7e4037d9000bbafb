//! The forgotten user name, to the stored address.

use super::{Letter, Link, Section};

pub(crate) fn letter(name: &str, alias: &str) -> Letter {
    Letter {
        subject: "Your user name".to_owned(),
        name: name.to_owned(),
        opening: "Somebody, most likely you, asked for the user name that belongs to this address.".to_owned(),
        sections: vec![Section { heading: "Your user name".to_owned(), lines: vec![alias.to_owned()] }],
        closing: "If you did not ask for it, nothing has to be done: your password was not touched.".to_owned(),
        link: Link::home(),
    }
}
