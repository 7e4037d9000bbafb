//! TLS errors in words: which certificate fault it is, by name.

use std::io;

use rustls::{CertificateError, Error};

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

fn sentence(error: &Error) -> &'static str {
    match error {
        Error::InvalidCertificate(certificate) => certificate_sentence(certificate),
        Error::NoCertificatesPresented => "the source shows no certificate",
        Error::InvalidMessage(_) => "the source does not speak TLS at this address",
        Error::PeerIncompatible(_) => "the source offers no encryption that is strong enough",
        Error::AlertReceived(_) => "the source refused the encrypted connection",
        Error::UnsupportedNameType => "the name of the source cannot stand in a certificate",
        _ => "the encrypted connection to the source failed",
    }
}

fn certificate_sentence(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::UnknownIssuer => "the certificate of the source comes from an unknown authority",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate of the source is for another host name"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate of the source has expired"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate of the source is not valid yet"
        }
        CertificateError::Revoked => "the certificate of the source was revoked",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate of the source is not meant for a server"
        }
        CertificateError::BadSignature => "the certificate of the source was not signed by the known authority",
        _ => "the certificate of the source cannot be accepted",
    }
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
