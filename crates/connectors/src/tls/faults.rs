//! TLS errors in words: which certificate fault it is, by name.

use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

use crate::fault_table::Listed;
use crate::{Fault, FaultClass};

/// The fault of a failed handshake, or `None` when the error is not about TLS.
#[must_use]
pub(crate) fn from_io(error: &io::Error) -> Option<Fault> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).map(from_rustls)
}

/// Every TLS error is a matter of the set-up: it is told to the administrator, and no password has left.
#[must_use]
pub(crate) fn from_rustls(error: &Error) -> Fault {
    Fault::new(FaultClass::Configuration, sentence(error), format!("tls: {error}"))
}

/// Name and the sentence for a person.
const TABLE: [(&str, &str); 14] = [
    ("UnknownIssuer", "the certificate of the source comes from an unknown authority"),
    ("NotValidForName", "the certificate of the source is for another host name"),
    ("Expired", "the certificate of the source has expired"),
    ("NotValidYet", "the certificate of the source is not valid yet"),
    ("Revoked", "the certificate of the source was revoked"),
    ("InvalidPurpose", "the certificate of the source is not meant for a server"),
    ("BadSignature", "the certificate of the source was not signed by the known authority"),
    ("any other certificate fault", "the certificate of the source cannot be accepted"),
    ("NoCertificatesPresented", "the source shows no certificate"),
    ("InvalidMessage", "the source does not speak TLS at this address"),
    ("PeerIncompatible", "the source offers no encryption that is strong enough"),
    ("AlertReceived", "the source refused the encrypted connection"),
    ("UnsupportedNameType", "the name of the source cannot stand in a certificate"),
    ("any other TLS fault", "the encrypted connection to the source failed"),
];

fn sentence(error: &Error) -> &'static str {
    let name = name(error);
    TABLE.iter().find(|row| row.0 == name).map_or("the encrypted connection to the source failed", |row| row.1)
}

fn name(error: &Error) -> &'static str {
    match error {
        Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::UnknownIssuer => "UnknownIssuer",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "NotValidForName",
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "Expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "NotValidYet",
            CertificateError::Revoked => "Revoked",
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => "InvalidPurpose",
            CertificateError::BadSignature => "BadSignature",
            _ => "any other certificate fault",
        },
        Error::NoCertificatesPresented => "NoCertificatesPresented",
        Error::InvalidMessage(_) => "InvalidMessage",
        Error::PeerIncompatible(_) => "PeerIncompatible",
        Error::AlertReceived(_) => "AlertReceived",
        Error::UnsupportedNameType => "UnsupportedNameType",
        _ => "any other TLS fault",
    }
}

/// An error of each kind as it is judged, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let certificates = [
        CertificateError::UnknownIssuer,
        CertificateError::NotValidForName,
        CertificateError::Expired,
        CertificateError::NotValidYet,
        CertificateError::Revoked,
        CertificateError::InvalidPurpose,
        CertificateError::BadSignature,
        CertificateError::BadEncoding,
    ];
    let others = [
        Error::NoCertificatesPresented,
        Error::InvalidMessage(InvalidMessage::InvalidContentType),
        Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
        Error::AlertReceived(AlertDescription::HandshakeFailure),
        Error::UnsupportedNameType,
        Error::DecryptError,
    ];
    let errors = certificates.into_iter().map(Error::InvalidCertificate).chain(others);
    errors.map(|error| Listed::new("TLS", name(&error), from_rustls(&error))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificate_faults_are_told_apart() {
        let table = [
            (CertificateError::UnknownIssuer, "unknown authority"),
            (CertificateError::NotValidForName, "another host name"),
            (CertificateError::Expired, "expired"),
            (CertificateError::NotValidYet, "not valid yet"),
            (CertificateError::Revoked, "revoked"),
            (CertificateError::InvalidPurpose, "not meant for a server"),
            (CertificateError::BadSignature, "not signed by"),
            (CertificateError::BadEncoding, "cannot be accepted"),
        ];
        for (error, word) in table {
            let wrapped = io::Error::new(io::ErrorKind::InvalidData, Error::InvalidCertificate(error));
            let fault = from_io(&wrapped).unwrap();
            assert_eq!(fault.class, FaultClass::Configuration);
            assert!(fault.reason.contains(word), "{word}: {fault}");
        }
        assert!(from_io(&io::Error::other("cable")).is_none());
    }
}
