//! A personal access token was made: it acts in its owner's name until it ends.

use super::change_ended::NOT_YOU;
use super::{Letter, Link, Section};

pub(crate) fn letter(name: &str, token: &str) -> Letter {
    Letter {
        subject: "A personal access token was made".to_owned(),
        name: name.to_owned(),
        opening: "Programs that have it act in your name until it ends or is deleted.".to_owned(),
        sections: vec![Section { heading: "Its name".to_owned(), lines: vec![token.to_owned()] }],
        closing: NOT_YOU.to_owned(),
        link: Link::home(),
    }
}
