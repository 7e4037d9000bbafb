//! Webhooks against real receivers on this machine, and the ways to reach what must not be reached.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use passwright_connectors::notify::webhook::{Verdict, WebhookSender};
use passwright_connectors::notify::{Addresses, Networks, Resolve};
use passwright_testkit::Ca;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1"];

fn networks(list: &[&str]) -> Networks {
    Networks::new(list.iter().map(|text| text.parse().unwrap()).collect())
}

/// Answers every request with the same bytes and keeps what it was sent.
struct Receiver {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn start(answer: impl Into<Vec<u8>>) -> Self {
        Self::with_tls(answer.into(), None).await
    }

    async fn with_tls(answer: Vec<u8>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = requests.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (kept, answer, tls) = (kept.clone(), answer.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, kept, answer).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, kept, answer).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, requests }
    }

    fn url(&self) -> String {
        format!("http://{}/hook?key=1", self.address)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, kept: Arc<Mutex<Vec<String>>>, answer: Vec<u8>) {
    let mut request = Vec::new();
    let mut chunk = [0; 1024];
    while !request.ends_with(b"}") {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(read) => request.extend_from_slice(&chunk[..read]),
        }
    }
    kept.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}

fn answer(status: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{more}content-length: {}\r\n\r\n{body}", body.len())
}

const BODY: &[u8] = br#"{"a":"b"}"#;

#[tokio::test]
async fn a_message_is_posted_once_with_its_headers() {
    let receiver = Receiver::start(answer("204 No Content", "", "")).await;
    let sender = WebhookSender::new(networks(LOOPBACK), None);
    let headers = [("webhook-id", "x_ended".to_owned()), ("webhook-signature", "v1,abc=".to_owned())];
    let answered = sender.send(&receiver.url(), &headers, BODY.to_vec()).await;
    assert_eq!((answered.verdict, answered.status, answered.detail.as_str()), (Verdict::Delivered, Some(204), ""));
    let requests = receiver.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.as_bytes(), BODY);
    assert!(head.starts_with("POST /hook?key=1 HTTP/1.1\r\n"), "{head}");
    for line in ["content-type: application/json", "webhook-id: x_ended", "webhook-signature: v1,abc="] {
        assert!(head.lines().any(|given| given == line), "{line} in {head}");
    }
    assert!(
        head.contains(&format!("host: {}", receiver.address)) && head.contains("user-agent: Passwright/"),
        "{head}"
    );
}

#[tokio::test]
async fn answers_and_what_they_mean() {
    let long = "x".repeat(100_000);
    let rows = [
        (answer("200 OK", "", "fine"), Verdict::Delivered, Some(200), ""),
        (answer("410 Gone", "", ""), Verdict::Gone, Some(410), "answered 410 Gone"),
        (answer("500 Oops", "", "a\r\nb\u{7}"), Verdict::Again { after: None }, Some(500), "Server Error: a b"),
        (answer("503 Busy", "retry-after: 120\r\n", ""), again(120), Some(503), "answered 503"),
        (answer("429 Slow", "retry-after: soon\r\n", ""), Verdict::Again { after: None }, Some(429), "answered 429"),
        (answer("400 Bad", "", &long), Verdict::Again { after: None }, Some(400), "xxx"),
        ("nonsense\r\n\r\n".to_owned(), Verdict::Again { after: None }, None, "the request failed"),
        (String::new(), Verdict::Again { after: None }, None, "the request failed"),
    ];
    let sender = WebhookSender::new(networks(LOOPBACK), None);
    for (row, (said, verdict, status, detail)) in rows.into_iter().enumerate() {
        let receiver = Receiver::start(said).await;
        let answered = sender.send(&receiver.url(), &[], BODY.to_vec()).await;
        assert_eq!((answered.verdict, answered.status), (verdict, status), "row {row}");
        assert!(answered.detail.contains(detail), "row {row}: {}", answered.detail);
        assert!(answered.detail.len() < 300 && !answered.detail.contains("key=1"), "row {row}: {}", answered.detail);
        assert!(!answered.detail.contains(char::is_control), "row {row}: {}", answered.detail);
    }
    // The date form, far in the future.
    let receiver = Receiver::start(answer("503 Busy", "retry-after: Tue, 31 Dec 2199 23:59:59 GMT\r\n", "")).await;
    let Verdict::Again { after: Some(after) } = sender.send(&receiver.url(), &[], BODY.to_vec()).await.verdict else {
        panic!("no time")
    };
    assert!(after > Duration::from_secs(86_400));
}

