//! Reading the accounts of real sources, page by page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends at the first broken promise")]

use std::collections::BTreeSet;

use passwright_connectors::active_directory::ActiveDirectoryConfig;
use passwright_connectors::aggregate::ReadAccount;
use passwright_connectors::csv_file::CsvConfig;
use passwright_connectors::hash::HashScheme;
use passwright_connectors::htpasswd::HtpasswdConfig;
use passwright_connectors::ldap::{AccountSearch, LdapConfig};
use passwright_connectors::sql::SqlConfig;
use passwright_connectors::{AccountRef, Connector, ConnectorConfig, Credential, Fault, FaultClass, SetPassword};
use passwright_testkit::slapd::{Options, SERVICE_DN, SERVICE_PASSWORD, SUFFIX};
use passwright_testkit::{Samba, Slapd, samba};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

async fn pages(connector: &Connector, wanted: &[&str]) -> Result<(Vec<usize>, Vec<ReadAccount>), Fault> {
    let wanted: Vec<_> = wanted.iter().map(|name| (*name).to_owned()).collect();
    let (mut sizes, mut all, mut cursor) = (Vec::new(), Vec::new(), None);
    loop {
        let page = connector.read_accounts(&wanted, cursor).await?;
        sizes.push(page.accounts.len());
        all.extend(page.accounts);
        cursor = page.next;
        if cursor.is_none() {
            return Ok((sizes, all));
        }
    }
}

fn find<'a>(accounts: &'a [ReadAccount], native_identity: &str) -> &'a ReadAccount {
    accounts.iter().find(|account| account.native_identity == native_identity).expect(native_identity)
}

fn ldap(slapd: &Slapd, base: &str, filter: Option<&str>) -> Connector {
    let config = LdapConfig {
        ca_file: Some(slapd.ca_file()),
        accounts: Some(AccountSearch { base: base.to_owned(), filter: filter.map(str::to_owned) }),
        ..LdapConfig::new(slapd.ldaps_url(), SERVICE_DN)
    };
    Connector::new(&ConnectorConfig::Ldap(config), Some(Credential::new(SERVICE_PASSWORD.to_owned()))).unwrap()
}

#[tokio::test]
async fn a_directory_is_read_in_pages_with_the_state_of_each_account() {
    let Some(slapd) = Slapd::require_with(&Options { users: 1_203, ..Options::default() }) else { return };
    let locked = Slapd::user_dn(7);
    slapd
        .modify(&format!(
            "dn: {locked}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n-\n\
             add: mail\nmail: one@fix.test\nmail: two@fix.test\n"
        ))
        .unwrap();
    let people = ldap(&slapd, &format!("ou=people,{SUFFIX}"), None);
    let (sizes, accounts) = pages(&people, &[]).await.unwrap();
    assert_eq!(sizes, [500, 500, 203]);
    let each: BTreeSet<_> = accounts.iter().map(|account| account.native_identity.as_str()).collect();
    let uuids: BTreeSet<_> = accounts.iter().filter_map(|account| account.uuid.as_deref()).collect();
    assert_eq!((each.len(), uuids.len()), (1_203, 1_203), "each once, and each with its own UUID");
    assert!(accounts.iter().all(|account| !account.attributes.contains_key("userPassword")));
    let account = find(&accounts, &locked);
    assert_eq!((account.locked, account.disabled), (Some(true), Some(false)));
    assert_eq!(account.attributes["mail"], ["one@fix.test", "two@fix.test"]);
    assert_eq!(account.attributes["uid"], ["u7"]);
    assert_eq!(find(&accounts, &Slapd::user_dn(8)).locked, Some(false));

    // Named attributes alone, in the spelling in which they are named; a secret is not read even so.
    let (_, accounts) = pages(&people, &["UID", "dn", "userPassword"]).await.unwrap();
    let names: Vec<_> = find(&accounts, &locked).attributes.keys().map(String::as_str).collect();
    assert_eq!(names, ["UID", "dn"]);
    let named = AccountRef { native_identity: &locked, name: "u7" };
    assert!(people.check(named).await.unwrap().locked, "it is found under the name that was read");
}

