//! Active Directory's own codes as faults: tables, not code.
//!
//! An operation fails with a Windows error code in hexadecimal at the start of the text (`0000052D: SvcErr: …`); a
//! bind fails with `data 52e` inside it. The result code alone does not tell the cases apart.

use ldap3::LdapResult;

use crate::fault_table::Listed;
use crate::ldap::{faults, service_sign_in};
use crate::{Fault, FaultClass, Proof};

use FaultClass::{Configuration, Permanent, Refused, Transient};

/// Windows error code (MS-ERREF 2.2), class, and the sentence for a person.
const OPERATIONS: [(u32, FaultClass, &str); 34] = [
    (0x0005, Permanent, "the service account has no right to set the password of this account"),
    (0x001F, Configuration, "the source accepts passwords on an encrypted connection only"),
    (0x0032, Configuration, "the source does not know something that was asked of it"),
    (0x0035, Transient, "the source cannot reach a server that it needs"),
    (0x0056, Refused, "the present password is wrong"),
    (0x0057, Configuration, "the source did not understand what was asked of it"),
    (0x04DC, Transient, "the source no longer knows the service account on this connection"),
    (0x051B, Permanent, "the service account may not make another account the owner"),
    (0x0522, Permanent, "the service account lacks a privilege that this account needs"),
    (0x0525, Permanent, "the account does not exist at the source"),
    (0x052B, Refused, "the present password is wrong"),
    (0x052C, Refused, "this password holds a character that the source does not take"),
    (
        0x052D,
        Refused,
        "this password breaks the policy of the source: too short, too simple, used before, or the last change is too recent",
    ),
    (0x0533, Permanent, "the account is disabled"),
    (0x0775, Permanent, "the account is locked"),
    (0x200A, Permanent, "the account has no such attribute"),
    (0x200E, Transient, "the source is busy"),
    (0x200F, Transient, "the source is not available"),
    (0x2020, Transient, "the source could not carry out the operation"),
    (0x2022, Transient, "the source took too long"),
    (0x2028, Configuration, "the source wants a stronger sign-in of the service account"),
    (0x202B, Configuration, "a server of another domain holds this account"),
    (0x202C, Configuration, "the source does not know something that was asked of it"),
    (0x202D, Configuration, "the source wants an encrypted connection"),
    (0x202F, Refused, "the source refused this password by its own policy"),
    (0x2030, Permanent, "the account does not exist at the source"),
    (0x2032, Permanent, "the native identity of the account is not a valid name"),
    (0x2035, Configuration, "the source is not willing to set a password in this way"),
    (0x203A, Transient, "the source is not available"),
    (0x203D, Configuration, "the source does not know this operation"),
    (0x2077, Permanent, "the service account has no right to change this account"),
    (0x208D, Permanent, "the account does not exist at the source"),
    (0x2098, Permanent, "the service account has no right to change this account"),
    (0x20EE, Transient, "the source had an internal fault"),
];

/// Samba gives one code for three rules of its policy, and says in its text which it was.
const POLICY_TEXTS: [(&str, &str); 5] = [
    ("too short", "this password is too short for the source"),
    ("complexity", "this password is too simple for the source: mix capitals, small letters, digits and signs"),
    ("history", "this password was used before"),
    ("previous password", "this password was used before"),
    ("too young", "the password was changed too recently to change it again"),
];

/// What `data …` of a refused bind says about the password that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bind {
    /// The password is right.
    Right,
    /// The password is wrong, or the account is not there: both look the same.
    Wrong,
    /// A sign-in cannot show it.
    Closed(&'static str),
}

