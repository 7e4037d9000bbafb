//! The server's certificate: checked before it is used, changed while serving.
//!
//! Invariant: a pair of files that cannot serve never replaces one that does. TLS 1.2 and 1.3, HTTP/1.1 by ALPN; the
//! cryptography provider is passed explicitly, never taken from the process.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, ServerConfig};

/// More than any chain of certificates takes.
const MOST: u64 = 1024 * 1024;

/// Why a certificate or its key cannot be used. Says nothing of what is in the key file.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFault {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path}: {why}")]
    Form { path: PathBuf, why: String },
    /// The remedy is `chmod o= FILE`.
    #[error("{path} has mode {mode:03o}, others than its owner and group must have no access to a private key")]
    TooOpen { path: PathBuf, mode: u32 },
    #[error("the certificate in {certificate} and the private key in {key} do not belong together")]
    Mismatch { certificate: PathBuf, key: PathBuf },
    #[error("TLS cannot be set up: {0}")]
    Unusable(String),
}

/// What looking at the files again brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloaded {
    /// The files hold what they did at the last look.
    Same,
    /// New connections get the new certificate.
    Renewed,
}

/// A certificate with its private key, from two PEM files.
#[derive(Debug)]
pub struct Certificate {
    files: Files,
    shown: Shown,
    /// What the files held at the last look, good or not; a hash, so that no copy of the key is kept.
    seen: Mutex<u64>,
    config: Arc<ServerConfig>,
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// The pair in use.
#[derive(Debug, Clone)]
struct Shown(Arc<RwLock<Arc<CertifiedKey>>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Certificate {
    /// Reads and checks both files. The certificate's file holds the chain, the server's own first.
    ///
    /// # Errors
    /// When a file is not readable or not PEM, the key is open to others, or the two do not belong together.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, CertificateFault> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        let seen = files.fingerprint();
        let shown = Shown(Arc::new(RwLock::new(Arc::new(files.read()?))));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|e| CertificateFault::Unusable(e.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown.clone()));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { files, shown, seen: Mutex::new(seen), config: Arc::new(config) })
    }

    /// Looks at the files again. Connections under way keep the certificate they began with.
    ///
    /// # Errors
    /// When the files changed and cannot serve: the pair in use stays. The same fault is told once, until the files
    /// change again.
    pub fn reload(&self) -> Result<Reloaded, CertificateFault> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.files.fingerprint();
        if *seen == now {
            return Ok(Reloaded::Same);
        }
        *seen = now;
        let pair = Arc::new(self.files.read()?);
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = pair;
        Ok(Reloaded::Renewed)
    }

    /// Whether clients that reach the service at this host can accept the certificate's names. A host that is no
    /// name at all counts as not accepted.
    #[must_use]
    pub fn names(&self, host: &str) -> bool {
        let Ok(name) = ServerName::try_from(host) else { return false };
        let pair = self.shown.0.read().unwrap_or_else(PoisonError::into_inner);
        let parsed = pair.end_entity_cert().and_then(ParsedCertificate::try_from);
        parsed.is_ok_and(|certificate| rustls::client::verify_server_name(&certificate, &name).is_ok())
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        self.config.clone()
    }
}

impl Files {
    /// Changes when what the files hold, or whether they can be read, does.
    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for path in [&self.certificate, &self.key] {
            match bytes(path) {
                Ok((bytes, mode)) => (true, bytes, mode).hash(&mut hasher),
                Err(error) => (false, error.to_string()).hash(&mut hasher),
            }
        }
        hasher.finish()
    }

    fn read(&self) -> Result<CertifiedKey, CertificateFault> {
        let form = |path: &Path, why: String| CertificateFault::Form { path: path.to_owned(), why };
        let (text, _) = read(&self.certificate)?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&text)
            .collect::<Result<_, _>>()
            .map_err(|e| form(&self.certificate, e.to_string()))?;
        if chain.is_empty() {
            return Err(form(&self.certificate, "no certificate in it".to_owned()));
        }
        let (text, mode) = read(&self.key)?;
        if mode & 0o007 != 0 {
            return Err(CertificateFault::TooOpen { path: self.key.clone(), mode });
        }
        let key = PrivateKeyDer::from_pem_slice(&text).map_err(|e| form(&self.key, e.to_string()))?;
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        CertifiedKey::from_der(chain, key, &provider).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                CertificateFault::Mismatch { certificate: self.certificate.clone(), key: self.key.clone() }
            }
            rustls::Error::InvalidCertificate(CertificateError::BadEncoding) => {
                form(&self.certificate, "the first certificate is damaged".to_owned())
            }
            rustls::Error::InvalidCertificate(why) => form(&self.certificate, why.to_string()),
            error => form(&self.key, error.to_string()),
        })
    }
}

fn read(path: &Path) -> Result<(Vec<u8>, u32), CertificateFault> {
    bytes(path).map_err(|source| CertificateFault::Read { path: path.to_owned(), source })
}

/// What a file holds, and its permissions.
fn bytes(path: &Path) -> io::Result<(Vec<u8>, u32)> {
    let file = std::fs::File::open(path)?;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok((bytes, mode))
}
