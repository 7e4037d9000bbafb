//! The password policy control (draft-behera-ldap-password-policy-10): asked for, decoded, put into words.
//!
//! Without it a locked account and a wrong password give the same result code, and a policy refusal gives no reason.

use ldap3::LdapResult;
use ldap3::controls::{Control, RawControl};

use crate::FaultClass;
use crate::fault_table::Listed;
use crate::ldap::faults;

pub(crate) const OID: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// What the server says about the account's password, beside the result code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PolicyError {
    PasswordExpired,
    AccountLocked,
    ChangeAfterReset,
    PasswordModNotAllowed,
    MustSupplyOldPassword,
    InsufficientPasswordQuality,
    PasswordTooShort,
    PasswordTooYoung,
    PasswordInHistory,
    PasswordTooLong,
}

/// Code, error, class of the fault when a password is set, and the sentence for a person.
const TABLE: [(u8, PolicyError, FaultClass, &str); 10] = [
    (0, PolicyError::PasswordExpired, FaultClass::Permanent, "the password of the account has expired"),
    (1, PolicyError::AccountLocked, FaultClass::Permanent, "the account is locked"),
    (
        2,
        PolicyError::ChangeAfterReset,
        FaultClass::Configuration,
        "the service account must first change its own password",
    ),
    (3, PolicyError::PasswordModNotAllowed, FaultClass::Permanent, "the password of this account may not be changed"),
    (4, PolicyError::MustSupplyOldPassword, FaultClass::Configuration, "the source wants the old password as well"),
    (5, PolicyError::InsufficientPasswordQuality, FaultClass::Refused, "the source finds this password too simple"),
    (6, PolicyError::PasswordTooShort, FaultClass::Refused, "this password is too short for the source"),
    (7, PolicyError::PasswordTooYoung, FaultClass::Refused, "the password was changed too recently to change it again"),
    (8, PolicyError::PasswordInHistory, FaultClass::Refused, "this password was used before"),
    (9, PolicyError::PasswordTooLong, FaultClass::Refused, "this password is too long for the source"),
];

impl PolicyError {
    pub(crate) fn code(self) -> u8 {
        TABLE.iter().find(|row| row.1 == self).map_or(u8::MAX, |row| row.0)
    }

    pub(crate) fn class(self) -> FaultClass {
        TABLE.iter().find(|row| row.1 == self).map_or(FaultClass::Refused, |row| row.2)
    }

    pub(crate) fn sentence(self) -> &'static str {
        TABLE.iter().find(|row| row.1 == self).map_or("the source refused this password", |row| row.3)
    }
}

/// The control that asks for the answer; not critical, so a server without it goes on.
pub(crate) fn request() -> RawControl {
    RawControl { ctype: OID.to_owned(), crit: false, val: None }
}

/// The error in a response, where the server sent one. A malformed control counts as none.
pub(crate) fn error(controls: &[Control]) -> Option<PolicyError> {
    let raw = controls.iter().map(|Control(_, raw)| raw).find(|raw| raw.ctype == OID)?;
    decode(raw.val.as_deref()?)
}

/// `SEQUENCE { warning [0] CHOICE … OPTIONAL, error [1] ENUMERATED OPTIONAL }`, all lengths in the short form:
/// the longest legal value has 11 bytes.
fn decode(value: &[u8]) -> Option<PolicyError> {
    let (0x30, mut body, []) = element(value)? else { return None };
    while !body.is_empty() {
        let (tag, content, rest) = element(body)?;
        if let (0x81, [code]) = (tag, content) {
            return TABLE.iter().find(|row| row.0 == *code).map(|row| row.1);
        }
        body = rest;
    }
    None
}

/// Tag, content and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    if length >= 0x80 {
        return None;
    }
    let (content, rest) = rest.split_at_checked(usize::from(length))?;
    Some((tag, content, rest))
}

/// Each error as the refusal of a password is judged by it, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    TABLE
        .iter()
        .map(|(code, error, ..)| {
            let value = RawControl { ctype: OID.to_owned(), crit: false, val: Some(vec![0x30, 3, 0x81, 1, *code]) };
            let ctrls = vec![Control(None, value)];
            let answer = LdapResult { rc: 19, matched: String::new(), text: String::new(), refs: Vec::new(), ctrls };
            Listed::new("LDAP password policy control", format!("{code} {error:?}"), faults::from_result(&answer))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_decoded() {
        for (code, error, class, sentence) in TABLE {
            assert_eq!(decode(&[0x30, 3, 0x81, 1, code]), Some(error));
            assert_eq!((error.class(), error.sentence()), (class, sentence));
        }
    }

    #[test]
    fn warnings_are_passed_over() {
        // 1000 s before expiration, alone and before an error.
        assert_eq!(decode(&[0x30, 6, 0xa0, 4, 0x80, 2, 0x03, 0xe8]), None);
        assert_eq!(decode(&[0x30, 9, 0xa0, 4, 0x80, 2, 0x03, 0xe8, 0x81, 1, 2]), Some(PolicyError::ChangeAfterReset));
        assert_eq!(decode(&[0x30, 0]), None);
    }

    #[test]
    fn nothing_malformed_is_believed() {
        let whole = [0x30, 9, 0xa0, 4, 0x80, 2, 0x03, 0xe8, 0x81, 1, 1];
        for length in 0..whole.len() {
            assert_eq!(decode(&whole[..length]), None, "{length} bytes");
        }
        for bad in [
            &[0x31, 3, 0x81, 1, 1][..],
            &[0x30, 0x81, 3, 0x81, 1, 1],
            &[0x30, 3, 0x81, 1, 77],
            &[0x30, 4, 0x81, 2, 0, 1],
        ] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
        let other =
            Control(None, RawControl { ctype: "1.2.3".to_owned(), crit: false, val: Some(vec![0x30, 3, 0x81, 1, 1]) });
        assert_eq!(error(&[other]), None);
    }
}
