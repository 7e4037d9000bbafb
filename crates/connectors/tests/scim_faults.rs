//! What a `scim` source can answer, from a scripted HTTPS server: the rows that no real server produces on demand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends at the first broken promise")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use contract::{assert_fault, assert_silent};
use passwright_connectors::fault_table::rows;
use passwright_connectors::scim::{FindBy, PasswordWrite, ScimConfig, SignInCheck};
use passwright_connectors::{
    AccountRef, Connector, ConnectorConfig, Credential, Fault, FaultClass, Proof, SetPassword, Written,
};
use passwright_testkit::Ca;
use passwright_testkit::ca::ServerIdentity;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

mod contract;

const PASSWORD: &str = "Fresh-Corn-4711";
const ACCOUNT: AccountRef<'_> = AccountRef { native_identity: "7", name: "abby" };
const LONG: &str = "The value Fresh-Corn-4711 breaks the policy";

/// What the server answers to a request, by its head and body; `None`: it hangs up.
type Script = dyn Fn(&str) -> Option<String> + Send + Sync;

struct Server {
    port: u16,
    ca_file: PathBuf,
    requests: Arc<Mutex<Vec<String>>>,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start(script: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let (ca, folder) = (Ca::new().unwrap(), tempfile::tempdir().unwrap());
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, ca.pem()).unwrap();
        let acceptor = acceptor(&ca.server(&["localhost"]).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, script): (_, Arc<Script>) = (Arc::clone(&requests), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, script, acceptor) = (Arc::clone(&kept), Arc::clone(&script), acceptor.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let request = read_request(&mut stream).await;
                    let answer = script(&request);
                    kept.lock().unwrap().push(request);
                    let Some(answer) = answer else { return };
                    if answer.is_empty() {
                        std::future::pending::<()>().await;
                    }
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { port, ca_file, requests, _folder: folder }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/scim/v2/", self.port)
    }

    fn config(&self) -> ScimConfig {
        ScimConfig { ca_file: Some(self.ca_file.clone()), ..ScimConfig::new(self.url()) }
    }

    fn connector(&self) -> Connector {
        connector(&self.config())
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn acceptor(identity: &ServerIdentity) -> TlsAcceptor {
    let chain = CertificateDer::pem_slice_iter(identity.certificate.as_bytes()).collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()))
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let (mut request, mut chunk) = (Vec::new(), [0; 1024]);
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return text,
            Ok(read) => request.extend_from_slice(&chunk[..read]),
        }
    }
}

fn answer(status: u16, more: &str, body: &str) -> Option<String> {
    Some(format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{more}content-length: {}\r\n\r\n{body}", body.len()))
}

fn error(kind: &str) -> String {
    format!(r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"scimType":"{kind}","detail":"{LONG}"}}"#)
}

fn user(id: &str) -> String {
    format!(r#"{{"id":"{id}","userName":"abby","active":true,"title":"Dr","meta":{{"version":"W/\"1\""}}}}"#)
}

fn list(users: &[&str]) -> String {
    format!(r#"{{"totalResults":{},"Resources":[{}]}}"#, users.len(), users.join(","))
}

fn connector(config: &ScimConfig) -> Connector {
    Connector::new(&ConnectorConfig::Scim(config.clone()), Some(Credential::new("Service-Token-1".to_owned()))).unwrap()
}

async fn write(connector: &Connector) -> Result<(), Fault> {
    connector.set_password(ACCOUNT, PASSWORD, SetPassword::default()).await
}

/// The faults of a write and of a look, the same but for what may have been written.
async fn faults(connector: &Connector, class: FaultClass, written: Written) -> [Fault; 2] {
    let (write, look) = (write(connector).await.unwrap_err(), connector.check(ACCOUNT).await.unwrap_err());
    assert_fault(&write, class, written);
    assert_silent(&write, PASSWORD);
    assert_fault(&look, class, Written::No);
    [write, look]
}

#[tokio::test]
async fn every_row_of_the_table_is_what_an_answer_gives() {
    let mut seen = 0;
    for row in rows().into_iter().filter(|row| row.protocol == "SCIM") {
        let (status, kind) = row.fault.split_once(' ').unwrap_or((row.fault.as_str(), ""));
        let Ok(status) = status.parse::<u16>() else { continue };
        if kind.contains(' ') {
            continue;
        }
        seen += 1;
        let body = error(kind);
        let server = Server::start(move |_| answer(status, "location: https://localhost:1/\r\n", &body)).await;
        let written = if matches!(status, 408 | 500 | 502..) { Written::Unknown } else { Written::No };
        for fault in faults(&server.connector(), row.class, written).await {
            assert_eq!((fault.reason.as_str(), fault.stops_source), (row.reason.as_str(), row.stops_source), "{row:?}");
            assert!(fault.detail.starts_with(&format!("status {status}")), "{fault}");
        }
        assert_eq!(server.requests().len(), 2, "neither repeated nor sent elsewhere: {row:?}");
    }
    assert!(seen > 30, "{seen} rows");
}

#[tokio::test]
async fn the_password_goes_into_the_body_of_one_patch() {
    let server = Server::start(|_| answer(204, "", "")).await;
    write(&server.connector()).await.unwrap();
    let requests = server.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("PATCH /scim/v2/Users/7 HTTP/1.1\r\n"), "{head}");
    for line in ["authorization: Bearer Service-Token-1", "content-type: application/scim+json"] {
        assert!(head.lines().any(|given| given == line), "{line} in {head}");
    }
    assert!(!head.contains(PASSWORD) && !head.contains("if-match"), "{head}");
    let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"password","value":"Fresh-Corn-4711"}]}"#;
    assert_eq!(body, patch);

    let basic = connector(&ScimConfig { basic_user: Some("svc".to_owned()), ..server.config() });
    write(&basic).await.unwrap();
    assert!(server.requests()[1].contains("authorization: Basic c3ZjOlNlcnZpY2UtVG9rZW4tMQ==\r\n"));
}