fn again(seconds: u64) -> Verdict {
    Verdict::Again { after: Some(Duration::from_secs(seconds)) }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let inner = Receiver::start(answer("200 OK", "", "")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let outer = Receiver::start(answer(status, &format!("location: {}\r\n", inner.url()), "")).await;
        let answered = WebhookSender::new(networks(LOOPBACK), None).send(&outer.url(), &[], BODY.to_vec()).await;
        assert_eq!(answered.verdict, Verdict::Again { after: None });
        assert!(answered.detail.contains("redirects are not followed"), "{}", answered.detail);
    }
    assert_eq!(inner.requests().len(), 0);
}

/// Spellings of this machine and of what is inside, none of which may be called or saved.
#[tokio::test]
async fn addresses_inside_are_refused_in_every_spelling() {
    let receiver = Receiver::start(answer("200 OK", "", "")).await;
    let port = receiver.address.port();
    let sender = WebhookSender::new(Networks::default(), None);
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "168.63.129.16",
    ] {
        for scheme in ["https", "http"] {
            let url = format!("{scheme}://{host}:{port}/");
            assert!(sender.check(&url).is_err(), "{url}");
            let answered = sender.send(&url, &[], BODY.to_vec()).await;
            assert_eq!((answered.verdict, answered.status), (Verdict::Again { after: None }, None), "{url}");
        }
    }
    // Names are judged by their addresses, so they may be saved; they are refused when they are called.
    for name in ["localhost", "LOCALHOST", "localhost.", "Localhost"] {
        let url = format!("https://{name}:{port}/");
        assert!(sender.check(&url).is_ok(), "{url}");
        let answered = sender.send(&url, &[], BODY.to_vec()).await;
        // With a dot at its end the name is unknown to some resolvers.
        let refused = ["is not public", "does not resolve"].iter().any(|why| answered.detail.contains(why));
        assert!(refused, "{url}: {}", answered.detail);
    }
    assert_eq!(receiver.requests().len(), 0);
}

#[test]
fn addresses_that_may_be_saved() {
    let check = |allowed: &[&str], url: &str| WebhookSender::new(networks(allowed), None).check(url);
    assert_eq!(check(&[], "https://Hooks.Example.com"), Ok("https://hooks.example.com/".to_owned()));
    assert!(check(&[], "https://1.1.1.1:8443/a?b=c").is_ok());
    assert!(check(LOOPBACK, "http://127.0.0.1:8080/").is_ok());
    assert!(check(LOOPBACK, "http://hooks.internal/").is_ok(), "judged when it is called");
    let long = format!("https://x.example/{}", "a".repeat(2048));
    for url in [
        "",
        "hooks.example.com",
        "//hooks.example.com/",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "https://",
        "https://user@hooks.example.com/",
        "https://user:secret@hooks.example.com/",
        "https://hooks.example.com/#x",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://256.256.256.256/",
        "http://1.1.1.1/",
        &long,
    ] {
        let refused = check(&[], url).unwrap_err();
        assert!(!refused.contains("secret"), "{url}");
    }
}

/// Gives a public address when it is asked for the first time and this machine ever after.
struct Rebinding {
    asked: AtomicUsize,
    inside: SocketAddr,
}

