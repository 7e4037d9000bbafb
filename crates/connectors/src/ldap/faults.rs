//! LDAP result codes and transport errors as faults: a table, not code.

use ldap3::{LdapError, LdapResult};

use crate::fault_table::Listed;
use crate::ldap::ppolicy;
use crate::{Fault, FaultClass, network};

use FaultClass::{Configuration, Permanent, Refused, Transient};

/// Result code and its name (RFC 4511 section 4.1.9, IANA "LDAP Parameters"), class, and the sentence for a person.
const TABLE: [(u32, &str, FaultClass, &str); 37] = [
    (1, "operationsError", Transient, "the source could not carry out the operation"),
    (2, "protocolError", Configuration, "the source does not know this way to set a password"),
    (3, "timeLimitExceeded", Transient, "the source took too long"),
    (4, "sizeLimitExceeded", Configuration, "the source found too many entries"),
    (7, "authMethodNotSupported", Configuration, "the source does not allow this way to sign in"),
    (8, "strongerAuthRequired", Configuration, "the source wants a stronger sign-in of the service account"),
    (10, "referral", Configuration, "another server holds this account"),
    (11, "adminLimitExceeded", Transient, "the source reached one of its limits"),
    (12, "unavailableCriticalExtension", Configuration, "the source does not know something that was asked of it"),
    (13, "confidentialityRequired", Configuration, "the source wants an encrypted connection"),
    (14, "saslBindInProgress", Configuration, "the source wants another way to sign in"),
    (16, "noSuchAttribute", Configuration, "the source does not know an attribute of the account"),
    (17, "undefinedAttributeType", Configuration, "the source does not know an attribute of the account"),
    (18, "inappropriateMatching", Configuration, "the source cannot search for accounts in this way"),
    (19, "constraintViolation", Refused, "the source refused this password by its own policy"),
    (20, "attributeOrValueExists", Refused, "the account has this password already"),
    (21, "invalidAttributeSyntax", Refused, "the source cannot store this password"),
    (32, "noSuchObject", Permanent, "the account does not exist at the source"),
    (33, "aliasProblem", Permanent, "the account cannot be followed to its entry"),
    (34, "invalidDNSyntax", Permanent, "the native identity of the account is not a valid name"),
    (36, "aliasDereferencingProblem", Permanent, "the account cannot be followed to its entry"),
    (48, "inappropriateAuthentication", Configuration, "the service account cannot sign in with a password"),
    (49, "invalidCredentials", Configuration, "the source refused the service account"),
    (50, "insufficientAccessRights", Permanent, "the service account has no right to change this account"),
    (51, "busy", Transient, "the source is busy"),
    (52, "unavailable", Transient, "the source is not available"),
    (53, "unwillingToPerform", Configuration, "the source is not willing to change passwords at present"),
    (54, "loopDetect", Configuration, "the source refers to itself in a circle"),
    (64, "namingViolation", Permanent, "the account cannot hold a password"),
    (65, "objectClassViolation", Permanent, "the account cannot hold a password"),
    (66, "notAllowedOnNonLeaf", Permanent, "the account cannot hold a password"),
    (67, "notAllowedOnRDN", Permanent, "the account cannot hold a password"),
    (69, "objectClassModsProhibited", Permanent, "the account cannot hold a password"),
    (71, "affectsMultipleDSAs", Configuration, "another server holds this account"),
    (80, "other", Transient, "the source had an internal fault"),
    (118, "canceled", Transient, "the source cancelled the operation"),
    (122, "assertionFailed", Transient, "the account was changed at the same moment"),
];

/// The fault of an answer whose code is not zero. An answer is certain: nothing was written.
pub(crate) fn from_result(result: &LdapResult) -> Fault {
    let detail = detail(result);
    if let Some(error) = ppolicy::error(&result.ctrls) {
        return Fault::new(error.class(), error.sentence(), format!("{detail} ppolicy={error:?}"));
    }
    let (class, sentence) = classify(result.rc);
    Fault::new(class, sentence, detail)
}

/// A code that the table does not know is retried: a final answer needs a reason.
fn classify(code: u32) -> (FaultClass, &'static str) {
    TABLE
        .iter()
        .find(|row| row.0 == code)
        .map_or((Transient, "the source gave an answer that is not known"), |row| (row.2, row.3))
}

