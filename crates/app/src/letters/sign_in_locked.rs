//! The sign-in with a name was closed after too many wrong passwords.

use passwright_domain::timestamp::Timestamp;

use super::{Letter, Link, in_words};

pub(crate) fn letter(name: &str, until: Timestamp) -> Letter {
    let until = in_words(until.rounded_up_to_second());
    Letter {
        subject: "Your sign-in was closed for a while".to_owned(),
        name: name.to_owned(),
        opening: format!(
            "A wrong password was given too often with your user name. Until {until} nobody can sign in here with it; \
             your password was not changed. You can open it sooner on the page below, where you prove who you are."
        ),
        sections: Vec::new(),
        closing: "If it was not you who tried, tell your help desk.".to_owned(),
        link: Link { label: "Cannot sign in?", path: "/recovery".to_owned() },
    }
}
