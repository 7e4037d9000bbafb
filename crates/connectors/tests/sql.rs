//! The `sql` connector on real SQLite files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends at the first broken promise")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract::{Account, Subject, assert_fault, assert_silent};
use passwright_connectors::hash::{Argon2id, Bcrypt, HashScheme, Sha512Crypt, verify};
use passwright_connectors::sql::{Sql, SqlConfig};
use passwright_connectors::{
    AccountRef, Connector, ConnectorConfig, Credential, Fault, FaultClass, Proof, SetPassword, Written,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

mod contract;
mod python;

const FIRST: &str = "First-Corn-1";
const ARGON2ID: HashScheme = HashScheme::Argon2id(Argon2id { memory_kib: 7_168, iterations: 1, parallelism: 1 });
const SHA512_CRYPT: HashScheme = HashScheme::Sha512Crypt(Sha512Crypt { rounds: 5_000 });
const UPDATE: &str = "UPDATE users SET password = :password_hash, changed = :changed_at, locked = locked AND NOT :unlock, \
                      must_change = :must_change WHERE login = :account";
const SELECT: &str = "SELECT password, locked, disabled, changed AS changed_at FROM users WHERE login = :account";

fn bcrypt_scheme() -> HashScheme {
    HashScheme::Bcrypt(Bcrypt { cost: 8, ..Bcrypt::default() })
}

/// A table of the application's own, with one row for each user, in write-ahead mode as applications have it.
struct Table {
    file: PathBuf,
    folder: tempfile::TempDir,
}

impl Table {
    async fn new(users: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let table = Self { file: folder.path().join("crm.sqlite3"), folder };
        table.create(users).await;
        table
    }

    async fn create(&self, users: &[&str]) {
        let mut app = self.open(true).await;
        sqlx::raw_sql(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE users (login TEXT NOT NULL, password TEXT, changed INTEGER, locked BOOLEAN DEFAULT 0,
                                 disabled BOOLEAN DEFAULT 0, must_change BOOLEAN DEFAULT 0, note BLOB);",
        )
        .execute(&mut app)
        .await
        .unwrap();
        let hash = ARGON2ID.hash(FIRST).unwrap();
        for user in users {
            sqlx::query("INSERT INTO users (login, password, note) VALUES ($1, $2, x'00ff')")
                .bind(user)
                .bind(hash.as_str())
                .execute(&mut app)
                .await
                .unwrap();
        }
        app.close().await.unwrap();
    }

    async fn open(&self, create: bool) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(&self.file).create_if_missing(create);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    async fn run(&self, sql: &str) {
        let mut app = self.open(false).await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut app).await.unwrap();
        app.close().await.unwrap();
    }

    /// Every column of every row, in text that shows each byte.
    async fn dump(&self) -> Vec<String> {
        let mut app = self.open(false).await;
        sqlx::query_scalar(
            "SELECT concat_ws('|', rowid, hex(login), quote(password), quote(changed), locked, disabled, must_change,
                              quote(note)) FROM users ORDER BY rowid",
        )
        .fetch_all(&mut app)
        .await
        .unwrap()
    }

    fn config(&self, scheme: HashScheme) -> SqlConfig {
        SqlConfig {
            database: format!("sqlite://{}", self.file.display()),
            ca_file: None,
            update: UPDATE.to_owned(),
            select: SELECT.to_owned(),
            accounts: None,
            scheme,
        }
    }

    fn connector(&self) -> Sql {
        Sql::new(&self.config(ARGON2ID), None).unwrap()
    }
}

fn account(user: &str) -> AccountRef<'_> {
    AccountRef { native_identity: user, name: user }
}

async fn set(connector: &Sql, user: &str, new: &str) -> Result<(), Fault> {
    connector.set_password(account(user), new, SetPassword::default()).await
}

struct Source {
    connector: Connector,
    next: AtomicUsize,
    refused: Option<String>,
    _table: Table,
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

    fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }
}

