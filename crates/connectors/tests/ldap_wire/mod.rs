//! Servers that stand between a connector and a directory, or in the directory's place, and remember what they saw.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use passwright_testkit::ca::ServerIdentity;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Passes bytes on and counts connections.
pub struct Proxy {
    pub port: u16,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub async fn to(target: (std::net::Ipv4Addr, u16)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(target).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { port, connections, task }
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a server in the directory's place does.
pub enum Manner {
    /// TLS from the first byte.
    Tls(ServerIdentity),
    /// Agrees to StartTLS, then TLS.
    StartTls(ServerIdentity),
    /// Answers StartTLS with this LDAP message and goes on in clear.
    StartTlsAnswer(&'static [u8]),
    /// Answers anything with these bytes, in clear.
    Plain(&'static [u8]),
}

/// A server that never grants anything and remembers every byte that it could read in clear.
pub struct Recorder {
    pub port: u16,
    seen: Arc<Mutex<Vec<u8>>>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

/// `ExtendedResponse { resultCode success }` to message 1.
const STARTTLS_SUCCESS: &[u8] = &[0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, 0, 4, 0, 4, 0];

impl Recorder {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let (record, counter) = (Arc::clone(&seen), Arc::clone(&connections));
        let manner = Arc::new(manner);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, Arc::clone(&manner), Arc::clone(&record), Arc::clone(&counter)));
            }
        });
        Self { port, seen, connections, task }
    }

    /// Waits until the connections seen so far have ended, then gives all they sent in clear.
    pub async fn seen(&self) -> Vec<u8> {
        for _ in 0..500 {
            if self.connections.load(Ordering::SeqCst) == 0 {
                return self.seen.lock().unwrap().clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("a connection stayed open for 5 s");
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut client: TcpStream, manner: Arc<Manner>, seen: Arc<Mutex<Vec<u8>>>, open: Arc<AtomicUsize>) {
    open.fetch_add(1, Ordering::SeqCst);
    match &*manner {
        Manner::Tls(identity) => decrypt(client, identity, &seen).await,
        Manner::StartTls(identity) => {
            let mut request = [0; 256];
            let _ = client.read(&mut request).await;
            let _ = client.write_all(STARTTLS_SUCCESS).await;
            decrypt(client, identity, &seen).await;
        }
        Manner::StartTlsAnswer(answer) | Manner::Plain(answer) => {
            let mut request = [0; 4096];
            if let Ok(length) = client.read(&mut request).await {
                seen.lock().unwrap().extend_from_slice(&request[..length]);
                let _ = client.write_all(answer).await;
                read_all(client, &seen).await;
            }
        }
    }
    open.fetch_sub(1, Ordering::SeqCst);
}

/// The server's side of TLS with this certificate.
pub fn acceptor(identity: &ServerIdentity) -> tokio_rustls::TlsAcceptor {
    let chain = CertificateDer::pem_slice_iter(identity.certificate.as_bytes()).collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    tokio_rustls::TlsAcceptor::from(Arc::new(config))
}

async fn decrypt(client: TcpStream, identity: &ServerIdentity, seen: &Mutex<Vec<u8>>) {
    if let Ok(stream) = acceptor(identity).accept(client).await {
        read_all(stream, seen).await;
    }
}

async fn read_all(mut stream: impl AsyncRead + Unpin, seen: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        seen.lock().unwrap().extend_from_slice(&buffer[..length]);
    }
}

/// A server that grants every bind and modify, lists these controls in its root entry, and remembers modifies.
pub struct Yes {
    pub port: u16,
    modifies: Arc<Mutex<Vec<Vec<u8>>>>,
    task: JoinHandle<()>,
}

impl Yes {
    pub async fn start(identity: &ServerIdentity, controls: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let modifies = Arc::new(Mutex::new(Vec::new()));
        let (record, acceptor) = (Arc::clone(&modifies), acceptor(identity));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mut stream = acceptor.accept(client).await.unwrap();
                let record = Arc::clone(&record);
                tokio::spawn(async move {
                    while let Some(message) = message(&mut stream).await {
                        // The messages of these tests have an id of one byte: 02 01 id, then the operation's tag.
                        let (id, operation) = (message[2], message[3]);
                        let answer = match operation {
                            0x60 => done(id, 0x61),
                            0x63 => [root_entry(id, controls), done(id, 0x65)].concat(),
                            0x66 => {
                                record.lock().unwrap().push(message);
                                done(id, 0x67)
                            }
                            _ => break,
                        };
                        stream.write_all(&answer).await.unwrap();
                    }
                });
            }
        });
        Self { port, modifies, task }
    }

    pub fn modifies(&self) -> Vec<Vec<u8>> {
        self.modifies.lock().unwrap().clone()
    }
}

impl Drop for Yes {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The inside of one LDAP message, or `None` at the end of the connection.
async fn message(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    assert_eq!(stream.read_u8().await.ok()?, 0x30);
    let mut length = usize::from(stream.read_u8().await.ok()?);
    if length > 0x80 {
        let mut bytes = vec![0; length - 0x80];
        stream.read_exact(&mut bytes).await.ok()?;
        length = bytes.into_iter().fold(0, |length, byte| length << 8 | usize::from(byte));
    }
    let mut inside = vec![0; length];
    stream.read_exact(&mut inside).await.ok()?;
    Some(inside)
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).expect("short contents")], content].concat()
}

fn done(id: u8, operation: u8) -> Vec<u8> {
    element(0x30, &[element(2, &[id]), element(operation, &[10, 1, 0, 4, 0, 4, 0])].concat())
}

fn root_entry(id: u8, controls: &[&str]) -> Vec<u8> {
    let values: Vec<u8> = controls.iter().flat_map(|oid| element(4, oid.as_bytes())).collect();
    let attribute = element(0x30, &[element(4, b"supportedControl"), element(0x31, &values)].concat());
    let entry = element(0x64, &[element(4, b""), element(0x30, &attribute)].concat());
    element(0x30, &[element(2, &[id]), entry].concat())
}
