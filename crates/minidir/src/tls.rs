//! The directory's own certificate authority and its server certificate, made once and kept in the data folder.
//!
//! The server certificate names `localhost`, `127.0.0.1` and this machine: OpenLDAP's client library puts the machine's own name in
//! the place of `localhost` before it compares. It is renewed when fewer than 30 days are left or the machine's name is another;
//! clients that trust `ca.pem` see no difference. The authority lasts ten years; when it nears its end, both are made anew.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::journal::{private, sync_dir};

const CA_FILE: &str = "ca.pem";
const CA_KEY_FILE: &str = "ca-key.pem";
const SERVER_FILE: &str = "server.pem";
const SERVER_KEY_FILE: &str = "server-key.pem";
/// When the certificates end. Written last, so without it the others count as unfinished.
const VALIDITY_FILE: &str = "validity.json";

const CA_LIFETIME: Duration = Duration::days(3650);
/// The longest that common clients accept.
const SERVER_LIFETIME: Duration = Duration::days(397);
const RENEW_BEFORE: Duration = Duration::days(30);

/// Ends of the two certificates, in seconds since 1970, and the names in the server's.
#[derive(Serialize, Deserialize)]
struct Validity {
    ca: i64,
    server: i64,
    names: Vec<String>,
}

pub(crate) fn ca_file(dir: &Path) -> PathBuf {
    dir.join(CA_FILE)
}

/// Makes or renews what is missing or near its end at `now`, and loads it. Reads and writes files.
pub(crate) fn prepare(dir: &Path, now: OffsetDateTime) -> anyhow::Result<Arc<ServerConfig>> {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    // Both files are facts of Linux; elsewhere the two fixed names are enough for all but OpenLDAP's library.
    prepare_for(dir, now, server_names(&read("/proc/sys/kernel/hostname"), &read("/etc/hosts")))
}

/// The fixed names, the machine's own, and the full name that the hosts file gives it.
fn server_names(host: &str, hosts: &str) -> Vec<String> {
    let host = host.trim();
    let lines = hosts.lines().map(|line| line.split('#').next().unwrap_or_default().split_whitespace().skip(1));
    let full = lines.filter(|names| names.clone().any(|name| name == host)).filter_map(|mut names| names.next());
    let is_name = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.len() <= 253
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    };
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    for name in std::iter::once(host).chain(full).filter(is_name) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn prepare_for(dir: &Path, now: OffsetDateTime, names: Vec<String>) -> anyhow::Result<Arc<ServerConfig>> {
    let limit = (now + RENEW_BEFORE).unix_timestamp();
    let kept: Option<Validity> =
        fs::read(dir.join(VALIDITY_FILE)).ok().and_then(|json| serde_json::from_slice(&json).ok());
    match kept {
        Some(validity) if validity.ca > limit && validity.server > limit && validity.names == names => {}
        Some(validity) if validity.ca > limit => {
            let key = fs::read_to_string(dir.join(CA_KEY_FILE)).context("cannot read the authority's key")?;
            let key = KeyPair::from_pem(&key).context("the authority's key is not readable")?;
            make_server(dir, now, &Issuer::new(ca_params(now), key), validity.ca, names)?;
        }
        _ => {
            let key = KeyPair::generate()?;
            let certificate = ca_params(now).self_signed(&key)?;
            write(dir, CA_KEY_FILE, &key.serialize_pem())?;
            write(dir, CA_FILE, &certificate.pem())?;
            make_server(dir, now, &Issuer::new(ca_params(now), key), (now + CA_LIFETIME).unix_timestamp(), names)?;
        }
    }
    load(dir)
}

fn ca_params(now: OffsetDateTime) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Passwright demo directory CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // A day back, for clients whose clock runs behind.
    params.not_before = now - Duration::DAY;
    params.not_after = now + CA_LIFETIME;
    params
}

fn make_server(
    dir: &Path,
    now: OffsetDateTime,
    issuer: &Issuer<'_, KeyPair>,
    ca_not_after: i64,
    names: Vec<String>,
) -> anyhow::Result<()> {
    let not_after = (now + SERVER_LIFETIME).min(OffsetDateTime::from_unix_timestamp(ca_not_after)?);
    let mut params = CertificateParams::new(names.clone())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = now - Duration::DAY;
    params.not_after = not_after;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    write(dir, SERVER_KEY_FILE, &key.serialize_pem())?;
    write(dir, SERVER_FILE, &certificate.pem())?;
    let validity = Validity { ca: ca_not_after, server: not_after.unix_timestamp(), names };
    write(dir, VALIDITY_FILE, &serde_json::to_string(&validity)?)
}

fn load(dir: &Path) -> anyhow::Result<Arc<ServerConfig>> {
    let certificate = CertificateDer::from_pem_file(dir.join(SERVER_FILE)).context("cannot read the certificate")?;
    let key = PrivateKeyDer::from_pem_file(dir.join(SERVER_KEY_FILE)).context("cannot read the certificate's key")?;
    // Passed in, because the program may have no default provider or another one.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok(Arc::new(config))
}

fn write(dir: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let replace = || -> io::Result<()> {
        let temporary = dir.join(format!("{name}.new"));
        match fs::remove_file(&temporary) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, dir.join(name))?;
        sync_dir(dir)
    };
    replace().with_context(|| format!("cannot write {name} in {}", dir.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn contents(dir: &Path) -> [String; 2] {
        [CA_FILE, SERVER_FILE].map(|name| fs::read_to_string(dir.join(name)).unwrap())
    }

    #[test]
    fn certificates_are_kept_then_renewed_then_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        let now = OffsetDateTime::now_utc();
        prepare(dir.path(), now).unwrap();
        let [ca, server] = contents(dir.path());
        prepare(dir.path(), now + Duration::days(300)).unwrap();
        assert_eq!(contents(dir.path()), [ca.clone(), server.clone()]);
        prepare(dir.path(), now + Duration::days(370)).unwrap();
        let [kept_ca, renewed] = contents(dir.path());
        assert!(kept_ca == ca && renewed != server);
        prepare(dir.path(), now + Duration::days(3649)).unwrap();
        assert_ne!(contents(dir.path())[0], ca);
    }

    #[test]
    fn another_machine_name_renews_the_certificate() {
        let dir = tempfile::tempdir().unwrap();
        let now = OffsetDateTime::now_utc();
        prepare_for(dir.path(), now, server_names("old", "")).unwrap();
        let [ca, server] = contents(dir.path());
        prepare_for(dir.path(), now, server_names("new", "")).unwrap();
        let [kept_ca, renewed] = contents(dir.path());
        assert!(kept_ca == ca && renewed != server);
    }

    #[test]
    fn the_machine_is_named_as_the_hosts_file_names_it() {
        let check = |host: &str, hosts: &str, more: &[&str]| {
            assert_eq!(server_names(host, hosts)[2..], *more, "{host:?} {hosts:?}");
        };
        check("vm\n", "127.0.0.1 localhost\n127.0.1.1 vm.example.com vm # mine\n", &["vm", "vm.example.com"]);
        check("vm", "127.0.0.1 vm\n127.0.0.1 other\n", &["vm"]);
        check("", "", &[]);
        check("bad_name", "", &[]);
        check("localhost", "", &[]);
    }

    #[test]
    fn only_the_owner_reads_the_keys() {
        let dir = tempfile::tempdir().unwrap();
        prepare(dir.path(), OffsetDateTime::now_utc()).unwrap();
        for name in [CA_KEY_FILE, SERVER_KEY_FILE] {
            let mode = fs::metadata(dir.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
