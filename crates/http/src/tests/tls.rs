//! The listener with a certificate, spoken to by a real TLS client.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use passwright_app::Networks;
use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Fixture;
use crate::{Certificate, Front, Reloaded};

const PATIENCE: Duration = Duration::from_secs(20);
const LIVEZ: &str = "GET /livez HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\nConnection: close\r\n\r\n";

/// An authority, and the two files of a server that it vouches for.
struct Pair {
    folder: tempfile::TempDir,
}

impl Pair {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("tls.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("tls.key")
    }

    /// Writes a fresh pair; what clients have to trust.
    fn write(&self) -> CertificateDer<'static> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &authority).unwrap();
        std::fs::write(self.certificate(), certificate.pem()).unwrap();
        write_key(&self.key(), &key.serialize_pem());
        authority.der().clone()
    }

    fn load(&self) -> Certificate {
        Certificate::load(&self.certificate(), &self.key()).unwrap()
    }

    fn fault(&self) -> String {
        Certificate::load(&self.certificate(), &self.key()).unwrap_err().to_string()
    }
}

fn write_key(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

async fn serve(
    fixture: &Fixture,
    certificate: Arc<Certificate>,
) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let front = Front { listener, certificate: Some(certificate), proxies: Networks::default() };
    let service = fixture.service.clone();
    let task = tokio::spawn(async move {
        crate::serve(front, service, async {
            let _ = stopped.await;
        })
        .await
    });
    (address, stop, task)
}

async fn connect(
    address: SocketAddr,
    authority: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let tcp = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, tcp)).await.unwrap()
}

async fn ask(stream: &mut TlsStream<TcpStream>, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn both_versions_are_served_and_http_1_1_is_agreed_on() {
    let (fixture, pair) = (Fixture::new().await, Pair::new());
    let authority = pair.write();
    let (address, stop, task) = serve(&fixture, Arc::new(pair.load())).await;
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let mut stream = connect(address, &authority, &[version], &["h2", "http/1.1"]).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
        let answer = ask(&mut stream, LIVEZ).await;
        // The forwarded header of one who is no proxy says nothing.
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("strict-transport-security: "), "{answer}");
    }
    assert!(connect(address, &authority, &[&rustls::version::TLS13], &["h2"]).await.is_err(), "nothing in common");

    // Plain HTTP gets no HTTP answer, and a client that never ends its handshake does not hold up the end.
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(LIVEZ.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, plain.read_to_end(&mut answer)).await.unwrap();
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let silent = TcpStream::connect(address).await.unwrap();
    stop.send(()).unwrap();
    let asked = std::time::Instant::now();
    timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    drop(silent);
}

#[tokio::test]
async fn a_new_pair_is_taken_up_and_a_broken_one_is_not() {
    let (fixture, pair) = (Fixture::new().await, Pair::new());
    let first = pair.write();
    let certificate = Arc::new(pair.load());
    let (address, stop, task) = serve(&fixture, certificate.clone()).await;
    let works = async |authority: &CertificateDer<'static>| {
        connect(address, authority, rustls::ALL_VERSIONS, &[]).await.is_ok()
    };
    assert!(works(&first).await);
    assert_eq!(certificate.reload().unwrap(), Reloaded::Same);

    let key = std::fs::read_to_string(pair.key()).unwrap();
    std::fs::write(pair.key(), "").unwrap();
    let fault = certificate.reload().unwrap_err().to_string();
    assert!(fault.starts_with(&format!("{}: ", pair.key().display())), "{fault}");
    assert_eq!(certificate.reload().unwrap(), Reloaded::Same, "told once");
    assert!(works(&first).await, "the one before stays");
    std::fs::remove_file(pair.key()).unwrap();
    assert!(certificate.reload().unwrap_err().to_string().starts_with("cannot read "));
    assert!(works(&first).await);

    let second = pair.write();
    write_key(&pair.key(), &key);
    assert!(certificate.reload().unwrap_err().to_string().ends_with("do not belong together"));
    assert!(works(&first).await && !works(&second).await);
    let third = pair.write();
    assert_eq!(certificate.reload().unwrap(), Reloaded::Renewed);
    assert!(works(&third).await && !works(&first).await);
    stop.send(()).unwrap();
    timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
}

#[test]
fn faults_name_the_file_and_what_is_wrong() {
    let pair = Pair::new();
    assert!(pair.fault().starts_with(&format!("cannot read {}: ", pair.certificate().display())));
    pair.write();
    let certificate = pair.load();
    assert!(certificate.names("localhost") && certificate.names("127.0.0.1"));
    assert!(!certificate.names("passwords.example.com") && !certificate.names(""));

    std::fs::set_permissions(pair.key(), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(pair.fault().contains("tls.key has mode 644"), "{}", pair.fault());
    std::fs::set_permissions(pair.key(), std::fs::Permissions::from_mode(0o640)).unwrap();
    pair.load();
    for (text, why) in [
        ("", "tls.pem: no certificate in it"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "tls.pem: the first certificate is damaged"),
        ("-----BEGIN CERTIFICATE-----\n", "tls.pem: "),
    ] {
        std::fs::write(pair.certificate(), text).unwrap();
        assert!(pair.fault().contains(why), "{:?} lacks {why:?}", pair.fault());
    }
}