#[tokio::test]
async fn put_sends_back_what_was_shown_and_the_version() {
    let server = Server::start(|_| answer(200, "", &user("7"))).await;
    write(&connector(&ScimConfig { write: PasswordWrite::Put, ..server.config() })).await.unwrap();
    let requests = server.requests();
    let [get, put] = &requests[..] else { panic!("{requests:?}") };
    assert!(get.starts_with("GET /scim/v2/Users/7 "), "everything is asked for: {get}");
    let (head, body) = put.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("PUT /scim/v2/Users/7 ") && head.contains("if-match: W/\"1\"\r\n"), "{head}");
    let expected = r#"{"active":true,"id":"7","title":"Dr","userName":"abby","password":"Fresh-Corn-4711"}"#;
    assert_eq!(body, expected);
}

#[tokio::test]
async fn what_has_no_answer_may_have_been_written() {
    let lost = Server::start(|_| None).await;
    for fault in faults(&lost.connector(), FaultClass::Transient, Written::Unknown).await {
        assert_eq!(fault.reason, "the connection to the source was lost", "{fault}");
    }
    let silent = Server::start(|_| Some(String::new())).await;
    let hurried = connector(&ScimConfig { operation_timeout_ms: 300, ..silent.config() });
    for fault in faults(&hurried, FaultClass::Transient, Written::Unknown).await {
        assert_eq!(fault.reason, "the source did not answer in time", "{fault}");
    }
    let cut = Server::start(|_| Some("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"id\":".to_owned())).await;
    faults(&cut.connector(), FaultClass::Transient, Written::Unknown).await;
}

#[tokio::test]
async fn what_was_not_sent_was_not_written() {
    let server = Server::start(|_| answer(204, "", "")).await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let at = |url: String| connector(&ScimConfig { url, ..server.config() });
    for (url, class, word) in [
        (format!("https://localhost:{free}/"), FaultClass::Transient, "nothing answers"),
        ("https://no-such-host.invalid/".to_owned(), FaultClass::Transient, "cannot be resolved"),
        (server.url().replace("localhost", "127.0.0.1"), FaultClass::Configuration, "another host name"),
    ] {
        for fault in faults(&at(url), class, Written::No).await {
            assert!(fault.reason.contains(word), "{word}: {fault}");
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_server_without_tls_sees_no_password() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut chunk = [0; 4096];
            let read = stream.read(&mut chunk).await.unwrap_or(0);
            kept.lock().unwrap().extend_from_slice(&chunk[..read]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        }
    });
    let server = Server::start(|_| None).await;
    let plain = connector(&ScimConfig { url: format!("https://localhost:{port}/"), ..server.config() });
    for fault in faults(&plain, FaultClass::Configuration, Written::No).await {
        assert_eq!(fault.reason, "the source does not speak TLS at this address", "{fault}");
    }
    let seen = seen.lock().unwrap();
    assert!(!seen.is_empty() && !String::from_utf8_lossy(&seen).contains("Corn"));
}

#[tokio::test]
async fn another_service_at_the_address_is_not_believed() {
    for body in ["<html>Sign in to the network</html>", "{}", "[]", "null", r#"{"id":"8"}"#, "\u{feff}"] {
        let server = Server::start(move |_| answer(200, "", body)).await;
        faults(&server.connector(), FaultClass::Configuration, Written::Unknown).await;
        let fault = server.connector().read_accounts(&[], None).await.unwrap_err();
        assert_fault(&fault, FaultClass::Configuration, Written::No);
    }
    let server = Server::start(|_| answer(404, "", "<html>not found</html>")).await;
    faults(&server.connector(), FaultClass::Configuration, Written::No).await;
    let large = Server::start(|_| answer(200, "", &"x".repeat((1 << 20) + 1))).await;
    for fault in faults(&large.connector(), FaultClass::Configuration, Written::Unknown).await {
        assert_eq!(fault.reason, "the answer of the source is too large", "{fault}");
    }
}

