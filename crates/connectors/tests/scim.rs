//! The `scim` connector against a real server (scim2-server) behind TLS.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends at the first broken promise")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use contract::{Account, Subject, assert_fault};
use passwright_connectors::scim::{ChangeTime, FindBy, PasswordWrite, ScimConfig, SignInCheck};
use passwright_connectors::{
    AccountRef, Connector, ConnectorConfig, Credential, Fault, FaultClass, Fencing, Proof, SetPassword, SignIns,
    Written,
};
use passwright_testkit::ScimServer;
use passwright_testkit::scim::{CLIENT_ID, TOKEN, USER_PASSWORD};

mod contract;

struct Service {
    connector: Connector,
    find_by: FindBy,
    ids: Vec<String>,
    next: AtomicUsize,
}

impl Service {
    async fn new(server: &ScimServer, config: ScimConfig) -> Self {
        // The ids are the server's own: they are learnt by reading the accounts.
        let by_id = connector(&self::config(server));
        let mut accounts = read_all(&by_id).await;
        accounts.sort_by_key(|account| account.name.trim_start_matches("User ").parse::<u32>().unwrap());
        let ids = accounts.into_iter().map(|account| account.native_identity).collect();
        Self { find_by: config.find_by, connector: connector(&config), ids, next: AtomicUsize::new(0) }
    }
}

impl Subject for Service {
    fn connector(&self) -> &Connector {
        &self.connector
    }

    fn account(&self) -> Account {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let native_identity = match self.find_by {
            FindBy::Id => self.ids[number].clone(),
            FindBy::UserName => format!("U{number}"),
            FindBy::ExternalId => format!("e-{number}"),
        };
        Account { native_identity, name: format!("User {number}"), password: USER_PASSWORD.to_owned() }
    }

    fn missing(&self) -> Account {
        let native_identity = "no\"body/..?&# é".to_owned();
        Account { native_identity, name: "Nobody".to_owned(), password: USER_PASSWORD.to_owned() }
    }
}

fn config(server: &ScimServer) -> ScimConfig {
    ScimConfig { ca_file: Some(server.ca_file()), ..ScimConfig::new(server.url()) }
}

fn connector(config: &ScimConfig) -> Connector {
    with_credential(config, TOKEN)
}

fn with_credential(config: &ScimConfig, token: &str) -> Connector {
    Connector::new(&ConnectorConfig::Scim(config.clone()), Some(Credential::new(token.to_owned()))).unwrap()
}

fn by_name(name: &str) -> AccountRef<'_> {
    AccountRef { native_identity: name, name }
}

fn page(server: &ScimServer) -> Option<SignInCheck> {
    Some(SignInCheck::Basic { url: server.page_url() })
}

fn token(server: &ScimServer, client_id: &str) -> Option<SignInCheck> {
    Some(SignInCheck::PasswordGrant { url: server.token_url(), client_id: client_id.to_owned() })
}

async fn read_all(connector: &Connector) -> Vec<passwright_connectors::aggregate::ReadAccount> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = connector.read_accounts(&[], cursor).await.unwrap();
        all.extend(page.accounts);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

