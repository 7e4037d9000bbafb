//! What an installation under measurement holds: sources, one policy, one API client without a practical rate limit, and
//! identities with their accounts; and requests that are ready to be sent.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use passwright_app::oauth::{SecretText, TokenRequest};
use passwright_app::passwords::{PasswordInfoQuery, SetPasswordRequest};
use passwright_app::setup::{Setup, SetupDocument};
use passwright_app::{ApiVersion, Caller, Principal, ScopeSet, Service};
use passwright_domain::directory::{Account, Identity, IdentityStatus};
use passwright_domain::ids::{AccountId, ApiClientId, IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{accounts, identities};
use passwright_storage::{StorageError, Tx, Write};
use passwright_vault::random;
use passwright_vault::rsa::RsaPublicKey;

use crate::site::Site;

const CLIENT_SECRET: &str = "a-secret-of-this-benchmark-alone";
/// Identities in one write.
const AT_ONCE: usize = 500;

/// A directory behind a source.
#[derive(Clone)]
pub(crate) struct Directory {
    pub(crate) url: String,
    pub(crate) ca_file: PathBuf,
    pub(crate) bind_dn: &'static str,
    pub(crate) password: &'static str,
    /// Kept connections of the service account, and as many to sign in on.
    pub(crate) pairs: (usize, usize),
}

/// Which accounts an identity has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    /// One on each source; the sources share their password.
    Together,
    /// One, on the sources in turn.
    Apart,
}

pub(crate) struct Population {
    people: Vec<Person>,
    key: RsaPublicKey,
    client: ApiClientId,
}

struct Person {
    identity: IdentityId,
    /// The first is the one that requests name.
    accounts: Vec<(SourceId, AccountId, String)>,
    /// The `publicKeyId` of this identity.
    handle: String,
}

impl Population {
    /// Fills an empty installation. `native` names the account of an identity on a source.
    pub(crate) async fn settle(
        site: &Site,
        service: &Arc<Service>,
        directories: &[Directory],
        spread: Spread,
        size: usize,
        native: impl Fn(usize, usize) -> String,
    ) -> Result<Self> {
        let client = ApiClientId::from_random(random16());
        for (n, directory) in directories.iter().enumerate() {
            std::fs::write(site.path().join(format!("directory-{n}.secret")), directory.password)?;
        }
        std::fs::write(site.path().join("client.secret"), CLIENT_SECRET)?;
        let document = SetupDocument::parse(&document(directories, spread, &client))?;
        service.apply(Setup::resolve(document, site.path(), &|_| None)?, false).await?;
        let catalog = service.catalog().await?;
        let sources = (0..directories.len())
            .map(|n| Ok(catalog.source_named(&source_name(n)).context("no source")?.source.id.clone()))
            .collect::<Result<Vec<SourceId>>>()?;
        let mut people: Vec<_> = (0..size)
            .map(|n| {
                let own =
                    sources.iter().enumerate().filter(|(at, _)| spread == Spread::Together || n % sources.len() == *at);
                let account = |(at, source): (usize, &SourceId)| {
                    (source.clone(), AccountId::from_random(random16()), native(n, at))
                };
                Person {
                    identity: IdentityId::from_random(random16()),
                    accounts: own.map(account).collect(),
                    handle: String::new(),
                }
            })
            .collect();
        for from in (0..size).step_by(AT_ONCE) {
            let rows = people.iter().enumerate().skip(from).take(AT_ONCE).map(|(n, person)| person.rows(n));
            service.store().write(Settle(rows.collect())).await?;
        }
        let caller = caller(&client);
        let mut key = String::new();
        for (n, person) in people.iter_mut().enumerate() {
            let source_name = source_name(if spread == Spread::Together { 0 } else { n % sources.len() });
            let query = PasswordInfoQuery { user_name: Some(alias(n)), source_name: Some(source_name) };
            let info = service.query_password_info(&caller, query).await?;
            (person.handle, key) = (info.public_key_id, info.public_key);
        }
        let key = RsaPublicKey::from_spki_der(&BASE64.decode(key)?)?;
        Ok(Self { people, key, client })
    }