#[tokio::test]
async fn what_is_wrong_with_a_search_is_said() {
    let Some(slapd) = Slapd::require() else { return };
    let (_, one) = pages(&ldap(&slapd, SUFFIX, Some("(uid=u3)")), &[]).await.unwrap();
    assert_eq!(one.len(), 1);
    let (_, none) = pages(&ldap(&slapd, SUFFIX, Some("(uid=nobody)")), &[]).await.unwrap();
    assert!(none.is_empty());
    let fault = pages(&ldap(&slapd, &format!("ou=nowhere,{SUFFIX}"), None), &[]).await.unwrap_err();
    assert_eq!(fault.class, FaultClass::Configuration);
    assert!(fault.reason.contains("does not exist"), "{fault}");
    let config = LdapConfig { ca_file: Some(slapd.ca_file()), ..LdapConfig::new(slapd.ldaps_url(), SERVICE_DN) };
    let credential = Some(Credential::new(SERVICE_PASSWORD.to_owned()));
    let unset = Connector::new(&ConnectorConfig::Ldap(config), credential).unwrap();
    let fault = pages(&unset, &[]).await.unwrap_err();
    assert!(fault.reason.contains("where its accounts are"), "{fault}");
}

#[tokio::test]
async fn pages_of_two_readers_do_not_mix() {
    let Some(slapd) = Slapd::require_with(&Options { users: 700, ..Options::default() }) else { return };
    let people = ldap(&slapd, &format!("ou=people,{SUFFIX}"), None);
    let first = people.read_accounts(&[], None).await.unwrap();
    let (sizes, _) = pages(&people, &[]).await.unwrap();
    assert_eq!(sizes, [500, 200]);
    let rest = people.read_accounts(&[], first.next).await.unwrap();
    assert_eq!((rest.accounts.len(), rest.next.is_none()), (200, true));
}

#[tokio::test]
async fn a_domain_is_read_with_the_state_of_each_account() {
    let Some(samba) = Samba::require() else { return };
    let change = |dn: &str, name: &str, value: &str| {
        samba.modify(&format!("dn: {dn}\nchangetype: modify\nreplace: {name}\n{name}: {value}\n")).unwrap();
    };
    let disabled = Samba::user_dn(3);
    change(&disabled, "userAccountControl", "514");
    let config = ActiveDirectoryConfig {
        ca_file: Some(samba.ca_file()),
        ..ActiveDirectoryConfig::new(samba.ldaps_url(), samba::SERVICE_DN)
    };
    let credential = Some(Credential::new(samba::SERVICE_PASSWORD.to_owned()));
    let domain = Connector::new(&ConnectorConfig::ActiveDirectory(config), credential).unwrap();
    let (_, accounts) = pages(&domain, &[]).await.unwrap();
    // Administrator, Guest and krbtgt are users of every domain; the service account is left out.
    assert!(accounts.len() >= samba::USERS, "{}", accounts.len());
    assert!(accounts.iter().all(|account| account.native_identity != samba::SERVICE_DN));
    let account = find(&accounts, &disabled);
    assert_eq!((account.disabled, account.locked), (Some(true), Some(false)));
    assert_eq!(account.attributes["sAMAccountName"], ["u3"]);
    assert_eq!(account.attributes["userAccountControl"], ["514"]);
    assert!(account.attributes.contains_key("pwdLastSet"));
    assert_eq!(find(&accounts, &Samba::user_dn(4)).disabled, Some(false));
    let told = samba.entry(&disabled, &["objectGUID"]).unwrap();
    let uuid = account.uuid.as_deref().unwrap();
    assert!(told.contains(uuid) || told.contains("objectGUID::"), "{told} {uuid}");
    let (_, again) = pages(&domain, &["objectGUID"]).await.unwrap();
    assert_eq!(find(&again, &disabled).attributes["objectGUID"], [uuid]);
}

struct Table {
    folder: tempfile::TempDir,
}

impl Table {
    async fn new(sql: &str) -> Self {
        let table = Self { folder: tempfile::tempdir().unwrap() };
        let options = SqliteConnectOptions::new().filename(table.file()).create_if_missing(true);
        let mut app = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut app).await.unwrap();
        app.close().await.unwrap();
        table
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("crm.sqlite3")
    }

    fn connector(&self, accounts: Option<&str>) -> Connector {
        let config = SqlConfig {
            database: format!("sqlite://{}", self.file().display()),
            ca_file: None,
            update: "UPDATE users SET password = :password_hash WHERE login = :account".to_owned(),
            select: "SELECT password FROM users WHERE login = :account".to_owned(),
            accounts: accounts.map(str::to_owned),
            scheme: HashScheme::default(),
        };
        Connector::new(&ConnectorConfig::Sql(config), None).unwrap()
    }
}

