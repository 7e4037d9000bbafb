//! A TLS server that records what it is sent, before and after decryption.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use passwright_testkit::ca::ServerIdentity;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What arrived, over all connections.
#[derive(Default)]
pub(crate) struct Recorded {
    pub(crate) connections: usize,
    pub(crate) raw: Vec<u8>,
    pub(crate) decrypted: Vec<u8>,
    /// How the handshakes failed.
    pub(crate) handshake_errors: Vec<String>,
}

/// Listens on a free port of this machine until the process ends.
pub(crate) struct TlsRecorder {
    pub(crate) port: u16,
    pub(crate) recorded: Arc<Mutex<Recorded>>,
}

struct Tap {
    stream: TcpStream,
    recorded: Arc<Mutex<Recorded>>,
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.recorded.lock().unwrap().raw.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

impl TlsRecorder {
    pub(crate) fn start(identity: &ServerIdentity) -> Self {
        let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let recorded = Arc::new(Mutex::new(Recorded::default()));
        let (config, shared) = (Arc::new(config), recorded.clone());
        let _: JoinHandle<()> = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, config, recorded) = (stream.unwrap(), config.clone(), shared.clone());
                std::thread::spawn(move || record(stream, config, &recorded));
            }
        });
        Self { port, recorded }
    }
}

fn record(stream: TcpStream, config: Arc<ServerConfig>, recorded: &Arc<Mutex<Recorded>>) {
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    recorded.lock().unwrap().connections += 1;
    let tap = Tap { stream, recorded: recorded.clone() };
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), tap);
    let mut buffer = [0; 4096];
    loop {
        match tls.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => recorded.lock().unwrap().decrypted.extend_from_slice(&buffer[..read]),
            Err(error) => {
                if tls.conn.is_handshaking() {
                    recorded.lock().unwrap().handshake_errors.push(error.to_string());
                }
                return;
            }
        }
    }
}
