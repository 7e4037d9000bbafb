//! Identities, clients and tokens of one test's own, put into the database of a running server: requests read them anew
//! each time, so they count at once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use passwright_client::{Client, PathFamily};
use passwright_domain::access::{Level, ScopeSet};
use passwright_domain::client::{ApiClient, ClientDetails, PersonalAccessToken, RateLimit};
use passwright_domain::directory::{Account, Identity, IdentityStatus, Source};
use passwright_domain::ids::{AccountId, ApiClientId, IdentityId, PersonalAccessTokenId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{ChangeStatus, lookup_change};
use passwright_storage::directory::{accounts, identities, sign_in_passwords, sources};
use passwright_storage::{Options, StorageError, Store, Tx, Write, audit, clients, settings};
use passwright_testkit::TestServer;
use passwright_vault::digest::sha256_hex;
use passwright_vault::random::{random_16, random_32};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use super::Caller;

pub(crate) const ALL: &[&str] = &["sp:scopes:all"];
/// 2200: later than any test.
const LATE: Timestamp = Timestamp(7_258_118_400_000_000);
const DAY: i64 = 86_400;

/// The database behind a server.
pub(crate) struct Fixture<'s> {
    server: &'s TestServer,
    store: Store,
}

/// Id and secret of a client or a personal access token.
pub(crate) struct Grant {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Grant {
    fn new(id: String) -> (Self, String) {
        let secret: String = random_32().iter().map(|byte| format!("{byte:02x}")).collect();
        let digest = sha256_hex(secret.as_bytes());
        (Self { id, secret }, digest)
    }

    pub(crate) fn client(&self, server: &TestServer, family: PathFamily) -> Client {
        server.client_builder(family).credentials(self.id.as_str(), self.secret.as_str()).build().unwrap()
    }

    pub(crate) async fn caller(&self, server: &TestServer) -> Caller {
        Caller::with(server, &self.id, &self.secret).await
    }
}

/// One row to write.
enum Put {
    Client(ApiClient),
    Token(PersonalAccessToken),
    NoToken(String),
    Identity(Identity),
    Account(Account),
    Source(Source),
}

impl Write for Put {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = Timestamp(0);
        match self {
            Self::Client(client) => clients::upsert_client(tx, client).await,
            Self::Token(token) => clients::upsert_token(tx, token).await,
            Self::NoToken(id) => clients::delete_token(tx, id).await.map(|_| ()),
            Self::Identity(identity) => identities::upsert(tx, identity, now).await,
            Self::Account(account) => accounts::upsert(tx, account, now).await,
            Self::Source(source) => {
                sources::upsert(tx, source, now).await?;
                settings::raise_catalog_version(tx, now).await
            }
        }
    }
}

fn database_file(server: &TestServer) -> PathBuf {
    server.file("passwright.sqlite3")
}

impl<'s> Fixture<'s> {
    pub(crate) async fn of(server: &'s TestServer) -> Self {
        let url = format!("sqlite://{}", database_file(server).display());
        Self { server, store: Store::open(&Options::new(url)).await.unwrap() }
    }

    async fn put(&self, row: Put) {
        self.store.write(row).await.unwrap();
    }

    /// An API client with these scopes and a rate limit that no test reaches.
    pub(crate) async fn client(&self, scopes: &[&str]) -> Grant {
        self.client_with(scopes, RateLimit(1_000_000), DAY).await
    }

    pub(crate) async fn client_with(&self, scopes: &[&str], rate_limit: RateLimit, token_seconds: i64) -> Grant {
        let id = ApiClientId::from_random(random_16());
        let (grant, secret_sha256) = Grant::new(id.to_string());
        let name = format!("test client {id}");
        let scopes = scopes.iter().copied().collect::<ScopeSet>();
        let created_at = Timestamp(0);
        let enabled = true;
        let client = ApiClient {
            id,
            name,
            secret_sha256,
            scopes,
            token_seconds,
            rate_limit,
            enabled,
            details: ClientDetails::default(),
            created_at,
            modified_at: created_at,
            last_used_at: None,
        };
        self.put(Put::Client(client)).await;
        grant
    }

    pub(crate) async fn disable_client(&self, id: &str) {
        self.put(Put::Client(ApiClient { enabled: false, ..self.stored_client(id).await })).await;
    }

    pub(crate) async fn set_scopes(&self, id: &str, scopes: &[&str]) {
        let scopes = scopes.iter().copied().collect();
        self.put(Put::Client(ApiClient { scopes, ..self.stored_client(id).await })).await;
    }

    async fn stored_client(&self, id: &str) -> ApiClient {
        let mut reader = self.store.read().await.unwrap();
        clients::lookup_client(&mut reader.tx(), id).await.unwrap().unwrap()
    }

