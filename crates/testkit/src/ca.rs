//! A certificate authority for tests, and server certificates good and bad.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

static COUNTER: AtomicUsize = AtomicUsize::new(0);

/// An authority made for one test; nobody else trusts it.
pub struct Ca {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A server's certificate and its private key, as PEM.
pub struct ServerIdentity {
    pub certificate: String,
    pub key: String,
}

/// The files a server is pointed at. The key is readable by its owner only.
pub struct ServerFiles {
    pub ca: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    None,
    Expired,
    NotYetValid,
    /// For clients, not for servers.
    WrongPurpose,
    /// Signed with its own key and not by the authority.
    SelfSigned,
}

impl Ca {
    /// # Errors
    /// When a key cannot be made.
    pub fn new() -> Result<Self> {
        let mut params = CertificateParams::default();
        // Two authorities of one name are told apart by their signatures only, which gives another fault.
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("Passwright test authority {}-{number}", std::process::id());
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate()?)? })
    }

    /// The authority's certificate as PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A good server certificate (P-256) for host names and IP addresses.
    ///
    /// # Errors
    /// When a name cannot stand in a certificate.
    pub fn server(&self, names: &[&str]) -> Result<ServerIdentity> {
        self.flawed(names, Flaw::None)
    }

    /// A server certificate with one flaw.
    ///
    /// # Errors
    /// When a name cannot stand in a certificate.
    pub fn flawed(&self, names: &[&str], flaw: Flaw) -> Result<ServerIdentity> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
        params.distinguished_name.push(DnType::CommonName, names.first().copied().unwrap_or("test server"));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![match flaw {
            Flaw::WrongPurpose => ExtendedKeyUsagePurpose::ClientAuth,
            _ => ExtendedKeyUsagePurpose::ServerAuth,
        }];
        params.not_before = date_time_ymd(if flaw == Flaw::NotYetValid { 2200 } else { 2020 }, 1, 1);
        params.not_after = date_time_ymd(if flaw == Flaw::Expired { 2021 } else { 2300 }, 1, 1);
        let certificate =
            if flaw == Flaw::SelfSigned { params.self_signed(&key)? } else { params.signed_by(&key, &self.issuer)? };
        Ok(ServerIdentity { certificate: certificate.pem(), key: key.serialize_pem() })
    }

    /// Writes `ca.pem`, `server.pem` and `server.key` for a server with these names.
    ///
    /// # Errors
    /// When a file cannot be written or a name cannot stand in a certificate.
    pub fn write_server_files(&self, dir: &Path, names: &[&str]) -> Result<ServerFiles> {
        let identity = self.server(names)?;
        let files =
            ServerFiles { ca: dir.join("ca.pem"), certificate: dir.join("server.pem"), key: dir.join("server.key") };
        std::fs::write(&files.ca, self.pem())?;
        std::fs::write(&files.certificate, identity.certificate)?;
        write_private(&files.key, identity.key.as_bytes())?;
        Ok(files)
    }
}

/// Writes a file that only its owner reads.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(bytes)?;
    Ok(())
}
