//! The whole router over a real service on a fresh SQLite database, in process.

mod calls;
mod census;
mod coverage;
mod credentials;
mod document;
mod exchange;
mod lockout;
mod mfa;
mod origins;
mod pages;
mod paths;
mod security_questions;
mod serve;
mod sign_in;
mod tls;
mod variants;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use passwright_app::{Service, Settings};
use passwright_domain::budget::PayloadBudget;
use passwright_domain::client::{ApiClient, ClientDetails, RateLimit};
use passwright_domain::digit_token::AttemptLimits;
use passwright_domain::ids::ApiClientId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::{Options, StorageError, Store, Tx, Write, clients};
use passwright_vault::digest::sha256_hex;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::CollapseSlashes;

pub(super) const SECRET: &str = "8d4c1f0a5e9b7d2c3f6a8b1e4d7c0a9f2b5e8d1c4f7a0b3e6d9c2f5a8b1e4d7c";

/// A service, its router, and an API client with every scope.
pub(super) struct Fixture {
    pub(super) service: Arc<Service>,
    pub(super) router: CollapseSlashes<Router>,
    pub(super) client_id: String,
    folder: TempDir,
}

struct AddClient(ApiClient);

impl Write for AddClient {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        clients::upsert_client(tx, &self.0).await
    }
}

fn settings(folder: &TempDir, public_url: &str) -> Settings {
    Settings {
        database: Options::new(format!("sqlite://{}", folder.path().join("db.sqlite3").display())),
        root_key_file: folder.path().join("root.key"),
        epoch_key_file: folder.path().join("epoch.key"),
        public_url: public_url.to_owned(),
        org: "acme".to_owned(),
        pod: "local".to_owned(),
        rsa_bits: 2048,
        shared_key_handle: false,
        digit_token_limits: AttemptLimits::default(),
        payload_budget: PayloadBudget::default(),
        worker_lanes: 1,
        source_limits: passwright_app::SourceLimits::default(),
        late_writes: passwright_app::worker::LATE_WRITES,
        outbound: passwright_app::OutboundSettings::default(),
        sessions: passwright_app::sessions::SessionSettings::default(),
    }
}

impl Fixture {
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings.
    pub(super) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut settings = settings(&folder, "http://127.0.0.1:8080");
        change(&mut settings);
        Store::migrate(&settings.database).await.unwrap();
        let service = Service::open(settings).await.unwrap();
        let router = crate::router(service.clone());
        let client_id = ApiClientId::from_random([7; 16]).to_string();
        let fixture = Self { service, router, client_id, folder };
        fixture.put_client(&[7; 16], |_| {}).await;
        fixture
    }

    /// Adds or replaces an API client; its secret is [`SECRET`].
    pub(super) async fn put_client(&self, id: &[u8; 16], change: impl FnOnce(&mut ApiClient)) -> String {
        let mut client = ApiClient {
            id: ApiClientId::from_random(*id),
            name: format!("client {}", id[0]),
            secret_sha256: sha256_hex(SECRET.as_bytes()),
            scopes: ["sp:scopes:all"].into_iter().collect(),
            token_seconds: 43_200,
            rate_limit: RateLimit(20),
            enabled: true,
            details: ClientDetails::default(),
            created_at: Timestamp(0),
            modified_at: Timestamp(0),
            last_used_at: None,
        };
        change(&mut client);
        let id = client.id.to_string();
        self.service.store().write(AddClient(client)).await.unwrap();
        id
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// A request without a token.
    pub(super) async fn ask(&self, method: &str, path: &str) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn token(&self) -> String {
        self.token_of(&self.client_id).await
    }

    pub(super) async fn token_of(&self, client_id: &str) -> String {
        let query = format!("grant_type=client_credentials&client_id={client_id}&client_secret={SECRET}");
        let answer = self.ask("POST", &format!("/oauth/token?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A good token of a service with the same keys and another address: another issuer and audience.
    pub(super) async fn token_for_another_service(&self) -> String {
        let service = Service::open(settings(&self.folder, "https://other.example")).await.unwrap();
        let other = Self {
            router: crate::router(service.clone()),
            service,
            client_id: self.client_id.clone(),
            folder: TempDir::new().unwrap(),
        };
        other.token().await
    }

    pub(super) async fn call(&self, method: Method, path: &str, token: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("x-sailpoint-experimental", "true");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

impl Fixture {
    /// A file as multipart with the boundary `x`.
    pub(super) async fn upload(&self, path: &str, token: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(Method::PUT)
            .uri(path)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header("content-type", "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) async fn read(response: axum::response::Response) -> Self {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 22).await.unwrap();
        Self { status: head.status, headers: head.headers, text: String::from_utf8_lossy(&body).into_owned() }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// What every answer has, whatever it is.
    #[track_caller]
    pub(super) fn check_headers(&self) {
        let wanted = [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ];
        for (name, value) in wanted {
            assert_eq!(self.header(name), value, "{name}");
        }
        let id = self.header("slpt-request-id");
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    }
}