    /// Requests for one identity after the other, each with a ciphertext of its own.
    pub(crate) fn requests(&self, count: usize, password: impl Fn(usize) -> String) -> Result<Vec<SetPasswordRequest>> {
        let people = self.people.iter().cycle().take(count).enumerate();
        people
            .map(|(n, person)| {
                let (source, _, native) = person.accounts.first().context("an identity without an account")?;
                Ok(SetPasswordRequest {
                    identity_id: Some(person.identity.to_string()),
                    encrypted_password: Some(BASE64.encode(self.key.encrypt(password(n).as_bytes())?)),
                    public_key_id: Some(person.handle.clone()),
                    account_id: Some(native.clone()),
                    source_id: Some(source.to_string()),
                    unlock_account: false,
                })
            })
            .collect()
    }

    /// The API client as a caller in this process.
    pub(crate) fn caller(&self) -> Caller {
        caller(&self.client)
    }

    /// An access token of the API client.
    pub(crate) async fn token(&self, service: &Service) -> Result<String> {
        let request = TokenRequest {
            grant_type: Some("client_credentials".to_owned()),
            client_id: Some(self.client.to_string()),
            client_secret: Some(SecretText::new(CLIENT_SECRET.to_owned())),
            ..TokenRequest::default()
        };
        Ok(service.issue_token(request, &passwright_app::Trace::default()).await?.access_token.expose().to_owned())
    }
}

impl Person {
    fn rows(&self, n: usize) -> (Identity, Vec<Account>) {
        let identity = Identity {
            id: self.identity.clone(),
            alias: alias(n),
            name: format!("User {n}"),
            email: Some(format!("user{n}@acme.example")),
            status: IdentityStatus::Active,
            levels: [].into(),
            attributes: [("department".to_owned(), "Sales".to_owned())].into(),
        };
        let account = |(source, account, native): &(SourceId, AccountId, String)| Account {
            id: account.clone(),
            identity_id: self.identity.clone(),
            source_id: source.clone(),
            native_identity: native.clone(),
            name: format!("User {n}"),
            attributes: [].into(),
        };
        (identity, self.accounts.iter().map(account).collect())
    }
}

/// Identities and their accounts, in one transaction.
struct Settle(Vec<(Identity, Vec<Account>)>);

impl Write for Settle {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        for (identity, own) in &self.0 {
            identities::upsert(tx, identity, Timestamp(0)).await?;
            for account in own {
                accounts::upsert(tx, account, Timestamp(0)).await?;
            }
        }
        Ok(())
    }
}

fn document(directories: &[Directory], spread: Spread, client: &ApiClientId) -> String {
    let mut text = format!(
        r#"
[[password_policy]]
name = "Everyone"
default = true
minLength = 8
minAlpha = 1
minNumeric = 1

[[api_client]]
name = "bulk"
id = "{client}"
secret_file = "client.secret"
rate_limit = 1000000000
"#
    );
    for (n, Directory { url, ca_file, bind_dn, pairs: (service, proof), .. }) in directories.iter().enumerate() {
        text += &format!(
            r#"
[[source]]
name = "{}"
policy = "Everyone"
credential_file = "directory-{n}.secret"

[source.connector]
kind = "ldap"
url = "{url}"
ca_file = {ca_file:?}
bind_dn = "{bind_dn}"
connect_timeout_ms = 60000
connections = {{ service = {service}, proof = {proof} }}
"#,
            source_name(n)
        );
    }
    if spread == Spread::Together && directories.len() > 1 {
        let names: Vec<_> = (0..directories.len()).map(source_name).collect();
        text += &format!("\n[[password_group]]\nname = \"All\"\npolicy = \"Everyone\"\nsources = {names:?}\n");
    }
    text
}

fn source_name(n: usize) -> String {
    format!("Directory {n}")
}

fn caller(client: &ApiClientId) -> Caller {
    Caller {
        principal: Principal::ApiClient { client_id: client.to_string() },
        scopes: ScopeSet::all(),
        api_version: ApiVersion::V2025,
        tracking_id: passwright_app::Trace::from("0".repeat(32).as_str()),
    }
}

fn alias(n: usize) -> String {
    format!("user.{n}")
}

fn random16() -> [u8; 16] {
    let mut bytes = [0; 16];
    random::fill(&mut bytes);
    bytes
}
