//! The ways in which a person proves who they are.

use serde::{Deserialize, Serialize};

/// A way to prove oneself without the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// A passkey (WebAuthn).
    Passkey,
    /// One of the codes that were made for the time when the authenticator is lost.
    RecoveryCode,
    /// Another company's authenticator.
    ThirdParty,
    /// The digits that the help desk reads to the caller.
    DigitToken,
    /// A code mailed to the stored address.
    MailedCode,
    /// A link mailed to the stored address.
    MailedLink,
    /// Questions whose answers others may find out.
    SecurityQuestions,
}

/// What a method needs the person to have. Two proofs through one channel are one proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    Authenticator,
    Passkey,
    RecoveryCodes,
    ThirdParty,
    HelpDesk,
    Mailbox,
    Memory,
}

impl Method {
    pub const ALL: [Self; 8] = [
        Self::Totp,
        Self::Passkey,
        Self::RecoveryCode,
        Self::ThirdParty,
        Self::DigitToken,
        Self::MailedCode,
        Self::MailedLink,
        Self::SecurityQuestions,
    ];

    /// The name in the database, in forms and in the audit.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
            Self::ThirdParty => "third_party",
            Self::DigitToken => "digit_token",
            Self::MailedCode => "mailed_code",
            Self::MailedLink => "mailed_link",
            Self::SecurityQuestions => "security_questions",
        }
    }

    /// The method of a name; `None` for another text.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    #[must_use]
    pub fn channel(self) -> Channel {
        match self {
            Self::Totp => Channel::Authenticator,
            Self::Passkey => Channel::Passkey,
            Self::RecoveryCode => Channel::RecoveryCodes,
            Self::ThirdParty => Channel::ThirdParty,
            Self::DigitToken => Channel::HelpDesk,
            Self::MailedCode | Self::MailedLink => Channel::Mailbox,
            Self::SecurityQuestions => Channel::Memory,
        }
    }

    /// Whether it stands for a factor that the person enrolled, or for the loss of one: where there is one, no reset goes round
    /// it (requirement R37).
    #[must_use]
    pub fn is_own_factor(self) -> bool {
        matches!(self, Self::Totp | Self::Passkey | Self::RecoveryCode | Self::ThirdParty)
    }
}