/// Code and text of the server for the log. Servers do not repeat passwords; the text is cut all the same.
pub(crate) fn detail(result: &LdapResult) -> String {
    let text: String = result.text.chars().filter(|c| !c.is_control()).take(300).collect();
    format!("ldap result {}: {text}", result.rc)
}

/// The fault of an operation that got no answer on an open connection.
pub(crate) fn from_error(error: &LdapError) -> Fault {
    match error {
        LdapError::Io { source } => from_io(source),
        LdapError::Rustls { source } => crate::tls::faults::from_rustls(source),
        LdapError::LdapResult { result } => from_result(result),
        LdapError::DNSName { .. } | LdapError::UrlParsing { .. } | LdapError::UnknownScheme(_) => {
            Fault::new(Configuration, "the address of the source is wrong", error.to_string())
        }
        LdapError::Timeout { .. } => timed_out("no answer"),
        _ => lost(&error.to_string()),
    }
}

pub(crate) fn from_io(error: &std::io::Error) -> Fault {
    crate::tls::faults::from_io(error).unwrap_or_else(|| network::from_io(error))
}

pub(crate) fn lost(detail: &str) -> Fault {
    Fault::new(Transient, "the connection to the source was lost", detail)
}

pub(crate) fn timed_out(detail: &str) -> Fault {
    Fault::new(Transient, "the source did not answer in time", detail)
}

/// Each row as an answer is judged by it, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let answer =
        |rc| LdapResult { rc, matched: String::new(), text: String::new(), refs: Vec::new(), ctrls: Vec::new() };
    let known =
        TABLE.iter().map(|(rc, name, ..)| Listed::new("LDAP", format!("{rc} {name}"), from_result(&answer(*rc))));
    known.chain([Listed::new("LDAP", "any other result", from_result(&answer(u32::MAX)))]).collect()
}

#[cfg(test)]
mod tests {
    use ldap3::controls::{Control, RawControl};

    use super::*;

    fn result(rc: u32, text: &str, ctrls: Vec<Control>) -> LdapResult {
        LdapResult { rc, matched: String::new(), text: text.to_owned(), refs: Vec::new(), ctrls }
    }

    #[test]
    fn codes_are_sorted_and_sentences_are_plain() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0), "one row per code, in order");
        for (code, _, _, sentence) in TABLE {
            assert!(!sentence.ends_with('.') && sentence.is_ascii() && !sentence.contains("LDAP"), "{code}");
            assert!(sentence.starts_with(|c: char| c.is_ascii_lowercase()), "{code}");
        }
    }

    #[test]
    fn codes_have_their_class() {
        let check = |class: FaultClass, codes: &[u32]| {
            for code in codes {
                let fault = from_result(&result(*code, "x", Vec::new()));
                assert_eq!(fault.class, class, "{code}");
                assert_eq!(fault.written, crate::Written::No, "{code}");
                assert!(fault.detail.contains(&format!("result {code}: x")), "{fault}");
            }
        };
        check(Transient, &[1, 3, 11, 51, 52, 80, 118, 122, 4242]);
        check(Refused, &[19, 20, 21]);
        check(Permanent, &[32, 33, 34, 36, 50, 64, 65, 66, 67, 69]);
        check(Configuration, &[2, 4, 7, 8, 10, 12, 13, 14, 16, 17, 18, 48, 49, 53, 54, 71]);
    }

    #[test]
    fn the_policy_control_says_why() {
        let control = |code| {
            Control(
                None,
                RawControl { ctype: ppolicy::OID.to_owned(), crit: false, val: Some(vec![0x30, 3, 0x81, 1, code]) },
            )
        };
        let short = from_result(&result(19, "Password fails quality checking policy", vec![control(6)]));
        assert_eq!((short.class, short.reason.as_str()), (Refused, "this password is too short for the source"));
        let own = from_result(&result(50, "Operations are restricted", vec![control(2)]));
        assert_eq!(own.class, Configuration);
    }

    #[test]
    fn the_detail_is_short_and_on_one_line() {
        let fault = from_result(&result(80, &format!("a\r\nb\0{}", "y".repeat(5_000)), Vec::new()));
        assert!(fault.detail.len() < 400 && !fault.detail.contains(['\n', '\r', '\0']), "{fault}");
    }
}
