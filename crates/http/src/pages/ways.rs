//! The ways to prove oneself, in words.

use passwright_app::recovery::{Method, PasskeyQuestion};
use serde::Serialize;

use super::language::Language;

/// What a way is called, and what one needs for it.
pub(super) struct WayWords {
    pub(super) method: &'static str,
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// What the field for it is called; empty where nothing is typed.
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    /// Digits only.
    pub(super) digits: bool,
}

pub(super) fn words(language: &Language, method: Method) -> WayWords {
    let (name, about, label, hint) = match method {
        Method::Totp => ("way.totp", "way.totp.about", "way.totp.label", "way.totp.hint"),
        Method::RecoveryCode => ("way.codes", "way.codes.about", "way.codes.label", "way.codes.hint"),
        Method::DigitToken => ("way.digits", "way.digits.about", "way.digits.label", "way.digits.hint"),
        Method::MailedCode => ("way.mail", "way.mail.about", "way.mail.label", "way.mail.hint"),
        Method::MailedLink => ("way.link", "way.link.about", "", "way.link.hint"),
        Method::Passkey => ("way.passkey", "way.passkey.about", "", "way.passkey.hint"),
        Method::ThirdParty => ("way.third", "way.third.about", "", "way.third"),
        Method::SecurityQuestions => ("way.questions", "way.questions.about", "", "way.questions.about"),
    };
    WayWords {
        method: method.as_str(),
        name: language.text(name),
        about: language.text(about),
        label: if label.is_empty() { "" } else { language.text(label) },
        hint: language.text(hint),
        digits: matches!(method, Method::Totp | Method::DigitToken | Method::MailedCode),
    }
}

/// What `navigator.credentials.get` is called with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Question<'a> {
    challenge: &'a str,
    rp_id: &'a str,
    allow: &'a [String],
    /// Milliseconds.
    timeout: u128,
}

impl<'a> From<&'a PasskeyQuestion> for Question<'a> {
    fn from(question: &'a PasskeyQuestion) -> Self {
        let PasskeyQuestion { challenge, rp_id, allow, timeout } = question;
        Self { challenge, rp_id, allow, timeout: timeout.as_millis() }
    }
}
