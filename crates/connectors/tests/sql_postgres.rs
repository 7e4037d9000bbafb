//! The `sql` connector on a real PostgreSQL server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends at the first broken promise")]

use std::sync::atomic::{AtomicUsize, Ordering};

use contract::{Account, Subject, assert_fault};
use passwright_connectors::aggregate::ReadAccount;
use passwright_connectors::hash::{Argon2id, HashScheme};
use passwright_connectors::sql::SqlConfig;
use passwright_connectors::{
    AccountRef, Connector, ConnectorConfig, Credential, FaultClass, Fencing, Proof, SetPassword, Written,
};
use passwright_testkit::{Ca, Postgres, require};

mod contract;

const FIRST: &str = "First-Corn-1";
const SERVICE: &str = "Service-Corn-1";
const ARGON2ID: HashScheme = HashScheme::Argon2id(Argon2id { memory_kib: 7_168, iterations: 1, parallelism: 1 });
const UPDATE: &str = "UPDATE app.users SET password = :password_hash, changed = to_timestamp(:changed_at / 1000000.0), \
                      locked = locked AND NOT :unlock, must_change = :must_change, change_seq = :seq \
                      WHERE login = :account AND change_seq <= :seq";
const SELECT: &str = "SELECT password, locked, disabled, changed AS changed_at FROM app.users WHERE login = :account";

/// A server whose service account may read the table and change four of its columns, and nothing else.
struct Site {
    server: Postgres,
    ca: tempfile::NamedTempFile,
}

impl Site {
    fn new(users: usize) -> Option<Self> {
        require("postgresql", Postgres::missing())?;
        let server = Postgres::start().unwrap();
        let authority = Ca::new().unwrap();
        server.require_passwords(&authority.server(&["localhost", "127.0.0.1"]).unwrap()).unwrap();
        let hash = ARGON2ID.hash(FIRST).unwrap();
        let script = format!(
            "CREATE SCHEMA app;
             CREATE TABLE app.users (id serial, login varchar(40) NOT NULL, password text, changed timestamptz,
                 locked boolean NOT NULL DEFAULT false, disabled boolean NOT NULL DEFAULT false,
                 must_change boolean, change_seq bigint NOT NULL DEFAULT 0, full_name text,
                 member uuid DEFAULT gen_random_uuid(), born date DEFAULT '2000-01-31', note bytea DEFAULT '\\x00ff');
             INSERT INTO app.users (login, password, full_name)
                 SELECT 'user' || n, '{}', 'User ' || n FROM generate_series(0, {users} - 1) AS n ORDER BY n DESC;
             CREATE ROLE service LOGIN PASSWORD '{SERVICE}';
             GRANT USAGE ON SCHEMA app TO service;
             GRANT SELECT ON app.users TO service;
             GRANT UPDATE (password, changed, locked, must_change, change_seq) ON app.users TO service;",
            hash.as_str()
        );
        server.psql("postgres", &script).unwrap();
        let ca = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(ca.path(), authority.pem()).unwrap();
        Some(Self { server, ca })
    }

    /// Over TLS.
    fn config(&self) -> SqlConfig {
        SqlConfig {
            database: self.server.url("postgres").replace("postgres@", "service@"),
            ca_file: Some(self.ca.path().to_owned()),
            update: UPDATE.to_owned(),
            select: SELECT.to_owned(),
            accounts: None,
            scheme: ARGON2ID,
        }
    }

    fn connector(&self, config: SqlConfig) -> Connector {
        Connector::new(&ConnectorConfig::Sql(config), Some(Credential::new(SERVICE.to_owned()))).unwrap()
    }

    fn run(&self, sql: &str) -> String {
        self.server.psql("postgres", sql).unwrap()
    }
}

fn account(user: &str) -> AccountRef<'_> {
    AccountRef { native_identity: user, name: user }
}

fn in_order(order: i64) -> SetPassword {
    SetPassword { order, ..SetPassword::default() }
}

struct Source {
    connector: Connector,
    next: AtomicUsize,
    _site: Site,
}

impl Subject for Source {
    fn connector(&self) -> &Connector {
        &self.connector
    }