async fn keeps_the_contract(scheme: HashScheme) {
    let users: Vec<_> = (0..contract::ACCOUNTS).map(|number| format!("user{number}")).collect();
    let table = Table::new(&users.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let connector = Connector::new(&ConnectorConfig::Sql(table.config(scheme)), None).unwrap();
    let refused = scheme.max_password_bytes().map(|limit| "Aa1-".repeat(limit).split_off(3 * limit - 1));
    contract::run(&Source { connector, next: AtomicUsize::new(0), refused, _table: table }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_a_connector_with_argon2id() {
    keeps_the_contract(ARGON2ID).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_a_connector_with_bcrypt() {
    keeps_the_contract(bcrypt_scheme()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_a_connector_with_sha512_crypt() {
    keeps_the_contract(SHA512_CRYPT).await;
}

#[tokio::test]
async fn no_other_row_changes() {
    let table = Table::new(&["bob", "abby", "Abby", "abby ", "a%", "a_by"]).await;
    let before = table.dump().await;
    let connector = table.connector();
    let started = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap();
    set(&connector, "abby", "Fresh-Corn-1").await.unwrap();
    let after = table.dump().await;
    for (row, (before, after)) in before.iter().zip(&after).enumerate() {
        assert_eq!(before == after, row != 1, "{before}\n{after}");
    }
    let state = connector.check(account("abby")).await.unwrap();
    assert!(state.password_changed_at.is_some_and(|at| (started..started + 60_000_000).contains(&at)), "{state:?}");
    assert_eq!(state.max_password_bytes, None);
    assert_eq!(connector.check(account("bob")).await.unwrap().password_changed_at, None);
}

/// A native identity is a value too: it can neither match another row nor become a part of the statement.
#[tokio::test]
async fn hostile_account_names_are_only_values() {
    let hostile = [
        "abby' OR '1'='1",
        "'; DROP TABLE users; --",
        "abby\0",
        "\"abby\"",
        ":password_hash",
        "$1",
        "?1",
        "%",
        "abby\n",
        "😀\u{202e}",
    ];
    let table = Table::new(&[&["abby"], &hostile[..5]].concat()).await;
    let connector = table.connector();
    let before = table.dump().await;
    for (index, user) in hostile.iter().enumerate() {
        let result = set(&connector, user, "Fresh-Corn-1").await;
        if index < 5 {
            result.unwrap();
            assert_eq!(connector.prove(account(user), "Fresh-Corn-1").await.unwrap(), Proof::Proved, "{user:?}");
        } else {
            assert_fault(&result.unwrap_err(), FaultClass::Permanent, Written::No);
        }
    }
    let after = table.dump().await;
    assert_eq!((after.len(), &after[0]), (6, &before[0]), "the row of abby is as it was");
}

#[tokio::test]
async fn more_than_one_row_is_rolled_back() {
    let table = Table::new(&["abby", "abby", "bob"]).await;
    let before = table.dump().await;
    let connector = table.connector();
    let faults = [
        set(&connector, "abby", "Fresh-Corn-1").await.unwrap_err(),
        connector.check(account("abby")).await.unwrap_err(),
        connector.prove(account("abby"), FIRST).await.unwrap_err(),
    ];
    for fault in faults {
        assert_fault(&fault, FaultClass::Permanent, Written::No);
        assert!(fault.reason.contains("more than one"), "{fault}");
    }
    assert_eq!(table.dump().await, before);
    set(&connector, "bob", "Fresh-Corn-1").await.unwrap();
}

#[tokio::test]
async fn lock_state_is_read_and_cleared_on_demand() {
    let table = Table::new(&["abby", "bob"]).await;
    table.run("UPDATE users SET locked = 1").await;
    let connector = table.connector();
    assert!(connector.check(account("abby")).await.unwrap().locked);
    set(&connector, "abby", "Fresh-Corn-1").await.unwrap();
    let not_provable = |proof| matches!(proof, Proof::NotProvable(reason) if reason.contains("locked"));
    assert!(not_provable(connector.prove(account("abby"), "Fresh-Corn-1").await.unwrap()));
    assert_eq!(connector.prove(account("abby"), FIRST).await.unwrap(), Proof::Rejected, "wrong stays wrong");
    let options = SetPassword { unlock: true, must_change: true, ..SetPassword::default() };
    connector.set_password(account("abby"), "Fresh-Corn-2", options).await.unwrap();
    assert_eq!(connector.prove(account("abby"), "Fresh-Corn-2").await.unwrap(), Proof::Proved);
    assert!(!connector.check(account("abby")).await.unwrap().locked);
    assert!(connector.check(account("bob")).await.unwrap().locked);
    assert_eq!(table.dump().await[0].split('|').nth(6), Some("1"), "must_change");
    table.run("UPDATE users SET disabled = 1 WHERE login = 'abby'").await;
    assert!(connector.check(account("abby")).await.unwrap().disabled);
    let proof = connector.prove(account("abby"), "Fresh-Corn-2").await.unwrap();
    assert!(matches!(proof, Proof::NotProvable(reason) if reason.contains("disabled")));
}

#[tokio::test]
async fn a_locked_database_is_tried_again_later() {
    let table = Table::new(&["abby"]).await;
    let connector = table.connector();
    let mut app = table.open(false).await;
    sqlx::raw_sql("BEGIN IMMEDIATE; UPDATE users SET note = 'x'").execute(&mut app).await.unwrap();
    let fault = set(&connector, "abby", "Fresh-Corn-1").await.unwrap_err();
    assert_fault(&fault, FaultClass::Transient, Written::No);
    assert!(fault.reason.contains("busy"), "{fault}");
    // A reader is not held up by a writer.
    assert_eq!(connector.prove(account("abby"), FIRST).await.unwrap(), Proof::Proved);
    sqlx::raw_sql("COMMIT").execute(&mut app).await.unwrap();
    set(&connector, "abby", "Fresh-Corn-1").await.unwrap();
    assert_eq!(connector.prove(account("abby"), "Fresh-Corn-1").await.unwrap(), Proof::Proved);
}

/// The worker bounds the time of a call by dropping it: no lock and no half change may stay.
#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_call_leaves_the_database_usable() {
    let table = Table::new(&["abby"]).await;
    let connector = table.connector();
    let mut tried = vec![FIRST.to_owned()];
    for step in 0..30_u64 {
        let new = format!("Fresh-Corn-{step}");
        let call = set(&connector, "abby", &new);
        let _ = tokio::time::timeout(Duration::from_micros(step * 700), call).await;
        tried.push(new);
    }
    let stored = table.dump().await;
    let hash = stored[0].split('|').nth(2).unwrap().trim_matches('\'').to_owned();
    assert!(tried.iter().any(|password| verify(&hash, password).unwrap()), "one of them is whole");
    set(&connector, "abby", "Last-Corn-1").await.unwrap();
    assert_eq!(connector.prove(account("abby"), "Last-Corn-1").await.unwrap(), Proof::Proved);
}

#[tokio::test]
async fn a_missing_file_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let table = Table { file: folder.path().join("gone.sqlite3"), folder };
    let connector = table.connector();
    let all = [
        connector.test().await,
        connector.check(account("abby")).await.map(drop),
        set(&connector, "abby", "Fresh-Corn-1").await,
        connector.prove(account("abby"), "x").await.map(drop),
    ];
    for fault in all.into_iter().map(Result::unwrap_err) {
        assert_fault(&fault, FaultClass::Configuration, Written::No);
        assert!(fault.reason.contains("does not exist"), "{fault}");
    }
    assert_eq!(std::fs::read_dir(table.folder.path()).unwrap().count(), 0);
    // Once it is there, the same connector works.
    table.create(&["abby"]).await;
    connector.test().await.unwrap();
    set(&connector, "abby", "Fresh-Corn-1").await.unwrap();
}

/// A file restored under the same path is another file: a kept connection would write into the removed one.
#[tokio::test]
async fn a_replaced_file_is_opened_afresh() {
    let table = Table::new(&["abby"]).await;
    let connector = table.connector();
    set(&connector, "abby", "Fresh-Corn-1").await.unwrap();
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::rename(&table.file, table.folder.path().join(format!("old.sqlite3{ending}")));
        let _ = std::fs::remove_file(table.folder.path().join(format!("crm.sqlite3{ending}")));
    }
    table.create(&["abby"]).await;
    assert_eq!(connector.prove(account("abby"), "Fresh-Corn-1").await.unwrap(), Proof::Rejected);
    set(&connector, "abby", "Fresh-Corn-2").await.unwrap();
    assert!(table.dump().await[0].contains("$argon2id$"));
    assert_eq!(table.connector().prove(account("abby"), "Fresh-Corn-2").await.unwrap(), Proof::Proved);
}

#[tokio::test]
async fn what_is_no_sound_database_is_said() {
    let table = Table::new(&["abby"]).await;
    let text = table.folder.path().join("text");
    std::fs::write(&text, "This is not a database. ".repeat(100)).unwrap();
    for place in [text.as_path(), table.folder.path()] {
        let config = SqlConfig { database: format!("sqlite://{}", place.display()), ..table.config(ARGON2ID) };
        let connector = Sql::new(&config, None).unwrap();
        let fault = set(&connector, "abby", "Fresh-Corn-1").await.unwrap_err();
        assert_fault(&fault, FaultClass::Configuration, Written::No);
        assert_fault(&connector.test().await.unwrap_err(), FaultClass::Configuration, Written::No);
    }
    assert!(std::fs::read_to_string(text).unwrap().starts_with("This is not"));
}

#[tokio::test]
async fn a_statement_that_does_not_fit_the_tables_is_found_by_the_test() {
    let table = Table::new(&["abby"]).await;
    let cases = [
        (UPDATE.replace("UPDATE users", "UPDATE people"), SELECT.to_owned()),
        (UPDATE.replace("password =", "pass_word ="), SELECT.to_owned()),
        (UPDATE.replace("SET", "SET SET"), SELECT.to_owned()),
        (UPDATE.to_owned(), SELECT.replace("FROM users", "FROM people")),
    ];
    for (update, select) in cases {
        let fault = Sql::new(&SqlConfig { update, select, ..table.config(ARGON2ID) }, None).unwrap().test().await;
        assert_fault(&fault.unwrap_err(), FaultClass::Configuration, Written::No);
    }
    table.connector().test().await.unwrap();
}

#[tokio::test]
async fn a_rule_of_the_table_ends_the_change() {
    let table = Table::new(&["abby"]).await;
    table
        .run(
            "CREATE TRIGGER closed BEFORE UPDATE OF password ON users WHEN NEW.login = 'abby'
             BEGIN SELECT RAISE(ABORT, 'closed'); END",
        )
        .await;
    let before = table.dump().await;
    let fault = set(&table.connector(), "abby", "Fresh-Corn-1").await.unwrap_err();
    assert_fault(&fault, FaultClass::Permanent, Written::No);
    assert!(fault.detail.contains("closed"), "{fault}");
    assert_eq!(table.dump().await, before);
}

#[tokio::test]
async fn stored_texts_that_are_no_hash() {
    let table = Table::new(&["abby"]).await;
    let connector = table.connector();
    for stored in ["NULL", "''", "x''"] {
        table.run(&format!("UPDATE users SET password = {stored}")).await;
        connector.check(account("abby")).await.unwrap();
        assert_eq!(connector.prove(account("abby"), FIRST).await.unwrap(), Proof::Rejected, "{stored}");
        assert_eq!(connector.prove(account("abby"), "").await.unwrap(), Proof::Rejected, "{stored}");
    }
    for stored in ["'First-Corn-1'", "'{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ='", "x'ff'", "12"] {
        table.run(&format!("UPDATE users SET password = {stored}")).await;
        let fault = connector.prove(account("abby"), FIRST).await.unwrap_err();
        assert_fault(&fault, FaultClass::Configuration, Written::No);
        assert_silent(&fault, FIRST);
    }
    let hash = format!("{{bcrypt}}{}", *bcrypt_scheme().hash(FIRST).unwrap());
    table.run(&format!("UPDATE users SET password = CAST('{hash}' AS BLOB)")).await;
    assert_eq!(connector.prove(account("abby"), FIRST).await.unwrap(), Proof::Proved);
}

#[tokio::test]
async fn a_text_in_a_state_column_is_not_taken_for_unlocked() {
    let table = Table::new(&["abby"]).await;
    table.run("UPDATE users SET locked = 'true'").await;
    let fault = table.connector().check(account("abby")).await.unwrap_err();
    assert_fault(&fault, FaultClass::Configuration, Written::No);
}

#[test]
fn settings() {
    let good = SqlConfig {
        database: "sqlite:///srv/crm.sqlite3".to_owned(),
        ca_file: None,
        update: UPDATE.to_owned(),
        select: SELECT.to_owned(),
        accounts: None,
        scheme: HashScheme::default(),
    };
    let check = |config: &SqlConfig, said: &str| {
        let fault = Sql::new(config, None).err().unwrap();
        assert_eq!((fault.class, fault.written), (FaultClass::Configuration, Written::No));
        assert!(fault.reason.contains(said) || fault.detail.contains(said), "{fault}, expected {said:?}");
    };
    assert!(Sql::new(&good, None).is_ok());
    check(&SqlConfig { database: "postgres://u:p@h/d".to_owned(), ..good.clone() }, "`database`");
    check(&SqlConfig { update: "UPDATE users SET p = 1".to_owned(), ..good.clone() }, "`update`");
    check(&SqlConfig { update: "UPDATE users SET p = 1".to_owned(), ..good.clone() }, ":password_hash is missing");
    check(&SqlConfig { select: "SELECT 1; SELECT 2".to_owned(), ..good.clone() }, "more than one statement");
    let weak = HashScheme::Sha512Crypt(Sha512Crypt { rounds: 1_000 });
    check(&SqlConfig { scheme: weak, ..good.clone() }, "rounds is 1000, outside 5000 to 2000000");
    let fault = Sql::new(&good, Some(Credential::new("secret".to_owned()))).err().unwrap();
    assert!(fault.class == FaultClass::Configuration && !fault.to_string().contains("secret"));

    let json =
        r#"{"kind":"sql","database":"sqlite:///a","update":"U","select":"S","scheme":{"name":"bcrypt","cost":12}}"#;
    let config: ConnectorConfig = serde_json::from_str(json).unwrap();
    let ConnectorConfig::Sql(config) = config else { panic!("another kind") };
    assert_eq!(config.scheme, HashScheme::Bcrypt(Bcrypt { cost: 12, ..Bcrypt::default() }));
    assert!(serde_json::from_str::<SqlConfig>(r#"{"database":"a","update":"U","select":"S","splice":1}"#).is_err());
}

/// An implementation that shares no code with ours accepts the stored hashes.
#[tokio::test]
async fn crypt_of_the_system_accepts_the_stored_hash() {
    let table = Table::new(&["abby"]).await;
    for (scheme, start) in [(bcrypt_scheme(), "$2b$08$"), (SHA512_CRYPT, "$6$rounds=5000$")] {
        let connector = Sql::new(&table.config(scheme), None).unwrap();
        for new in ["Fresh-Corn-1", "pass wörd 😀 $x:y", &"é".repeat(36), "' OR 1=1 --"] {
            set(&connector, "abby", new).await.unwrap();
            let app = SqlitePool::connect(&format!("sqlite://{}", table.file.display())).await.unwrap();
            let hash: String = sqlx::query_scalar("SELECT password FROM users").fetch_one(&app).await.unwrap();
            assert!(hash.starts_with(start), "{hash}");
            assert!(verify(&hash, new).unwrap());
            if let Some(accepted) = python::crypt_accepts(&hash, new) {
                assert!(accepted, "{hash}");
                assert_eq!(python::crypt_accepts(&hash, "Other-Corn-1"), Some(false));
            }
        }
    }
}
