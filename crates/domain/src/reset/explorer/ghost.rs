//! The second book: who proved what in which browser, without any of the machine's own means.

use super::world::User;
use crate::reset::{Goal, Method};

/// Something to answer with. Two are equal when they are the same code, link, ….
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Evidence {
    pub(super) owner: User,
    pub(super) method: Method,
    /// Which of the owner's it is; of a mail, the flow and step that it was sent for.
    pub(super) number: (u8, u32),
}

/// What one flow should know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Ghost {
    pub(super) subject: Option<User>,
    pub(super) goal: Goal,
    pub(super) begun_late: bool,
    /// Of the subject, when its name was given.
    pub(super) generation: u8,
    /// Judged right for the step that is open, and not handed in yet.
    pub(super) judged: Option<Evidence>,
    pub(super) proved: Vec<Evidence>,
}

impl Ghost {
    /// What is wrong with a grant for `user`; `None`: nothing.
    pub(super) fn fault(&self, user: User, owes_factor: bool, spent: &[Evidence]) -> Option<String> {
        let proved: Vec<_> =
            self.proved.iter().filter(|evidence| evidence.owner == user && !spent.contains(evidence)).collect();
        if self.subject != Some(user) {
            return Some(format!("a grant for {user:?} in a flow for {:?}", self.subject));
        }
        if enough(proved.iter().map(|evidence| evidence.method), owes_factor) {
            return None;
        }
        Some(format!("a grant for {user:?} with {proved:?}"))
    }
}

/// The explorer's policy in plain words: an own factor is enough; so is the help desk's token for those who have none; so are, for
/// them, a mail and the questions.
fn enough(methods: impl Iterator<Item = Method>, owes_factor: bool) -> bool {
    let methods: Vec<_> = methods.collect();
    let own = [Method::Totp, Method::Passkey, Method::RecoveryCode, Method::ThirdParty];
    let has = |wanted: &[Method]| methods.iter().any(|method| wanted.contains(method));
    let mail = has(&[Method::MailedCode, Method::MailedLink]);
    let questions = has(&[Method::SecurityQuestions]);
    has(&own) || (!owes_factor && (has(&[Method::DigitToken]) || (mail && questions)))
}
