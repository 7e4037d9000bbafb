//! What a refused sign-in of the service account means: a table, not code.
//!
//! Where the source has judged the credential and found it wanting, the same sign-in once more brings a lock of the service
//! account nearer: such a fault stops the source.

use ldap3::LdapResult;
use ldap3::controls::{Control, RawControl};

use crate::fault_table::Listed;
use crate::ldap::ppolicy::PolicyError;
use crate::ldap::{faults, ppolicy};
use crate::{Fault, FaultClass};

/// What the source gave: a Windows code in the text, an error of the password policy control, a result code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Data(u32),
    Policy(PolicyError),
    Code(u32),
}

use Given::{Code, Data, Policy};

const REFUSED: &str = "the source refused the service account";
const LOCKED: &str = "the service account is locked";
const EXPIRED: &str = "the password of the service account has expired";
const MUST_CHANGE: &str = "the service account must first change its own password";

/// Each stops the source. The first row that fits counts.
const TABLE: [(Given, &str); 16] = [
    (Data(0x525), "the service account does not exist at the source"),
    (Data(0x52e), "the name or the password of the service account is wrong"),
    (Data(0x530), "the service account may not sign in at this hour"),
    (Data(0x531), "the service account may not sign in from this computer"),
    (Data(0x532), EXPIRED),
    (Data(0x533), "the service account is disabled"),
    (Data(0x701), "the service account has expired"),
    (Data(0x773), MUST_CHANGE),
    (Data(0x775), LOCKED),
    (Policy(PolicyError::AccountLocked), LOCKED),
    (Policy(PolicyError::PasswordExpired), EXPIRED),
    (Policy(PolicyError::ChangeAfterReset), MUST_CHANGE),
    (Code(48), REFUSED),
    (Code(49), REFUSED),
    (Code(50), REFUSED),
    (Code(53), REFUSED),
];

/// The fault of the bind; `None` when the service account is signed in.
pub(crate) fn fault(result: &LdapResult) -> Option<Fault> {
    let policy = ppolicy::error(&result.ctrls);
    // "Expired, one grace sign-in used" comes with code 0 and is a sign-in all the same.
    if result.rc == 0 && policy != Some(PolicyError::ChangeAfterReset) {
        return None;
    }
    let data = if result.rc == 49 { bind_data(&result.text) } else { None };
    let is_given = |given: &Given| match given {
        Data(code) => data == Some(*code),
        Policy(error) => policy == Some(*error),
        Code(code) => result.rc == *code,
    };
    let judged = faults::from_result(result);
    Some(match TABLE.iter().find(|(given, _)| is_given(given)) {
        Some((_, sentence)) => Fault::new(FaultClass::Configuration, *sentence, judged.detail).stopping_source(),
        None if judged.class == FaultClass::Transient => judged,
        None => Fault::new(FaultClass::Configuration, REFUSED, judged.detail),
    })
}

/// The Windows code in the text of a refused bind: `… AcceptSecurityContext error, data 52e, v4563`.
pub(crate) fn bind_data(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("data ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    u32::from_str_radix(rest.get(..digits)?, 16).ok()
}

/// Each row as a bind is judged by it, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let answer = |rc, text: String, ctrls| LdapResult { rc, matched: String::new(), text, refs: Vec::new(), ctrls };
    TABLE
        .iter()
        .filter_map(|(given, _)| {
            let (name, answer) = match given {
                Data(code) => {
                    (format!("49 with data {code:x}"), answer(49, format!("error, data {code:x}, v1"), Vec::new()))
                }
                Policy(error) => {
                    let val = Some(vec![0x30, 3, 0x81, 1, error.code()]);
                    let control = Control(None, RawControl { ctype: ppolicy::OID.to_owned(), crit: false, val });
                    // Servers send this one with success.
                    let rc = if *error == PolicyError::ChangeAfterReset { 0 } else { 49 };
                    (format!("{rc} with {error:?}"), answer(rc, String::new(), vec![control]))
                }
                Code(code) => (format!("{code}"), answer(*code, String::new(), Vec::new())),
            };
            Some(Listed::new("LDAP and Active Directory, sign-in of the service account", name, fault(&answer)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(rc: u32, text: &str) -> Option<Fault> {
        fault(&LdapResult { rc, matched: String::new(), text: text.to_owned(), refs: Vec::new(), ctrls: Vec::new() })
    }

    #[test]
    fn a_credential_that_was_judged_stops_the_source() {
        assert_eq!(bind(0, ""), None);
        for (rc, text, word) in [
            (49, "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 52e, v4563", "wrong"),
            (49, "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 775, v4563", "locked"),
            (49, "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 4242, v4563", "refused"),
            (49, "", "refused"),
            (53, "data 52e", "refused"),
        ] {
            let fault = bind(rc, text).unwrap();
            assert!(fault.stops_source && fault.class == FaultClass::Configuration, "{rc} {text}: {fault}");
            assert!(fault.reason.contains(word), "{rc} {text}: {fault}");
        }
    }

    #[test]
    fn a_server_that_did_not_judge_it_does_not() {
        for rc in [1, 3, 51, 52, 80] {
            let fault = bind(rc, "").unwrap();
            assert!(!fault.stops_source && fault.class == FaultClass::Transient, "{rc}: {fault}");
        }
        for rc in [2, 7, 8, 13, 32, 34] {
            let fault = bind(rc, "").unwrap();
            assert!(!fault.stops_source && fault.class == FaultClass::Configuration, "{rc}: {fault}");
        }
    }
}
