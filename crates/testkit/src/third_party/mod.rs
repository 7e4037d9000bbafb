//! Providers of a further factor on this machine, over real TLS: they speak the documented protocol of Duo and Okta, check what they are
//! sent as strictly as their documents say, and refuse what is wrong. They are not the vendors' services.

pub mod duo;
pub mod okta;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::ca::Ca;

/// More than any request of ours has, in bytes.
const LONGEST: usize = 64 * 1024;

/// Seconds since 1970, as the tests' own clock has them.
pub type Seconds = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// What is answered.
pub(crate) enum Reply {
    Json(u16, serde_json::Value),
    Redirect(String),
    Text(String),
    /// The connection stays open and nothing is said.
    Silence,
}

pub(crate) struct TlsServer {
    host: String,
    requests: Arc<Mutex<Vec<Request>>>,
    ca: PathBuf,
    task: JoinHandle<()>,
    _folder: TempDir,
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TlsServer {
    /// On 127.0.0.1 and a free port. `answer` gets the server's own host first.
    pub(crate) async fn start(answer: impl Fn(&str, &Request) -> Reply + Send + Sync + 'static) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("provider-").tempdir()?;
        let authority = Ca::new()?;
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, authority.pem())?;
        let identity = authority.server(&["127.0.0.1"])?;
        let chain = CertificateDer::pem_slice_iter(identity.certificate.as_bytes()).collect::<Result<_, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let host = listener.local_addr()?.to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (own, kept, answer) = (host.clone(), Arc::clone(&requests), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (own, kept, answer, acceptor) = (own.clone(), kept.clone(), answer.clone(), acceptor.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let Some(request) = read(&mut stream).await else { return };
                    let reply = answer(&own, &request);
                    locked(&kept).push(request);
                    match wire(reply) {
                        Some(bytes) => {
                            let _ = stream.write_all(bytes.as_bytes()).await;
                            let _ = stream.shutdown().await;
                        }
                        None => std::future::pending().await,
                    }
                });
            }
        });
        Ok(Self { host, requests, ca, task, _folder: folder })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.ca.clone()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        locked(&self.requests).clone()
    }
}

fn wire(reply: Reply) -> Option<String> {
    let (status, more, body) = match reply {
        Reply::Json(status, body) => (status, "content-type: application/json\r\n".to_owned(), body.to_string()),
        Reply::Redirect(location) => (302, format!("location: {location}\r\n"), String::new()),
        Reply::Text(text) => (200, String::new(), text),
        Reply::Silence => return None,
    };
    let length = body.len();
    Some(format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{more}content-length: {length}\r\n\r\n{body}"))
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Request> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(request) = whole(&String::from_utf8_lossy(&bytes)) {
            return Some(request);
        }
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 && bytes.len() < LONGEST => bytes.extend(chunk.iter().take(read)),
            _ => return None,
        }
    }
}

fn whole(text: &str) -> Option<Request> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: BTreeMap<_, _> =
        lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_owned())).collect();
    let length: usize = headers.get("content-length").map_or(Some(0), |length| length.parse().ok())?;
    (body.len() >= length).then(|| Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: body.to_owned(),
    })
}

/// The fields of a form or a query; a name that comes twice is a fault.
pub(crate) fn fields(text: &str) -> Result<BTreeMap<String, String>> {
    let url = reqwest::Url::parse(&format!("https://x/?{text}"))?;
    let mut fields = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        let twice = fields.insert(name.clone().into_owned(), value.into_owned());
        anyhow::ensure!(twice.is_none(), "{name} comes twice");
    }
    Ok(fields)
}

/// A client that trusts a provider and follows nothing: the person's browser.
pub(crate) fn browser(ca: &std::path::Path) -> Result<reqwest::Client> {
    let authority = reqwest::Certificate::from_pem(&std::fs::read(ca)?)?;
    let client = reqwest::Client::builder().tls_certs_only([authority]).redirect(reqwest::redirect::Policy::none());
    client.no_proxy().build().context("a client")
}
