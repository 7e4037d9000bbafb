//! Results with the texts that Active Directory puts into them; connectors read the hexadecimal code at the start.

use ldap3_proto::proto::{LdapResult, LdapResultCode};

pub(crate) fn success() -> LdapResult {
    result(LdapResultCode::Success, "")
}

pub(crate) fn result(code: LdapResultCode, message: impl Into<String>) -> LdapResult {
    LdapResult { code, matcheddn: String::new(), message: message.into(), referral: Vec::new() }
}

/// A refused sign-in; `data` tells why: `52e`, `533`, `701`, `773` or `775`.
pub(crate) fn refused_bind(data: &str) -> LdapResult {
    let message = format!("80090308: LdapErr: DSID-0C090400, comment: AcceptSecurityContext error, data {data}, v4563");
    result(LdapResultCode::InvalidCredentials, message)
}

pub(crate) fn bind_needed() -> LdapResult {
    let message = "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be \
                   completed on the connection., data 0, v4563";
    result(LdapResultCode::OperationsError, message)
}

pub(crate) fn busy() -> LdapResult {
    result(LdapResultCode::Busy, "0000200E: the directory service is busy")
}

/// The disk or the hashing failed; whether a write was kept is unknown.
pub(crate) fn unavailable() -> LdapResult {
    result(LdapResultCode::Unavailable, "0000200F: the directory service is unavailable")
}

pub(crate) fn no_rights() -> LdapResult {
    result(LdapResultCode::InsufficentAccessRights, "00002098: insufficient access rights to perform the operation")
}

pub(crate) fn unwilling(message: &str) -> LdapResult {
    result(LdapResultCode::UnwillingToPerform, message)
}

pub(crate) fn bad_dn() -> LdapResult {
    result(LdapResultCode::InvalidDNSyntax, "0000208F: the name is not a distinguished name")
}

/// `code` is 00002030 from a write and 0000208D from a search.
pub(crate) fn no_such_object(code: &str) -> LdapResult {
    result(LdapResultCode::NoSuchObject, format!("{code}: no such object"))
}

pub(crate) fn constraint(message: &str) -> LdapResult {
    result(LdapResultCode::ConstraintViolation, message)
}

pub(crate) fn unknown_control(oid: &str) -> LdapResult {
    result(LdapResultCode::UnavailableCriticalExtension, format!("00002040: control {oid} is not supported"))
}