async fn set(connector: &Connector, name: &str, new: &str) -> Result<(), Fault> {
    connector.set_password(by_name(name), new, SetPassword::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_a_connector() {
    let Some(server) = ScimServer::require(contract::ACCOUNTS, &[]) else { return };
    let config = ScimConfig { sign_in: page(&server), ..config(&server) };
    contract::run(&Service::new(&server, config).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_with_put_user_names_and_the_password_grant() {
    let Some(server) = ScimServer::require(contract::ACCOUNTS, &["patch"]) else { return };
    let config = ScimConfig {
        sign_in: token(&server, CLIENT_ID),
        find_by: FindBy::UserName,
        write: PasswordWrite::Put,
        ..config(&server)
    };
    contract::run(&Service::new(&server, config).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_by_external_id() {
    let Some(server) = ScimServer::require(contract::ACCOUNTS, &[]) else { return };
    let config = ScimConfig { sign_in: page(&server), find_by: FindBy::ExternalId, ..config(&server) };
    contract::run(&Service::new(&server, config).await).await;
}

#[tokio::test]
async fn without_a_place_to_sign_in_nothing_is_called_proved() {
    let Some(server) = ScimServer::require(1, &[]) else { return };
    let connector = connector(&ScimConfig { find_by: FindBy::UserName, ..config(&server) });
    set(&connector, "u0", "Fresh-Corn-1").await.unwrap();
    let proof = connector.prove(by_name("u0"), "Fresh-Corn-1").await.unwrap();
    assert_eq!(proof, Proof::NotProvable("the source offers no sign-in to prove it with".to_owned()));
    assert_eq!(connector.prove(by_name("u0"), "").await.unwrap(), Proof::Rejected);
    let state = connector.check(by_name("u0")).await.unwrap();
    assert_eq!((state.sign_ins, state.disabled), (SignIns::NeverLock, false));
}

#[tokio::test]
async fn a_change_made_meanwhile_is_not_overwritten() {
    let Some(server) = ScimServer::require(1, &[]) else { return };
    let config = ScimConfig { sign_in: page(&server), find_by: FindBy::UserName, ..config(&server) };
    let source = connector(&config);
    assert_eq!(source.fencing().await.unwrap(), Fencing::Strong);
    let seen = source.check(by_name("u0")).await.unwrap().password_changed_at;
    assert!(seen.is_some(), "meta.lastModified is read");
    set(&source, "u0", "Fresh-Corn-1").await.unwrap();
    let late = SetPassword { unless_changed_since: seen, ..SetPassword::default() };
    let fault = source.set_password(by_name("u0"), "Stale-Corn-1", late).await.unwrap_err();
    assert_fault(&fault, FaultClass::Transient, Written::No);
    assert_eq!(source.prove(by_name("u0"), "Fresh-Corn-1").await.unwrap(), Proof::Proved);
    let seen = source.check(by_name("u0")).await.unwrap().password_changed_at;
    let in_time = SetPassword { unless_changed_since: seen, ..SetPassword::default() };
    source.set_password(by_name("u0"), "Fresh-Corn-2", in_time).await.unwrap();
    assert_eq!(source.prove(by_name("u0"), "Fresh-Corn-2").await.unwrap(), Proof::Proved);

    let unknown = connector(&ScimConfig { change_time: ChangeTime::None, ..config });
    assert_eq!(unknown.fencing().await.unwrap(), Fencing::None);
    assert_eq!(unknown.check(by_name("u0")).await.unwrap().password_changed_at, None);
}

#[tokio::test]
async fn put_keeps_the_rest_of_the_account() {
    let Some(server) = ScimServer::require(1, &["patch", "etag"]) else { return };
    let config = ScimConfig { find_by: FindBy::UserName, write: PasswordWrite::Put, ..config(&server) };
    let connector = connector(&config);
    assert_eq!(connector.fencing().await.unwrap(), Fencing::Verify);
    let before = read_all(&connector).await;
    set(&connector, "u0", "Fresh-Corn-1").await.unwrap();
    assert_eq!(read_all(&connector).await, before);
}

#[tokio::test]
async fn a_wrong_set_up_is_named() {
    let Some(server) = ScimServer::require(1, &[]) else { return };
    let Some(poor) = ScimServer::require(1, &["patch", "change_password"]) else { return };
    let patchless = ScimServer::require(1, &["patch"]).unwrap();
    let good = config(&server);
    let told = async |config: ScimConfig, token: &str| {
        let fault = with_credential(&config, token).test().await.unwrap_err();
        assert_fault(&fault, FaultClass::Configuration, Written::No);
        fault
    };
    connector(&good).test().await.unwrap();
    connector(&ScimConfig { sign_in: page(&server), ..good.clone() }).test().await.unwrap();
    connector(&ScimConfig { write: PasswordWrite::Put, ..config(&patchless) }).test().await.unwrap();

    let refused = told(good.clone(), "Wrong-Token").await;
    assert!(refused.stops_source && refused.reason.contains("service account"), "{refused}");
    assert!(!format!("{refused:?}").contains("Wrong-Token"));
    let rows = [
        (ScimConfig { url: server.page_url(), ..good.clone() }, "service account"),
        (ScimConfig { url: format!("{}/elsewhere", server.url()), ..good.clone() }, "at this address"),
        (ScimConfig { url: server.url().replace("localhost", "127.0.0.1"), ..good.clone() }, "another host name"),
        (ScimConfig { ca_file: Some(poor.ca_file()), ..good.clone() }, "unknown authority"),
        (config(&poor), "cannot set passwords"),
        (config(&patchless), "this way to set a password"),
        (
            ScimConfig { sign_in: Some(SignInCheck::Basic { url: server.open_page_url() }), ..good.clone() },
            "lets everybody in",
        ),
    ];
    for (config, word) in rows {
        let fault = told(config, TOKEN).await;
        assert!(fault.reason.contains(word), "{word}: {fault}");
    }
    let stranger = connector(&ScimConfig { sign_in: token(&server, "nobody"), find_by: FindBy::UserName, ..good });
    let fault = stranger.prove(by_name("u0"), USER_PASSWORD).await.unwrap_err();
    assert_fault(&fault, FaultClass::Configuration, Written::No);
    assert!(!fault.stops_source && fault.reason.contains("this way to sign in"), "{fault}");
}

#[tokio::test]
async fn a_page_that_everybody_sees_proves_nothing() {
    let Some(server) = ScimServer::require(1, &[]) else { return };
    let sign_in = Some(SignInCheck::Basic { url: server.open_page_url() });
    let connector = connector(&ScimConfig { sign_in, find_by: FindBy::UserName, ..config(&server) });
    let fault = connector.prove(by_name("u0"), "Anything-1").await.unwrap_err();
    assert_fault(&fault, FaultClass::Configuration, Written::No);
}

#[tokio::test]
async fn all_accounts_are_read_page_by_page() {
    let Some(server) = ScimServer::require(603, &[]) else { return };
    let source = connector(&config(&server));
    let (mut sizes, mut ids, mut cursor) = (Vec::new(), BTreeSet::new(), None);
    loop {
        let page = source.read_accounts(&[], cursor).await.unwrap();
        sizes.push(page.accounts.len());
        for account in page.accounts {
            let number = account.name.strip_prefix("User ").unwrap().to_owned();
            assert_eq!(account.attributes["emails"], [format!("u{number}@acme.com")]);
            assert_eq!(account.attributes["externalId"], [format!("e-{number}")]);
            assert!(!account.attributes.contains_key("password"));
            assert_eq!((account.disabled, account.locked), (Some(false), None));
            assert!(ids.insert(account.native_identity), "each once");
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((sizes.as_slice(), ids.len()), ([500, 103].as_slice(), 603));
    let by_user_name = connector(&ScimConfig { find_by: FindBy::UserName, ..config(&server) });
    let first = by_user_name.read_accounts(&[], None).await.unwrap().accounts.remove(0).native_identity;
    assert!(by_user_name.check(by_name(&first)).await.is_ok(), "{first}");
}
