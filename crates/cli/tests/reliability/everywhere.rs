//! An installation with a source of every connector, each a real system: OpenLDAP, a directory that is spoken to as Active
//! Directory, a table, a SCIM service, an htpasswd file.

use std::path::PathBuf;

use passwright_connectors::hash::{Bcrypt, BcryptVersion, HashScheme};
use passwright_testkit::scim::TOKEN;
use passwright_testkit::{ScimServer, Slapd};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::directory::{Directory, NAME as DIRECTORY, dn};
use crate::load::Account;
use crate::openldap::{self, NAME as OPENLDAP};
use crate::site::{Plan, Source};

const TABLE: &str = "CRM";
const SERVICE: &str = "Portal";
const FILE: &str = "Intranet";
/// One source of each kind of connector, and all of them in one password group.
pub(crate) const SOURCES: [&str; 5] = [DIRECTORY, OPENLDAP, TABLE, SERVICE, FILE];

/// The first two have an account everywhere, so that each of their changes goes through every connector; each of the
/// others has one, on one source.
pub(crate) const ACCOUNTS: [Account; 12] = [
    ("Everywhere.1", DIRECTORY),
    ("Everywhere.2", FILE),
    ("Directory.1", DIRECTORY),
    ("Directory.2", DIRECTORY),
    ("OpenLDAP.1", OPENLDAP),
    ("OpenLDAP.2", OPENLDAP),
    ("Table.1", TABLE),
    ("Table.2", TABLE),
    ("Service.1", SERVICE),
    ("Service.2", SERVICE),
    ("File.1", FILE),
    ("File.2", FILE),
];

/// The systems, running.
pub(crate) struct Everywhere {
    pub(crate) slapd: Slapd,
    pub(crate) directory: Directory,
    pub(crate) scim: ScimServer,
    folder: TempDir,
}

/// The native identity of the account with this number on a source.
fn native(source: &str, number: usize) -> String {
    match source {
        DIRECTORY => dn(ACCOUNTS[number].0),
        OPENLDAP => Slapd::user_dn(number),
        SERVICE => format!("u{number}"),
        _ => ACCOUNTS[number].0.to_owned(),
    }
}

impl Everywhere {
    /// All of them, or a skip line.
    pub(crate) async fn require() -> Option<Self> {
        let slapd = Slapd::require()?;
        let scim = ScimServer::require(ACCOUNTS.len(), &[])?;
        let directory = Directory::start(&ACCOUNTS.map(|(user, _)| user)).await;
        let systems = Self { slapd, directory, scim, folder: tempfile::tempdir().unwrap() };
        systems.make_table().await;
        let hash = HashScheme::Bcrypt(Bcrypt { cost: 8, version: BcryptVersion::TwoY }).hash("First-pass-1").unwrap();
        let lines = ACCOUNTS.map(|(user, _)| format!("{user}:{}\n", hash.as_str())).concat();
        std::fs::write(systems.file(), lines).unwrap();
        Some(systems)
    }

    async fn make_table(&self) {
        let url = format!("sqlite://{}?mode=rwc", self.table().display());
        let mut app = SqliteConnection::connect(&url).await.unwrap();
        let create =
            "PRAGMA journal_mode = WAL; CREATE TABLE users (login TEXT NOT NULL, password TEXT, changed INTEGER);";
        sqlx::raw_sql(create).execute(&mut app).await.unwrap();
        for (user, _) in ACCOUNTS {
            let insert = sqlx::query("INSERT INTO users (login, password, changed) VALUES (?, '', 0)").bind(user);
            insert.execute(&mut app).await.unwrap();
        }
        app.close().await.unwrap();
    }

    fn table(&self) -> PathBuf {
        self.folder.path().join("crm.sqlite3")
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("intranet.htpasswd")
    }

    /// The folder of the table and of the file.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// An installation that knows them.
    pub(crate) fn plan(&self) -> Plan {
        let table = format!(
            "{{ kind = \"sql\", database = \"sqlite://{}\", update = \"UPDATE users SET password = :password_hash, \
             changed = :changed_at WHERE login = :account\", select = \"SELECT password, changed AS changed_at FROM users \
             WHERE login = :account\", scheme = {{ name = \"argon2id\", memory_kib = 7168, iterations = 1 }} }}",
            self.table().display()
        );
        let service = format!(
            "{{ kind = \"scim\", url = \"{}\", ca_file = \"{}\", find_by = \"user_name\", \
             sign_in = {{ kind = \"basic\", url = \"{}\" }} }}",
            self.scim.url(),
            self.scim.ca_file().display(),
            self.scim.page_url()
        );
        let file = format!("{{ kind = \"htpasswd\", path = \"{}\", cost = 8 }}", self.file().display());
        let plan = Plan::new()
            .source(&self.directory.source())
            .source(&openldap::source(&self.slapd))
            .source(&Source { name: TABLE, connector: table, credential: None })
            .source(&Source { name: SERVICE, connector: service, credential: Some(TOKEN) })
            .source(&Source { name: FILE, connector: file, credential: None })
            .group("All", &SOURCES);
        (0..ACCOUNTS.len()).fold(plan, |plan, number| {
            let (user, own) = ACCOUNTS[number];
            let sources = SOURCES.into_iter().filter(|source| number < 2 || *source == own);
            let accounts: Vec<_> = sources.map(|source| (source, native(source, number))).collect();
            let accounts: Vec<_> = accounts.iter().map(|(source, native)| (*source, native.as_str())).collect();
            plan.identity(user, &accounts)
        })
    }

    /// Takes every system away (true) or brings it back: two answer nothing, one refuses connections, two are not there.
    pub(crate) fn take_away(&mut self, away: bool) {
        self.slapd.freeze(away);
        self.scim.freeze(away);
        self.directory.faults().refuse_connections(away);
        for file in [self.table(), self.file()] {
            let elsewhere = file.with_extension("away");
            let (from, to) = if away { (&file, &elsewhere) } else { (&elsewhere, &file) };
            std::fs::rename(from, to).unwrap();
        }
    }
}
