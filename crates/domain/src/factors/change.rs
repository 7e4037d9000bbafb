//! Who may enrol, replace and remove a factor.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::reset::Method;

/// Something a person enrols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    Totp,
    Passkey,
    RecoveryCodes,
}

impl Factor {
    pub const ALL: [Self; 3] = [Self::Totp, Self::Passkey, Self::RecoveryCodes];

    /// The name in the database and the audit.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCodes => "recovery_codes",
        }
    }

    /// The factor of a name; `None` for another text.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == name)
    }

    /// How it is proved.
    #[must_use]
    pub fn method(self) -> Method {
        match self {
            Self::Totp => Method::Totp,
            Self::Passkey => Method::Passkey,
            Self::RecoveryCodes => Method::RecoveryCode,
        }
    }
}

/// What happened to a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    /// It is new, or in the place of an older one of its kind.
    Enrolled,
    Removed,
    /// A recovery code was used.
    Used,
}

/// Why a factor may not be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another of your factors, or the help desk's digits, must be shown first")]
pub struct ChangeRefusal;

/// Whether a person who is signed in may enrol, replace or remove `changed`, having shown `proved` just now. The first factor
/// needs none; every later change one that is enrolled already and is not the one that is changed, or the help desk's digits. So
/// who holds a session and one factor of a person cannot put their own in its place.
///
/// # Errors
/// [`ChangeRefusal`].
pub fn may_change(changed: Factor, enrolled: &BTreeSet<Factor>, proved: Option<Method>) -> Result<(), ChangeRefusal> {
    let by_another = |method| enrolled.iter().any(|factor| *factor != changed && factor.method() == method);
    match proved {
        None if enrolled.is_empty() => Ok(()),
        Some(Method::DigitToken) => Ok(()),
        Some(method) if by_another(method) => Ok(()),
        _ => Err(ChangeRefusal),
    }
}

/// Whether a person who is signed in may change their answers to security questions, having shown `proved` just now. Answers protect
/// nothing, so whoever has no factor needs none; whoever has one shows it, or the help desk's digits.
///
/// # Errors
/// [`ChangeRefusal`].
pub fn may_change_answers(enrolled: &BTreeSet<Factor>, proved: Option<Method>) -> Result<(), ChangeRefusal> {
    match proved {
        None if enrolled.is_empty() => Ok(()),
        Some(Method::DigitToken) => Ok(()),
        Some(method) if enrolled.iter().any(|factor| factor.method() == method) => Ok(()),
        _ => Err(ChangeRefusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_changed_with_a_factor_where_there_is_one() {
        use Factor::{Passkey, Totp};
        let cases: [(&[Factor], Option<Method>, bool); 9] = [
            (&[], None, true),
            (&[], Some(Method::DigitToken), true),
            (&[], Some(Method::Totp), false),
            (&[Totp], None, false),
            (&[Totp], Some(Method::Totp), true),
            (&[Totp], Some(Method::DigitToken), true),
            (&[Totp], Some(Method::Passkey), false),
            (&[Totp, Passkey], Some(Method::SecurityQuestions), false),
            (&[Totp, Passkey], Some(Method::MailedCode), false),
        ];
        for (enrolled, proved, wanted) in cases {
            let set = enrolled.iter().copied().collect();
            assert_eq!(may_change_answers(&set, proved).is_ok(), wanted, "{enrolled:?} {proved:?}");
        }
    }

    /// PWM #454: whoever had the session enrolled a second factor of their own.
    #[test]
    fn pwm_454_a_factor_is_changed_with_another_or_by_the_help_desk() {
        use Factor::{Passkey, RecoveryCodes, Totp};
        let cases: [(Factor, &[Factor], Option<Method>, bool); 13] = [
            (Totp, &[], None, true),
            (RecoveryCodes, &[Totp], None, false),
            (RecoveryCodes, &[Totp], Some(Method::Totp), true),
            (Totp, &[Totp], None, false),
            (Totp, &[Totp], Some(Method::Totp), false),
            (Totp, &[Totp, RecoveryCodes], Some(Method::RecoveryCode), true),
            (Totp, &[Totp, Passkey], Some(Method::Passkey), true),
            (Totp, &[Totp], Some(Method::Passkey), false),
            (Totp, &[Totp], Some(Method::DigitToken), true),
            (Totp, &[Totp, Passkey], Some(Method::MailedCode), false),
            (Totp, &[Totp, Passkey], Some(Method::SecurityQuestions), false),
            (Passkey, &[RecoveryCodes], None, false),
            (Passkey, &[RecoveryCodes], Some(Method::RecoveryCode), true),
        ];
        for (changed, enrolled, proved, wanted) in cases {
            let set = enrolled.iter().copied().collect();
            assert_eq!(may_change(changed, &set, proved).is_ok(), wanted, "{changed:?} {enrolled:?} {proved:?}");
        }
    }
}
