//! TLS to sources: one way to build a client configuration, one way to tell what was wrong.
//!
//! Invariants: the chain, the time and the name of a server are always verified; nothing here, and no setting,
//! switches that off. The cryptography provider is passed explicitly, never taken from the process.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::{Fault, FaultClass};

pub(crate) mod faults;

/// Which authorities may vouch for a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roots<'a> {
    /// A PEM file with the operator's own authorities.
    pub ca_file: Option<&'a Path>,
    /// Trust the authorities of the operating system as well.
    pub native: bool,
}

impl<'a> Roots<'a> {
    /// The operator's file alone when there is one, else the operating system's authorities.
    #[must_use]
    pub fn file_or_native(ca_file: Option<&'a Path>) -> Self {
        Self { ca_file, native: ca_file.is_none() }
    }
}

/// A client configuration for TLS 1.2 and 1.3.
///
/// # Errors
/// `FaultClass::Configuration` when a CA file cannot be read or no authority is left.
pub fn client_config(roots: Roots<'_>) -> Result<Arc<ClientConfig>, Fault> {
    let mut store = RootCertStore::empty();
    if roots.native {
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if let Some(path) = roots.ca_file {
        add_file(&mut store, path)?;
    }
    if store.is_empty() {
        return Err(configuration("no certificate authority is known", "the operating system offers none".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| configuration("encryption cannot be set up", error.to_string()))?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add_file(store: &mut RootCertStore, path: &Path) -> Result<(), Fault> {
    const REASON: &str = "the file with the certificate authority cannot be used";
    let shown = path.display();
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| configuration(REASON, format!("{shown}: {error}")))?;
    if certificates.is_empty() {
        return Err(configuration(REASON, format!("{shown}: no certificate in it")));
    }
    for certificate in certificates {
        store.add(certificate).map_err(|error| configuration(REASON, format!("{shown}: {error}")))?;
    }
    Ok(())
}

fn configuration(reason: &str, detail: String) -> Fault {
    Fault::new(FaultClass::Configuration, reason, detail)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{Roots, client_config};
    use crate::FaultClass;

    #[test]
    fn a_ca_file_must_hold_a_certificate() {
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let fault = client_config(Roots::file_or_native(Some(file.path()))).unwrap_err();
            assert_eq!(fault.class, FaultClass::Configuration, "{text:?}");
            assert!(fault.detail.contains(&file.path().display().to_string()), "names the file: {fault}");
        }
        let missing = std::path::Path::new("/nonexistent/ca.pem");
        let fault = client_config(Roots::file_or_native(Some(missing))).unwrap_err();
        assert!(fault.detail.starts_with("/nonexistent/ca.pem: "), "{fault}");
    }

    #[test]
    fn no_authority_is_a_fault_and_not_trust_in_everybody() {
        assert_eq!(client_config(Roots { ca_file: None, native: false }).unwrap_err().class, FaultClass::Configuration);
    }
}