#[tokio::test]
async fn a_service_that_asks_for_rest_gets_it() {
    for status in [429, 503] {
        let server = Server::start(move |_| answer(status, "retry-after: 60\r\n", "")).await;
        let connector = server.connector();
        for _ in 0..3 {
            assert_eq!(write(&connector).await.unwrap_err().class, FaultClass::Transient);
        }
        assert_fault(&write(&connector).await.unwrap_err(), FaultClass::Transient, Written::No);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_search_gives_the_password_to_nobody_else() {
    let abby = user("7");
    let other = user("8").replace("abby", "bob");
    let rows = [
        (list(&[]), FaultClass::Permanent),
        (list(&[&abby, &other]), FaultClass::Permanent),
        (list(&[&other]), FaultClass::Configuration),
        (list(&["{}"]), FaultClass::Configuration),
        (list(&[&abby]).replace("\"totalResults\":1", "\"totalResults\":2"), FaultClass::Permanent),
    ];
    for (body, class) in rows {
        let kept = body.clone();
        let server = Server::start(move |_| answer(200, "", &kept)).await;
        let connector = connector(&ScimConfig { find_by: FindBy::UserName, ..server.config() });
        let account = AccountRef { native_identity: "ab\"by", name: "abby" };
        let abby = AccountRef { native_identity: "Abby", name: "abby" };
        for account in [account, abby] {
            let fault = connector.set_password(account, PASSWORD, SetPassword::default()).await.unwrap_err();
            assert_eq!(fault.written, Written::No, "{body}: {fault}");
            if account == abby {
                assert_fault(&fault, class, Written::No);
            }
        }
        let requests = server.requests();
        assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
        assert!(requests[0].starts_with("GET /scim/v2/Users?filter=userName+eq+%22ab%5C%22by%22&"), "{requests:?}");
    }
}

#[tokio::test]
async fn a_native_identity_stays_one_step_of_the_path() {
    let server = Server::start(|_| answer(204, "", "")).await;
    let connector = server.connector();
    for bad in ["", ".", ".."] {
        let account = AccountRef { native_identity: bad, name: "x" };
        let fault = connector.set_password(account, PASSWORD, SetPassword::default()).await.unwrap_err();
        assert_fault(&fault, FaultClass::Permanent, Written::No);
    }
    for (id, path) in
        [("../Groups/1", "..%2FGroups%2F1"), ("a?b#c", "a%3Fb%23c"), ("%2e%2e", "%252e%252e"), ("ä b", "%C3%A4%20b")]
    {
        let account = AccountRef { native_identity: id, name: "x" };
        connector.set_password(account, PASSWORD, SetPassword::default()).await.unwrap();
        let last = server.requests().pop().unwrap();
        assert!(last.starts_with(&format!("PATCH /scim/v2/Users/{path} ")), "{last}");
    }
}

#[tokio::test]
async fn what_a_place_to_sign_in_answers() {
    let unknown = "the place to sign in gave an answer that is not known";
    let rows = [
        (200, Ok(Proof::Proved)),
        (401, Ok(Proof::Rejected)),
        (403, Ok(Proof::NotProvable("the source does not let this account sign in".to_owned()))),
        (302, Err((FaultClass::Configuration, unknown))),
        (404, Err((FaultClass::Configuration, unknown))),
        (429, Err((FaultClass::Transient, "the place to sign in is not available"))),
        (503, Err((FaultClass::Transient, "the place to sign in is not available"))),
    ];
    for (status, expected) in rows {
        let server = Server::start(move |request| match request {
            request if request.contains("GET /scim/v2/Users/7") => answer(200, "", &user("7")),
            request if request.contains("authorization: Basic") => answer(status, "", ""),
            _ => answer(401, "", ""),
        })
        .await;
        let sign_in = Some(SignInCheck::Basic { url: format!("https://localhost:{}/me", server.port) });
        let connector = connector(&ScimConfig { sign_in, ..server.config() });
        match (connector.prove(ACCOUNT, PASSWORD).await, expected) {
            (Ok(proof), Ok(expected)) => assert_eq!(proof, expected, "{status}"),
            (Err(fault), Err((class, reason))) => {
                assert_fault(&fault, class, Written::No);
                assert_eq!((fault.reason.as_str(), fault.stops_source), (reason, false), "{status}");
            }
            (met, expected) => panic!("{status}: {met:?}, not {expected:?}"),
        }
        let secret = "Bearer Service-Token-1";
        let asked: Vec<_> = server.requests().into_iter().filter(|request| request.starts_with("GET /me")).collect();
        assert!(asked.len() == 2 && asked.iter().all(|request| !request.contains(secret)), "{asked:?}");
    }
}
