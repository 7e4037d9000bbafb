//! Two nodes on one PostgreSQL database: what one client may do, it may do once.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use passwright_app::oauth::TokenRequest;
use passwright_app::{ApiVersion, Error, Service, Settings};
use passwright_domain::budget::PayloadBudget;
use passwright_domain::client::{ApiClient, ClientDetails, RateLimit};
use passwright_domain::digit_token::AttemptLimits;
use passwright_domain::ids::ApiClientId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::{Options, StorageError, Store, Tx, Write, clients};
use passwright_testkit::{Postgres, require};
use passwright_vault::digest::sha256_hex;
use passwright_vault::secret::SecretText;
use sqlx::Connection as _;

const SECRET: &str = "8d4c1f0a5e9b7d2c3f6a8b1e4d7c0a9f2b5e8d1c4f7a0b3e6d9c2f5a8b1e4d7c";
const LIMIT: u32 = 100;
const BATCH: u32 = LIMIT / 100;
const WINDOW: Duration = Duration::from_secs(10);

struct AddClient(ApiClient);

impl Write for AddClient {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        clients::upsert_client(tx, &self.0).await
    }
}

/// A node, with the key files that all nodes have.
async fn node(database: &Options, folder: &Path) -> Arc<Service> {
    let settings = Settings {
        database: database.clone(),
        root_key_file: folder.join("root.key"),
        epoch_key_file: folder.join("epoch.key"),
        public_url: "http://127.0.0.1:8080".to_owned(),
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
    };
    Service::open(settings).await.unwrap()
}

async fn add_client(service: &Service, n: u8) -> String {
    let client = ApiClient {
        id: ApiClientId::from_random([n; 16]),
        name: format!("client {n}"),
        secret_sha256: sha256_hex(SECRET.as_bytes()),
        scopes: ["sp:scopes:all"].into_iter().collect(),
        token_seconds: 3600,
        rate_limit: RateLimit(LIMIT),
        enabled: true,
        details: ClientDetails::default(),
        created_at: Timestamp(0),
        modified_at: Timestamp(0),
        last_used_at: None,
    };
    let id = client.id.to_string();
    service.store().write(AddClient(client)).await.unwrap();
    let request = TokenRequest {
        grant_type: Some("client_credentials".to_owned()),
        client_id: Some(id),
        client_secret: Some(SecretText::new(SECRET.to_owned())),
        ..TokenRequest::default()
    };
    service.issue_token(request, &passwright_app::Trace::default()).await.unwrap().access_token.expose().to_owned()
}

/// Sends requests through each node at once, more than the limit; gives how many passed and how many did not.
async fn burst(nodes: &[Arc<Service>; 2], token: &str, each: u32) -> (u32, u32) {
    let mut requests = tokio::task::JoinSet::new();
    for node in nodes {
        for _ in 0..each {
            let (node, token) = (node.clone(), token.to_owned());
            requests.spawn(async move {
                match node.authenticate(Some(&token), ApiVersion::V2025, "t").await {
                    Ok(_) => true,
                    Err(Error::TooManyRequests { retry_after }) => {
                        assert!(retry_after <= WINDOW, "{retry_after:?}");
                        false
                    }
                    Err(error) => panic!("{error}"),
                }
            });
        }
    }
    let answers = requests.join_all().await;
    let passed = answers.iter().filter(|passed| **passed).count();
    (u32::try_from(passed).unwrap(), u32::try_from(answers.len() - passed).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn together_they_keep_to_the_rate_limit() {
    let Some(()) = require("postgresql", Postgres::missing()) else { return };
    let server = Postgres::start().unwrap();
    let database = Options::new(server.fresh_database().unwrap());
    Store::migrate(&database).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let nodes = [node(&database, folder.path()).await, node(&database, folder.path()).await];

    let mut in_one_window = 0;
    for n in 1..=3 {
        let token = add_client(&nodes[0], n).await;
        let started = Instant::now();
        let (passed, refused) = burst(&nodes, &token, LIMIT).await;
        let again = burst(&nodes, &token, 20).await;
        if started.elapsed() >= WINDOW {
            continue; // So slow a machine opened another window meanwhile.
        }
        in_one_window += 1;
        let passed = passed + again.0;
        assert!(passed <= LIMIT + BATCH, "{passed} passed two nodes, {refused} did not");
        // What a node took and did not use is lost: less than a batch of each.
        assert!(passed > LIMIT - 2 * BATCH, "only {passed} passed");
    }
    assert!(in_one_window > 0, "too slow to show it");
    // The row of a burst is not one that a commit waits for.
    let wal =
        database_says(&database, "SELECT relpersistence::text FROM pg_class WHERE relname = 'request_window'").await;
    assert_eq!(wal, "u", "unlogged");

    let token = add_client(&nodes[0], 9).await;
    let first = burst(&nodes, &token, LIMIT).await;
    assert!(first.1 > 0);
    let deadline = Instant::now() + 3 * WINDOW;
    while burst(&nodes, &token, 1).await.0 == 0 {
        assert!(Instant::now() < deadline, "no other window was opened");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn database_says(database: &Options, query: &'static str) -> String {
    let mut connection = sqlx::PgConnection::connect(&database.url).await.unwrap();
    sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
}
