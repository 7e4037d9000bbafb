//! The way to a new password, on the word of the help desk. It holds no secret: who opens it proves who they are there.

use super::{Letter, Link, Section};

pub(crate) fn letter(name: &str) -> Letter {
    let never = "Nobody at the help desk will ask you for a password, or for a code that was mailed to you.";
    Letter {
        subject: "Setting a new password".to_owned(),
        name: name.to_owned(),
        opening: "Your help desk was asked to help you set a new password. You can do that yourself on the page below, where \
                  you prove first who you are."
            .to_owned(),
        sections: vec![Section { heading: "Mind this".to_owned(), lines: vec![never.to_owned()] }],
        closing: "If you did not ask for help, nothing has to be done: your password was not touched.".to_owned(),
        link: Link { label: "Set a new password", path: "/recovery/password".to_owned() },
    }
}
