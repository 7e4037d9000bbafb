//! Providers of a further factor: their secrets stay inside, and a test really asks them.

use std::sync::{Arc, Mutex};

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passwright_app::{Level, Networks};
use passwright_domain::directory::IdentityStatus;
use passwright_storage::{audit, settings};
use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::census::matrix::user;
use super::{Answer, Fixture};

const KEY: &str = "dk778Y3QlA5UqocYpdU3rEkzrK2D497y";
const SKEY: &str = "6qw123Y3QlA5UqocYpdU3rEkzrK2D497B";
const OKTA: &str = "/v2025/mfa/okta-verify/config";
const DUO: &str = "/v3/mfa/duo-web/config";

/// A provider on this machine that answers every request alike over TLS.
struct Provider {
    host: String,
    said: Arc<Mutex<(String, String)>>,
    requests: Arc<Mutex<Vec<String>>>,
    authority: tempfile::NamedTempFile,
}

impl Provider {
    async fn start() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), authority.pem()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let said = Arc::new(Mutex::new((String::new(), String::new())));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (to_say, kept) = (said.clone(), requests.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = Vec::new();
                while !is_whole(&request) {
                    let mut chunk = [0; 4096];
                    match stream.read(&mut chunk).await {
                        Ok(0) | Err(_) => break,
                        Ok(read) => request.extend_from_slice(&chunk[..read]),
                    }
                }
                kept.lock().unwrap().push(String::from_utf8(request).unwrap());
                let (status, body) = to_say.lock().unwrap().clone();
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { host, said, requests, authority: file }
    }

    fn will_say(&self, status: &str, body: &str) {
        *self.said.lock().unwrap() = (status.to_owned(), body.to_owned());
    }

    fn last(&self) -> String {
        self.requests.lock().unwrap().last().cloned().unwrap_or_default()
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// A service that trusts the provider and may call this machine, and an administrator's token.
async fn fixture(provider: &Provider) -> (Fixture, String) {
    let authority = provider.authority.path().to_owned();
    let fixture = Fixture::with(|settings| {
        settings.outbound.allowed_networks = Networks::new(vec!["127.0.0.0/8".parse().unwrap()]);
        settings.outbound.webhook_ca_file = Some(authority);
    })
    .await;
    let admin = user(&fixture, 1, "admin", &[Level::OrgAdmin], IdentityStatus::Active).await;
    let token = fixture.token_of(&admin).await;
    (fixture, token)
}

async fn put(fixture: &Fixture, token: &str, path: &str, body: &Value) -> Answer {
    fixture.call(Method::PUT, path, token, &body.to_string()).await
}

async fn tested(fixture: &Fixture, token: &str, method: &str) -> (String, Option<String>) {
    let answer = fixture.call(Method::GET, &format!("/v2026/mfa/{method}/test"), token, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    for secret in [KEY, SKEY] {
        assert!(!answer.text.contains(secret), "{}", answer.text);
    }
    let body = answer.json();
    (body["state"].as_str().unwrap().to_owned(), body["error"].as_str().map(str::to_owned))
}

fn okta(host: &str) -> Value {
    json!({"mfaMethod": "okta-verify", "enabled": true, "host": host, "accessKey": KEY, "identityAttribute": "email"})
}

#[tokio::test]
async fn okta_is_set_shown_masked_tested_and_forgotten() {
    let provider = Provider::start().await;
    let (fixture, token) = fixture(&provider).await;
    let nothing = fixture.call(Method::GET, OKTA, &token, "").await;
    let empty = json!({"mfaMethod": "okta-verify", "enabled": false, "host": null, "accessKey": null, "identityAttribute": null});
    assert_eq!((nothing.status, nothing.json()), (StatusCode::OK, empty.clone()));
    assert_eq!(tested(&fixture, &token, "okta-verify").await.0, "FAILED");

    let set = put(&fixture, &token, OKTA, &okta(&provider.host)).await;
    let mut shown = okta(&provider.host);
    shown["accessKey"] = json!("d******y");
    assert_eq!((set.status, set.json()), (StatusCode::OK, shown.clone()), "{}", set.text);
    for path in [OKTA, "/beta/mfa/okta-verify/config", "/mfa/v1/okta-verify/config"] {
        assert_eq!(fixture.call(Method::GET, path, &token, "").await.json(), shown, "{path}");
    }
    // What was shown may be sent back, as SDKs do: the secret stays.
    shown["identityAttribute"] = json!("alias");
    assert_eq!(put(&fixture, &token, OKTA, &shown).await.json(), shown);

    provider.will_say("200 OK", r#"{"id":"00u1","status":"ACTIVE"}"#);
    assert_eq!(tested(&fixture, &token, "okta-verify").await, ("SUCCESS".to_owned(), None));
    let request = provider.last();
    assert!(request.starts_with("GET /api/v1/users/me HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("authorization: SSWS {KEY}\r\n")), "{request}");

    for (status, body, told) in [
        ("401 Unauthorized", "{}", "the provider refused the key: it answered 401 Unauthorized"),
        ("500 Oops", "", "the provider answered 500 Internal Server Error"),
        ("200 OK", "<html>", "the answer is not that of the provider"),
        ("302 Found", "", "the provider answered 302 Found"),
    ] {
        provider.will_say(status, body);
        let (state, error) = tested(&fixture, &token, "okta-verify").await;
        assert_eq!((state.as_str(), error.as_deref()), ("FAILED", Some(told)), "{status}");
    }
    shown["enabled"] = json!(false);
    put(&fixture, &token, OKTA, &shown).await;
    let asked = provider.count();
    let (state, error) = tested(&fixture, &token, "okta-verify").await;
    assert_eq!((state.as_str(), error.as_deref()), ("FAILED", Some("MFA Method is disabled.")));
    assert_eq!(provider.count(), asked, "a method that is off is not asked");

    let gone = fixture.call(Method::DELETE, "/v3/mfa/okta-verify/delete", &token, "").await;
    assert_eq!((gone.status, gone.json()), (StatusCode::OK, shown));
    assert_eq!(fixture.call(Method::GET, OKTA, &token, "").await.json(), empty);
    assert_eq!(
        fixture.call(Method::DELETE, "/v2025/mfa/okta-verify/delete", &token, "").await.status,
        StatusCode::NOT_FOUND
    );

    let mut reader = fixture.service.store().read().await.unwrap();
    let events: Vec<_> = audit::origins(&mut reader.tx()).await.unwrap().into_iter().map(|(event, _)| event).collect();
    for (event, count) in
        [("MFA_CONFIGURATION_UPDATED", 3), ("MFA_CONFIGURATION_TESTED", 7), ("MFA_CONFIGURATION_DELETED", 1)]
    {
        assert_eq!(events.iter().filter(|given| *given == event).count(), count, "{event}: {events:?}");
    }
}

#[tokio::test]
async fn duo_is_asked_with_a_signed_assertion() {
    let provider = Provider::start().await;
    let (fixture, token) = fixture(&provider).await;
    let wanted = json!({
        "enabled": true, "host": provider.host, "accessKey": KEY,
        "configProperties": {"ikey": "Q123WE45R6TY7890ZXCV", "skey": SKEY},
    });
    let set = put(&fixture, &token, DUO, &wanted).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    assert_eq!(set.json()["configProperties"], json!({"ikey": "Q123WE45R6TY7890ZXCV", "skey": "6******B"}));
    assert_eq!(set.json()["accessKey"], "d******y");
    let mut reader = fixture.service.store().read().await.unwrap();
    let kept = settings::lookup(&mut reader.tx(), settings::MFA_DUO_WEB).await.unwrap().unwrap();
    drop(reader);
    assert!(!kept.contains(KEY) && !kept.contains(SKEY) && kept.contains("sealed1."), "{kept}");

    provider.will_say("200 OK", r#"{"stat":"OK","response":{"timestamp":1}}"#);
    assert_eq!(tested(&fixture, &token, "duo-web").await, ("SUCCESS".to_owned(), None));
    let request = provider.last();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /oauth/v1/health_check HTTP/1.1\r\n"), "{head}");
    let fields: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    assert_eq!(fields[0], ("client_id".to_owned(), "Q123WE45R6TY7890ZXCV".to_owned()));
    let (signed, signature) = fields[1].1.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let decoded = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(decoded(header), json!({"alg": "HS512", "typ": "JWT"}));
    let claims = decoded(claims);
    assert_eq!(claims["aud"], format!("https://{}/oauth/v1/health_check", provider.host));
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("Q123WE45R6TY7890ZXCV"), &json!("Q123WE45R6TY7890ZXCV")));
    assert!(!signature.is_empty() && claims["exp"].as_i64() > claims["iat"].as_i64(), "{claims}");

    provider.will_say("200 OK", r#"{"stat":"FAIL","code":40002,"message":"invalid_client"}"#);
    let (state, error) = tested(&fixture, &token, "duo-web").await;
    assert_eq!((state.as_str(), error.as_deref()), ("FAILED", Some("the provider refused the key")));
}

#[tokio::test]
async fn what_may_not_be_set_is_refused() {
    let provider = Provider::start().await;
    let (fixture, token) = fixture(&provider).await;
    for (field, value, told) in [
        ("host", json!("https://example.com"), "host is no host"),
        ("host", json!("example.com/path"), "host is no host"),
        ("host", json!("user@example.com"), "host is no host"),
        ("host", json!("10.0.0.1"), "not public"),
        ("host", json!("169.254.169.254"), "not public"),
        ("host", json!("[::ffff:10.0.0.1]"), "not public"),
        ("accessKey", json!("a\nb"), "accessKey must be"),
        ("accessKey", json!("x".repeat(513)), "accessKey must be"),
        ("mfaMethod", json!("duo-web"), "mfaMethod must be okta-verify"),
        ("host", Value::Null, "an enabled method needs host"),
        ("accessKey", json!(""), "an enabled method needs accessKey"),
        ("identityAttribute", json!("x".repeat(256)), "identityAttribute is longer"),
    ] {
        let mut body = okta("example.com");
        body[field] = value;
        let answer = put(&fixture, &token, OKTA, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text);
        assert!(answer.text.contains(told), "{told}: {}", answer.text);
    }
    let short = json!({"enabled": true, "host": "example.com", "configProperties": {"ikey": "A B", "skey": SKEY}});
    assert!(put(&fixture, &token, DUO, &short).await.text.contains("configProperties.ikey must be letters and digits"));
    let typed = json!({"configProperties": {"skey": 5}});
    assert!(put(&fixture, &token, DUO, &typed).await.text.contains("configProperties.skey must be a string"));
    for method in ["kba", "Okta-Verify", "rsa"] {
        let answer = fixture.call(Method::GET, &format!("/v2025/mfa/{method}/test"), &token, "").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{method}");
    }
}

/// Whoever may change the configuration but does not know the secret must not have it sent to a host of their own.
#[tokio::test]
async fn a_secret_does_not_follow_to_another_host() {
    let (provider, other) = (Provider::start().await, Provider::start().await);
    let (fixture, token) = fixture(&provider).await;
    assert_eq!(put(&fixture, &token, OKTA, &okta(&provider.host)).await.status, StatusCode::OK);
    for key in [json!("d******y"), Value::Null] {
        let mut moved = okta(&other.host);
        moved["accessKey"] = key;
        let answer = put(&fixture, &token, OKTA, &moved).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text.contains("accessKey must be given again for another host"), "{}", answer.text);
    }
    let mut known = okta(&other.host);
    known["accessKey"] = json!("another-key-of-another-provider");
    assert_eq!(put(&fixture, &token, OKTA, &known).await.json()["accessKey"], "a******r");
    // Nor does it by way of no host at all.
    let away = json!({"enabled": false, "host": null});
    assert_eq!(put(&fixture, &token, OKTA, &away).await.status, StatusCode::OK);
    let back = json!({"enabled": true, "host": provider.host});
    assert_eq!(put(&fixture, &token, OKTA, &back).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(other.count(), 0);
}