impl Resolve for Rebinding {
    fn addresses<'a>(&'a self, _name: &'a str, port: u16) -> Addresses<'a> {
        let public = SocketAddr::new("192.0.2.1".parse().unwrap(), port);
        let first = self.asked.fetch_add(1, Ordering::SeqCst) == 0;
        let answer = if first { vec![public] } else { vec![self.inside] };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

/// Gives these addresses.
struct Fixed(Vec<SocketAddr>);

impl Resolve for Fixed {
    fn addresses<'a>(&'a self, _name: &'a str, _port: u16) -> Addresses<'a> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_and_all_its_addresses_are_judged() {
    let receiver = Receiver::start(answer("200 OK", "", "")).await;
    let url = format!("http://rebind.test:{}/", receiver.address.port());
    // 192.0.2.0/24 answers nobody; that it is called at all shows that the first answer is the one in use.
    let rebinding = Arc::new(Rebinding { asked: AtomicUsize::new(0), inside: receiver.address });
    let sender = WebhookSender::with_resolver(networks(&["192.0.2.0/24"]), None, rebinding.clone());
    let answered = sender.send(&url, &[], BODY.to_vec()).await;
    assert_eq!((answered.status, rebinding.asked.load(Ordering::SeqCst)), (None, 1), "{}", answered.detail);
    let answered = sender.send(&url, &[], BODY.to_vec()).await;
    assert!(answered.detail.contains("127.0.0.1 is not public"), "{}", answered.detail);
    assert_eq!(receiver.requests().len(), 0);

    let public: SocketAddr = "1.1.1.1:443".parse().unwrap();
    for found in [vec![public, receiver.address], vec![receiver.address, public], vec![]] {
        let sender = WebhookSender::with_resolver(Networks::default(), None, Arc::new(Fixed(found)));
        let answered = sender.send("https://mixed.test/", &[], BODY.to_vec()).await;
        assert!(
            answered.detail.contains("not public") || answered.detail.contains("no address"),
            "{}",
            answered.detail
        );
    }
    // Plain http stays inside the listed networks.
    let sender = WebhookSender::with_resolver(networks(LOOPBACK), None, Arc::new(Fixed(vec![public])));
    let answered = sender.send("http://plain.test/", &[], BODY.to_vec()).await;
    assert!(answered.detail.contains("plain http goes only to"), "{}", answered.detail);

    // The name's own addresses are called, whatever the system's resolver thinks of it.
    let fixed = Arc::new(Fixed(vec![receiver.address]));
    let sender = WebhookSender::with_resolver(networks(LOOPBACK), None, fixed);
    assert_eq!(sender.send(&url, &[], BODY.to_vec()).await.verdict, Verdict::Delivered);
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test]
async fn certificates_are_verified() {
    let files = tempfile::tempdir().unwrap();
    let ca = Ca::new().unwrap().write_server_files(files.path(), &["localhost"]).unwrap();
    let certificate = CertificateDer::from_pem_file(&ca.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&ca.key).unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let said = answer("200 OK", "", "").into_bytes();
    let receiver = Receiver::with_tls(said, Some(TlsAcceptor::from(Arc::new(tls)))).await;
    let right = format!("https://localhost:{}/", receiver.address.port());
    let misnamed = format!("https://127.0.0.1:{}/", receiver.address.port());
    let other = tempfile::tempdir().unwrap();
    let foreign = Ca::new().unwrap().write_server_files(other.path(), &["localhost"]).unwrap();

    let own = WebhookSender::new(networks(LOOPBACK), Some(&ca.ca));
    assert_eq!(own.send(&right, &[], BODY.to_vec()).await.verdict, Verdict::Delivered);
    for (sender, url) in [(&own, &misnamed), (&WebhookSender::new(networks(LOOPBACK), Some(&foreign.ca)), &right)] {
        let answered = sender.send(url, &[], BODY.to_vec()).await;
        assert_eq!(answered.status, None, "{url}");
        assert!(answered.detail.contains("certificate"), "{url}: {}", answered.detail);
    }
    assert_eq!(receiver.requests().len(), 1, "nothing was said to a receiver that was not proved");
}
