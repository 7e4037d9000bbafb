//! What stands around the handlers: panics, faults, and what the log says.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::{Method, Request, StatusCode};
use passwright_app::Error;
use tower::ServiceExt as _;

use super::{Answer, Fixture, SECRET};
use crate::error::Failure;
use crate::extract::Authenticated;
use crate::openapi::operations::LIVEZ;
use crate::routes::{Access, Routes};
use crate::streams::Streams;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Everything logged on this thread until the guard is dropped.
    fn capture() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

async fn panics() -> &'static str {
    panic!("Hunter2")
}

async fn fails() -> Failure {
    Failure::App(Error::Internal("the cause".to_owned()))
}

async fn wants_caller(_: Authenticated) -> &'static str {
    "reached"
}

#[tokio::test]
async fn a_defect_is_a_500_that_says_nothing() {
    let fixture = Fixture::new().await;
    let routes = Routes::new()
        .get("/panics", Access::Public, &LIVEZ, panics)
        .get("/fails", Access::Public, &LIVEZ, fails)
        .get("/forgotten", Access::Public, &LIVEZ, wants_caller);
    let router = routes.into_router(fixture.service.clone(), Streams::new());
    let (log, _guard) = Log::capture();
    let get = async |path: &str| {
        let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
        Answer::read(router.clone().oneshot(request).await.unwrap()).await
    };
    for path in ["/panics", "/fails"] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert_eq!(answer.json()["detailCode"], "500.0 Internal Fault");
        assert!(!answer.text.contains("Hunter2") && !answer.text.contains("the cause"), "{}", answer.text);
        answer.check_headers();
        let id = answer.header("slpt-request-id").to_owned();
        let errors = log.lines().into_iter().filter(|l| l.contains("ERROR") && l.contains(&id)).count();
        assert_eq!(errors, 1, "{path}: {:?}", log.lines());
    }
    assert!(log.lines().iter().any(|l| l.contains("the cause")));
    assert!(!log.lines().iter().any(|l| l.contains("Hunter2")));
    // A handler that asks for a caller on a public route gets none.
    assert_eq!(get("/forgotten").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_log_names_the_request_and_no_secret() {
    let fixture = Fixture::new().await;
    let (log, _guard) = Log::capture();
    let token = fixture.token().await;
    let id = "089899f13a8f4da7824996191587bab9";
    let status = format!("/beta/password-change-status/{id}?filters=Abby.Smith");
    fixture.call(Method::GET, &status, &token, "").await;
    let body = r#"{"identityId":"x","encryptedPassword":"Y2lwaGVydGV4dA==","publicKeyId":"k"}"#;
    fixture.call(Method::POST, "/set-password/v1", &token, body).await;
    fixture.ask("GET", "/nowhere/Abby.Smith").await;

    let lines = log.lines();
    let requests: Vec<_> = lines.iter().filter(|l| l.contains("http.route")).collect();
    assert_eq!(requests.len(), 4, "{lines:?}");
    let client = format!("client.id=\"{}\"", fixture.client_id);
    for (line, route, status) in [
        (requests[0], "/oauth/token", "200"),
        (requests[1], "/beta/password-change-status/{id}", "404"),
        (requests[2], "/set-password/v1", "400"),
    ] {
        assert!(line.contains("INFO"), "{line}");
        assert!(line.contains(&format!("http.route=\"{route}\"")), "{line}");
        assert!(line.contains(&format!("http.status={status}")), "{line}");
        assert!(line.contains("tracking.id=") && line.contains("duration_ms="), "{line}");
        assert!(line.contains(&client), "{line}");
    }
    assert!(requests[3].contains("unmatched"), "{}", requests[3]);
    for secret in [SECRET, token.as_str(), "Y2lwaGVydGV4dA==", "Abby.Smith", id, "client_secret"] {
        assert!(!lines.iter().any(|l| l.contains(secret)), "{secret}: {lines:?}");
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    let fixture = Fixture::new().await;
    let routes = Routes::new().get("/hangs", Access::Public, &LIVEZ, std::future::pending::<&'static str>);
    let router = routes.into_router(fixture.service.clone(), Streams::new());
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let request = Request::get("/hangs").body(axum::body::Body::empty()).unwrap();
    let answer = Answer::read(router.oneshot(request).await.unwrap()).await;
    assert_eq!(started.elapsed().as_secs(), 30);
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "5");
    answer.check_headers();
}

/// Requirement R46: how long it took to find that a client or a person is there does not show in what is refused.
#[tokio::test]
async fn what_a_handler_refuses_comes_in_steps() {
    let fixture = Fixture::new().await;
    let narrow = fixture
        .put_client(&[8; 16], |client| client.scopes = ["idn:password-change:write"].into_iter().collect())
        .await;
    let token = fixture.token_of(&narrow).await;
    let wrong = format!("/oauth/token?grant_type=client_credentials&client_id={narrow}&client_secret=wrong");
    // The shortest of several: a slow machine makes one of them long, not all.
    let (mut secrets, mut persons) = (Duration::MAX, Duration::MAX);
    for _ in 0..5 {
        let started = Instant::now();
        assert_eq!(fixture.ask("POST", &wrong).await.status, StatusCode::UNAUTHORIZED);
        secrets = secrets.min(started.elapsed());
        let started = Instant::now();
        let answer = fixture.call(Method::POST, "/v2025/query-password-info", &token, r#"{"userName":"nobody"}"#).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
        persons = persons.min(started.elapsed());
    }
    let step = Duration::from_millis(10);
    assert!(secrets >= step && persons >= step, "{secrets:?} and {persons:?}");
}