    fn account(&self) -> Account {
        let user = format!("user{}", self.next.fetch_add(1, Ordering::Relaxed));
        Account { native_identity: user.clone(), name: user, password: FIRST.to_owned() }
    }

    fn missing(&self) -> Account {
        Account { native_identity: "nobody".to_owned(), name: "nobody".to_owned(), password: FIRST.to_owned() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_a_connector() {
    let Some(site) = Site::new(contract::ACCOUNTS) else { return };
    let connector = site.connector(site.config());
    let over_tls =
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'service' AND ssl";
    connector.test().await.unwrap();
    assert_ne!(site.run(over_tls).trim(), "0", "the connection is encrypted");
    contract::run(&Source { connector, next: AtomicUsize::new(0), _site: site }).await;
}

#[tokio::test]
async fn state_time_and_order_are_kept() {
    let Some(site) = Site::new(2) else { return };
    let mut config = site.config();
    config.ca_file = None;
    let connector = site.connector(config);
    assert_eq!(connector.fencing().await, Ok(Fencing::Strong));
    site.run("UPDATE app.users SET locked = true");
    let state = connector.check(account("user0")).await.unwrap();
    assert!(state.locked && !state.disabled && state.password_changed_at.is_none(), "{state:?}");
    let unlock = SetPassword { unlock: true, must_change: true, ..in_order(7) };
    connector.set_password(account("user0"), "Fresh-Corn-1", unlock).await.unwrap();
    let state = connector.check(account("user0")).await.unwrap();
    let told = site.run(
        "SELECT (extract(epoch FROM changed) * 1000000)::bigint, must_change FROM app.users WHERE login = 'user0'",
    );
    assert_eq!(told.trim(), format!("{}|t", state.password_changed_at.unwrap()));
    assert!(!state.locked && connector.check(account("user1")).await.unwrap().locked);

    let late = connector.set_password(account("user0"), "Late-Corn-1", in_order(6)).await.unwrap_err();
    assert_fault(&late, FaultClass::Refused, Written::No);
    assert_eq!(connector.prove(account("user0"), "Fresh-Corn-1").await.unwrap(), Proof::Proved);
    connector.set_password(account("user0"), "Next-Corn-1", in_order(8)).await.unwrap();
    for hostile in ["user0' OR '1'='1", "'; DROP TABLE app.users; --", "user0\0", "%", "$1"] {
        let fault = connector.set_password(account(hostile), "Any-Corn-1", in_order(9)).await.unwrap_err();
        assert_fault(&fault, FaultClass::Permanent, Written::No);
    }
    site.run("INSERT INTO app.users (login, password) SELECT login, password FROM app.users WHERE login = 'user1'");
    let fault = connector.set_password(account("user1"), "Any-Corn-1", in_order(9)).await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
    assert_eq!(connector.prove(account("user0"), "Next-Corn-1").await.unwrap(), Proof::Proved);
}

#[tokio::test]
async fn faults_say_what_is_wrong() {
    let Some(site) = Site::new(1) else { return };
    let fault = async |config: SqlConfig, secret: &str| {
        let credential = Some(Credential::new(secret.to_owned()));
        let connector = Connector::new(&ConnectorConfig::Sql(config), credential).unwrap();
        let fault = connector.test().await.unwrap_err();
        assert!(!format!("{fault:?}").contains(secret), "{fault:?}");
        fault
    };
    let wrong = fault(site.config(), "Wrong-Corn-1").await;
    assert!(wrong.class == FaultClass::Configuration && wrong.stops_source, "{wrong:?}");

    let by_name = |url: &str, ca: Option<&std::path::Path>| SqlConfig {
        database: url.to_owned(),
        ca_file: ca.map(std::path::Path::to_owned),
        ..site.config()
    };
    let stranger = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(stranger.path(), Ca::new().unwrap().pem()).unwrap();
    let url = site.config().database;
    let untrusted = fault(by_name(&url, Some(stranger.path())), SERVICE).await;
    assert!(untrusted.class == FaultClass::Configuration && untrusted.reason.contains("certificate"), "{untrusted:?}");

    let missing =
        fault(by_name(&url.replace("/postgres", "/nothing").replace("/nothing:", "/postgres:"), None), SERVICE).await;
    assert!(missing.reason.contains("does not exist"), "{missing:?}");
    let statement = |update: &str| SqlConfig { update: update.to_owned(), ..site.config() };
    let column = fault(statement("UPDATE app.users SET pass = :password_hash WHERE login = :account"), SERVICE).await;
    assert!(column.reason.contains("do not fit"), "{column:?}");
    let right =
        fault(statement("UPDATE app.users SET full_name = :password_hash WHERE login = :account"), SERVICE).await;
    assert!(right.reason.contains("no right"), "{right:?}");
}

#[tokio::test]
async fn a_row_that_is_locked_and_a_server_that_is_away_are_tried_again() {
    let Some(mut site) = Site::new(1) else { return };
    let connector = site.connector(site.config());
    site.run("CREATE FUNCTION app.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no: %', NEW.password; END $$;
              CREATE TRIGGER refuse BEFORE UPDATE ON app.users FOR EACH ROW EXECUTE FUNCTION app.refuse();
              GRANT USAGE ON SCHEMA app TO service; GRANT EXECUTE ON FUNCTION app.refuse() TO service;");
    let refused = connector.set_password(account("user0"), "Fresh-Corn-1", in_order(1)).await.unwrap_err();
    assert_fault(&refused, FaultClass::Permanent, Written::No);
    assert!(!format!("{refused:?}").contains("$argon2"), "the hash is struck out: {refused:?}");
    site.run("DROP TRIGGER refuse ON app.users");

    site.server.stop();
    let away = connector.set_password(account("user0"), "Fresh-Corn-1", in_order(1)).await.unwrap_err();
    assert_fault(&away, FaultClass::Transient, Written::No);
    site.server.restart().unwrap();
    connector.set_password(account("user0"), "Fresh-Corn-1", in_order(1)).await.unwrap();
    assert_eq!(connector.prove(account("user0"), "Fresh-Corn-1").await.unwrap(), Proof::Proved);
}

#[tokio::test]
async fn accounts_are_read_by_their_key() {
    let Some(site) = Site::new(1_203) else { return };
    let with = |statement: &str| site.connector(SqlConfig { accounts: Some(statement.to_owned()), ..site.config() });
    let read = async |connector: Connector, wanted: &[String]| {
        connector.test().await?;
        let (mut all, mut sizes, mut cursor) = (Vec::<ReadAccount>::new(), Vec::new(), None);
        loop {
            let page = connector.read_accounts(wanted, cursor).await?;
            sizes.push(page.accounts.len());
            all.extend(page.accounts);
            cursor = page.next;
            if cursor.is_none() {
                return Ok::<_, passwright_connectors::Fault>((sizes, all));
            }
        }
    };
    let statement = "SELECT login, full_name AS account_name, locked, disabled, member, id, note, password FROM app.users \
                     WHERE login > :after";
    let (sizes, all) = read(with(statement), &[]).await.unwrap();
    assert_eq!(sizes, [500, 500, 203]);
    let each: std::collections::BTreeSet<_> = all.iter().map(|account| &account.native_identity).collect();
    assert_eq!(each.len(), 1_203, "each once, in the order of the server's own collation");
    let one = all.iter().find(|account| account.native_identity == "user7").unwrap();
    assert_eq!((one.name.as_str(), one.locked, one.disabled), ("User 7", Some(false), Some(false)));
    assert_eq!(one.attributes.keys().collect::<Vec<_>>(), ["id", "login", "member"], "neither hash nor bytes");
    assert_eq!(one.attributes["member"][0], site.run("SELECT member FROM app.users WHERE login = 'user7'").trim());

    let (sizes, _) =
        read(with("SELECT id FROM app.users WHERE id > CAST('0' || :after AS INTEGER)"), &[]).await.unwrap();
    assert_eq!(sizes.iter().sum::<usize>(), 1_203);
    let fault = read(with("SELECT login, born FROM app.users WHERE login > :after"), &[]).await.unwrap_err();
    assert!(fault.class == FaultClass::Configuration && fault.detail.contains("CAST"), "{fault:?}");
    let cast = "SELECT login, CAST(born AS TEXT) AS born FROM app.users WHERE login > :after";
    let (_, all) = read(with(cast), &["born".to_owned()]).await.unwrap();
    assert_eq!(all[0].attributes["born"], ["2000-01-31"]);
}