/// Code, meaning.
const BINDS: [(u32, Bind); 14] = [
    (0x525, Bind::Closed("the account does not exist at the source")),
    (0x52e, Bind::Wrong),
    (0x52f, Bind::Closed("the account may not sign in here")),
    (0x530, Bind::Closed("the account may not sign in at this hour")),
    (0x531, Bind::Closed("the account may not sign in from this computer")),
    (0x532, Bind::Closed("the password has expired")),
    (0x533, Bind::Closed("the account is disabled")),
    (0x534, Bind::Closed("the account may not sign in in this way")),
    (0x568, Bind::Closed("the account is in too many groups to sign in")),
    (0x569, Bind::Closed("the account may not sign in in this way")),
    (0x701, Bind::Closed("the account has expired")),
    (0x773, Bind::Right),
    (0x775, Bind::Closed("the account is locked")),
    (0x80090346, Bind::Closed("the source wants a stronger bond to the encrypted connection")),
];

/// The fault of an operation whose code is not zero.
pub(crate) fn from_result(result: &LdapResult) -> Fault {
    let row = windows_code(&result.text).and_then(|code| OPERATIONS.iter().find(|row| row.0 == code));
    let Some((code, class, sentence)) = row else { return faults::from_result(result) };
    let text = result.text.to_ascii_lowercase();
    let rule = POLICY_TEXTS.iter().find(|(word, _)| *code == 0x052D && text.contains(word));
    Fault::new(*class, rule.map_or(*sentence, |(_, sentence)| *sentence), faults::detail(result))
}

/// What the bind of an account proves.
pub(crate) fn judge(result: &LdapResult) -> Result<Proof, Fault> {
    match (result.rc, bind_data(&result.text)) {
        (0, _) | (49, Some(Bind::Right)) => Ok(Proof::Proved),
        (49, Some(Bind::Closed(reason))) => Ok(Proof::NotProvable(reason.to_owned())),
        (49, _) => Ok(Proof::Rejected),
        _ => Err(from_result(result)),
    }
}

/// Why an account could not sign in to change its own password.
pub(crate) fn from_bind(result: &LdapResult) -> Fault {
    let (class, sentence) = match (result.rc, bind_data(&result.text)) {
        (49, Some(Bind::Right)) => (Permanent, "the account must set a new password where it signs in, or be reset"),
        (49, Some(Bind::Closed(reason))) => (Permanent, reason),
        (49, _) => (Refused, "the present password is wrong"),
        _ => return from_result(result),
    };
    Fault::new(class, sentence, faults::detail(result))
}

/// Each row as an answer is judged by it, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let judged = |text: String| {
        from_result(&LdapResult { rc: 53, matched: String::new(), text, refs: Vec::new(), ctrls: Vec::new() })
    };
    let codes = OPERATIONS
        .iter()
        .map(|(code, ..)| Listed::new("Active Directory", format!("{code:08X}"), judged(format!("{code:08X}: x"))));
    let texts = POLICY_TEXTS.iter().map(|(word, _)| {
        Listed::new(
            "Active Directory",
            format!("0000052D with \"{word}\" (Samba)"),
            judged(format!("0000052D: {word}")),
        )
    });
    codes.chain(texts).collect()
}

/// The hexadecimal number before the first colon: eight digits.
fn windows_code(text: &str) -> Option<u32> {
    let (code, _) = text.trim_start().split_once(':')?;
    if code.len() == 8 { u32::from_str_radix(code, 16).ok() } else { None }
}