    /// An active identity with its account on the built-in source and no other.
    pub(crate) async fn identity(&self, levels: &[Level]) -> Identity {
        let id = IdentityId::from_random(random_16());
        let alias = format!("Test.{}", &id.as_str()[..12]);
        let identity = Identity {
            id: id.clone(),
            name: alias.clone(),
            alias,
            email: None,
            status: IdentityStatus::Active,
            levels: levels.iter().copied().collect(),
            attributes: BTreeMap::new(),
        };
        self.put(Put::Identity(identity.clone())).await;
        let built_in = self.sources().await.into_iter().find(Source::is_built_in).unwrap();
        self.account(&identity, &built_in.id, id.as_str()).await;
        identity
    }

    pub(crate) async fn disable_identity(&self, identity: &Identity) {
        self.put(Put::Identity(Identity { status: IdentityStatus::Disabled, ..identity.clone() })).await;
    }

    pub(crate) async fn account(&self, identity: &Identity, source: &SourceId, native: &str) {
        let account = Account {
            id: AccountId::from_random(random_16()),
            identity_id: identity.id.clone(),
            source_id: source.clone(),
            native_identity: native.to_owned(),
            name: native.to_owned(),
            attributes: BTreeMap::new(),
        };
        self.put(Put::Account(account)).await;
    }

    /// A personal access token of this identity.
    pub(crate) async fn token(&self, owner: &Identity, scopes: &[&str]) -> Grant {
        let id = PersonalAccessTokenId::from_random(random_16());
        let (grant, secret_sha256) = Grant::new(id.to_string());
        let token = PersonalAccessToken {
            name: id.to_string(),
            id,
            owner_id: owner.id.clone(),
            secret_sha256,
            scopes: scopes.iter().copied().collect(),
            token_seconds: DAY,
            created_at: Timestamp(0),
            expires_at: LATE,
            last_used_at: None,
        };
        self.put(Put::Token(token)).await;
        grant
    }

    pub(crate) async fn expire_token(&self, id: &str) {
        let mut reader = self.store.read().await.unwrap();
        let token = clients::lookup_token(&mut reader.tx(), id).await.unwrap().unwrap();
        self.put(Put::Token(PersonalAccessToken { expires_at: Timestamp(1), ..token })).await;
    }

    pub(crate) async fn delete_token(&self, id: &str) {
        self.put(Put::NoToken(id.to_owned())).await;
    }

    /// The names of all audit records, oldest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let mut reader = self.store.read().await.unwrap();
        let records = audit::list(&mut reader.tx(), 0, i64::MAX).await.unwrap();
        records.into_iter().map(|(_, _, event, ..)| event).collect()
    }

    pub(crate) async fn sources(&self) -> Vec<Source> {
        let mut reader = self.store.read().await.unwrap();
        sources::list(&mut reader.tx()).await.unwrap()
    }

    pub(crate) async fn source(&self, name: &str) -> Source {
        self.sources().await.into_iter().find(|source| source.name == name).unwrap()
    }

    /// A source with the connector of an existing one and no feature at all.
    pub(crate) async fn source_without_password(&self, like: &str) -> Source {
        let id = SourceId::from_random(random_16());
        let source = Source { name: format!("Read-only {id}"), id, features: [].into(), ..self.source(like).await };
        self.put(Put::Source(source.clone())).await;
        source
    }

    pub(crate) async fn identity_named(&self, alias: &str) -> Identity {
        let mut reader = self.store.read().await.unwrap();
        identities::lookup_by_alias(&mut reader.tx(), alias).await.unwrap().unwrap()
    }

    /// A change as it is stored.
    pub(crate) async fn change(&self, id: &str) -> ChangeStatus {
        let mut reader = self.store.read().await.unwrap();
        lookup_change(&mut reader.tx(), &id.parse().unwrap()).await.unwrap().unwrap()
    }

    /// The stored hash of an identity's sign-in password.
    pub(crate) async fn sign_in_hash(&self, identity: &IdentityId) -> Option<String> {
        let mut reader = self.store.read().await.unwrap();
        sign_in_passwords::lookup(&mut reader.tx(), identity).await.unwrap().map(|(hash, _)| hash)
    }

    /// The ids of all changes of an identity.
    pub(crate) async fn changes_of(&self, identity: &IdentityId) -> Vec<String> {
        self.rows("SELECT id FROM password_change WHERE identity_id = ? ORDER BY accepted_at", identity.as_str()).await
    }

    /// The names of the audit records about one object, oldest first.
    pub(crate) async fn audit_events(&self, object: &str) -> Vec<String> {
        self.rows("SELECT event FROM audit_record WHERE object = ? ORDER BY at, id", object).await
    }

    /// The same about all RSA keys.
    pub(crate) async fn audit_of_keys(&self) -> Vec<String> {
        self.rows("SELECT event FROM audit_record WHERE object LIKE ? ORDER BY at, id", "rsa_key:%").await
    }

    /// The first column of a query about one thing.
    async fn rows(&self, query: &'static str, about: &str) -> Vec<String> {
        let file = database_file(self.server);
        let mut connection = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
        sqlx::query_scalar(query).bind(about).fetch_all(&mut connection).await.unwrap()
    }
}