/// The order of the rows on the disk is not that of the key.
const ROWS: &str =
    "CREATE TABLE users (id INTEGER, login TEXT, password TEXT, full_name TEXT, locked INTEGER, photo BLOB, \
                    score REAL);
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1202)
    INSERT INTO users SELECT (i * 7919) % 1203 + 1, printf('u%04d', (i * 7919) % 1203), 'hash', 'User ' || i, i % 2, \
                    x'ff00', 1.5 FROM n;";

#[tokio::test]
async fn a_table_is_read_by_its_key() {
    let table = Table::new(ROWS).await;
    let statement =
        "SELECT login, full_name AS account_name, password, locked, photo, score, id FROM users WHERE login > :after";
    let source = table.connector(Some(statement));
    source.test().await.unwrap();
    let (sizes, accounts) = pages(&source, &[]).await.unwrap();
    assert_eq!(sizes, [500, 500, 203]);
    let each: BTreeSet<_> = accounts.iter().map(|account| account.native_identity.as_str()).collect();
    assert_eq!(each.len(), 1_203, "each once");
    let account = find(&accounts, "u0001");
    let names: Vec<_> = account.attributes.keys().map(String::as_str).collect();
    assert_eq!(names, ["id", "login", "score"], "neither the hash, nor bytes, nor the state");
    assert_eq!((account.attributes["id"][0].as_str(), account.attributes["score"][0].as_str()), ("2", "1.5"));
    assert!(account.name.starts_with("User ") && account.locked.is_some() && account.disabled.is_none());

    let by_number = table.connector(Some("SELECT id FROM users WHERE id > CAST(:after AS INTEGER)"));
    let (_, accounts) = pages(&by_number, &[]).await.unwrap();
    assert_eq!(accounts.len(), 1_203);
    let (_, accounts) = pages(&source, &["LOGIN"]).await.unwrap();
    assert_eq!(accounts[0].attributes.keys().collect::<Vec<_>>(), ["login"]);
}

#[tokio::test]
async fn statements_that_would_lose_accounts_are_told() {
    let table = Table::new(ROWS).await;
    let fault = async |accounts| pages(&table.connector(accounts), &[]).await.unwrap_err();
    assert!(fault(None).await.reason.contains("`accounts`"));
    let same = fault(Some("SELECT login FROM users WHERE login >= :after")).await;
    assert!(same.reason.contains(":after again"), "{same}");
    let null = fault(Some("SELECT NULL, login FROM users WHERE login > :after")).await;
    assert!(null.reason.contains("first column"), "{null}");
    let missing = fault(Some("SELECT login, mail FROM users WHERE login > :after")).await;
    assert_eq!(missing.class, FaultClass::Configuration, "{missing}");
}

#[tokio::test]
async fn a_list_is_read_and_takes_no_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staff.csv");
    let connector = |path| Connector::new(&ConnectorConfig::Csv(CsvConfig { path }), None).unwrap();
    let source = connector(Some(path.clone()));
    assert!(source.test().await.unwrap_err().reason.contains("does not exist"));
    let lines: String = (0..501).map(|number| format!("{number},u{number}@acme.com\n")).collect();
    std::fs::write(&path, format!("number,mail\n{lines}")).unwrap();
    source.test().await.unwrap();
    let (sizes, accounts) = pages(&source, &[]).await.unwrap();
    assert_eq!((sizes.iter().sum::<usize>(), accounts[7].attributes["mail"][0].as_str()), (501, "u7@acme.com"));
    let account = AccountRef { native_identity: "7", name: "7" };
    let fault = source.set_password(account, "Fresh-Corn-1", SetPassword::default()).await.unwrap_err();
    assert!(fault.reason.contains("takes no passwords"), "{fault}");
    assert!(source.check(account).await.is_err() && source.prove(account, "x").await.is_err());
    let without = connector(None);
    without.test().await.unwrap();
    assert!(pages(&without, &[]).await.unwrap_err().reason.contains("none was sent"));
}

#[tokio::test]
async fn a_password_file_is_read_by_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.htpasswd");
    let lines: String = (0..1_003).rev().map(|number| format!("u{number:04}:$2y$05$x\n")).collect();
    std::fs::write(&path, format!("# people\n{lines}")).unwrap();
    let config = ConnectorConfig::Htpasswd(HtpasswdConfig { path, cost: 8 });
    let (sizes, accounts) = pages(&Connector::new(&config, None).unwrap(), &[]).await.unwrap();
    assert_eq!(sizes, [500, 500, 3]);
    assert!(accounts.iter().all(|account| account.attributes.is_empty() && account.disabled.is_none()));
    let names: Vec<_> = accounts.iter().map(|account| account.native_identity.as_str()).collect();
    assert!(names.is_sorted() && names.len() == 1_003);
}