fn bind_data(text: &str) -> Option<Bind> {
    let code = service_sign_in::bind_data(text)?;
    BINDS.iter().find(|row| row.0 == code).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(rc: u32, text: &str) -> LdapResult {
        LdapResult { rc, matched: String::new(), text: text.to_owned(), refs: Vec::new(), ctrls: Vec::new() }
    }

    #[test]
    fn tables_are_sorted_and_plain() {
        assert!(OPERATIONS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(BINDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (code, _, sentence) in OPERATIONS {
            assert!(sentence.is_ascii() && !sentence.ends_with('.') && !sentence.contains("LDAP"), "{code:x}");
        }
    }

    #[test]
    fn operations_are_classed() {
        let check = |rc: u32, text: &str, class: FaultClass, word: &str| {
            let fault = from_result(&result(rc, text));
            assert_eq!(fault.class, class, "{text}: {fault}");
            assert!(fault.reason.contains(word), "{text}: {fault}");
            assert!(fault.detail.contains(text), "{text}: {fault}");
        };
        check(53, "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0", Refused, "policy");
        check(19, "0000052D: AtrErr: DSID-03191083, #1:", Refused, "policy");
        check(
            19,
            "0000052D: Constraint violation - check_password_restrictions: the password is too short. It should be equal or longer than 7 characters!",
            Refused,
            "too short",
        );
        check(
            19,
            "0000052D: Constraint violation - check_password_restrictions: the password does not meet the complexity criteria!",
            Refused,
            "too simple",
        );
        check(
            19,
            "0000052D: Constraint violation - check_password_restrictions: the password was already used (in history)!",
            Refused,
            "before",
        );
        check(19, "00000056: AtrErr: DSID-03191083, #1:", Refused, "present password");
        check(53, "00002035: SvcErr: DSID-031A1254, problem 5003", Configuration, "not willing");
        check(53, "0000001F: SvcErr: DSID-031A126C, problem 5003", Configuration, "encrypted");
        check(32, "00002030: LdapErr: DSID-0C090FCF, comment: x", Permanent, "not exist");
        check(32, "0000208D: NameErr: DSID-03100241, problem 2001 (NO_OBJECT)", Permanent, "not exist");
        check(50, "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS)", Permanent, "no right");
        check(50, "00000005: SecErr: DSID-031A11C7, problem 4003", Permanent, "no right");
        check(87, "00000057: LdapErr: DSID-0C090D16, comment: Error processing control", Configuration, "understand");
        check(2, "0000203D: LdapErr: DSID-0C090C7D, comment: Unknown extended request OID", Configuration, "operation");
        check(10, "0000202B: RefErr: DSID-03100781, data 0, 1 access points", Configuration, "another domain");
        check(
            1,
            "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed",
            Transient,
            "no longer knows",
        );
        check(51, "0000200E: SvcErr: x", Transient, "busy");
        check(34, "00002032: NameErr: x", Permanent, "valid name");
        // No code, or one that the table does not know: the result code decides.
        check(19, "policy", Refused, "policy");
        check(52, "0000ABCD: x", Transient, "not available");
        check(50, "52D: x", Permanent, "no right");
    }

    #[test]
    fn binds_are_judged() {
        let judged = |data: &str| {
            judge(&result(
                49,
                &format!("80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, {data}, v4563"),
            ))
        };
        assert_eq!(judge(&result(0, "")).unwrap(), Proof::Proved);
        assert_eq!(judged("data 773").unwrap(), Proof::Proved);
        assert_eq!(judged("data 52e").unwrap(), Proof::Rejected);
        assert_eq!(judged("data 52E").unwrap(), Proof::Rejected);
        assert_eq!(judged("nothing").unwrap(), Proof::Rejected);
        assert_eq!(judged("data 4242").unwrap(), Proof::Rejected);
        for (data, word) in [
            ("775", "locked"),
            ("533", "disabled"),
            ("701", "expired"),
            ("532", "expired"),
            ("530", "hour"),
            ("531", "computer"),
        ] {
            let Proof::NotProvable(reason) = judged(&format!("data {data}")).unwrap() else { panic!("{data}") };
            assert!(reason.contains(word), "{data}: {reason}");
        }
        assert_eq!(judge(&result(51, "0000200E: x")).unwrap_err().class, Transient);
        assert_eq!(judge(&result(8, "")).unwrap_err().class, Configuration);
    }

    #[test]
    fn a_sign_in_before_a_change_says_why_it_failed() {
        let fault = |data: &str| from_bind(&result(49, &format!("80090308: x, data {data}, v1db1")));
        assert_eq!((fault("52e").class, fault("52e").reason.as_str()), (Refused, "the present password is wrong"));
        assert_eq!((fault("775").class, fault("775").reason.as_str()), (Permanent, "the account is locked"));
        assert_eq!(fault("773").class, Permanent);
    }
}
