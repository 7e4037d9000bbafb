//! `passwright serve` with a configuration and a set-up document written by the test.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use passwright_client::{Client, PathFamily};
use passwright_testkit::{Launch, TestServer};
use tempfile::TempDir;

use crate::PROGRAM;
use crate::ledger::Ledger;

const CLIENT_ID: &str = "0e4aab5e-7a3b-4d55-9a3c-2f6f0a1b9c11";
const CLIENT_SECRET: &str = "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfe";

/// A source of the set-up document.
pub(crate) struct Source {
    pub(crate) name: &'static str,
    /// The inline table.
    pub(crate) connector: String,
    pub(crate) credential: Option<&'static str>,
}

/// What is written before the service starts.
pub(crate) struct Plan {
    folder: TempDir,
    url: String,
    database: String,
    log_level: &'static str,
    works: bool,
    document: String,
}

impl Plan {
    /// SQLite in a folder of its own, a free port, an API client, no source.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("passwright-serve-").tempdir().unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut plan = Self {
            url: format!("http://127.0.0.1:{port}"),
            database: format!("sqlite://{}", folder.path().join("passwright.sqlite3").display()),
            log_level: "info",
            works: true,
            document: String::new(),
            folder,
        };
        let secret = plan.secret("client.secret", CLIENT_SECRET);
        plan.table(
            "api_client",
            &format!("name = \"Tests\"\nid = \"{CLIENT_ID}\"\nsecret_file = \"{secret}\"\nrate_limit = 100000"),
        );
        plan.table("password_policy", "name = \"Default\"\ndefault = true\nminLength = 8\nminNumeric = 1");
        plan
    }

    pub(crate) fn database(mut self, url: String) -> Self {
        self.database = url;
        self
    }

    /// Leaves the work to a process of its own.
    pub(crate) fn without_worker(mut self) -> Self {
        self.works = false;
        self
    }

    /// A file in the service's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn secret(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), format!("{text}\n")).unwrap();
        name.to_owned()
    }

    fn table(&mut self, name: &str, lines: &str) {
        write!(self.document, "\n[[{name}]]\n{lines}\n").unwrap();
    }

    pub(crate) fn source(mut self, source: &Source) -> Self {
        let mut lines = format!("name = \"{}\"\nconnector = {}", source.name, source.connector);
        if let Some(credential) = source.credential {
            let file = self.secret(&format!("{}.credential", source.name), credential);
            write!(lines, "\ncredential_file = \"{file}\"").unwrap();
        }
        self.table("source", &lines);
        self
    }

    /// An identity with accounts: source and native identity.
    pub(crate) fn identity(mut self, alias: &str, accounts: &[(&str, &str)]) -> Self {
        self.table("identity", &format!("alias = \"{alias}\""));
        for (source, native) in accounts {
            self.table("identity.account", &format!("source = \"{source}\"\nnative_identity = \"{native}\""));
        }
        self
    }

    fn write_files(&self) -> PathBuf {
        let listen = self.url.trim_start_matches("http://");
        let (root, epoch) = (self.path("root.key"), self.path("epoch.key"));
        let config = format!(
            "[server]\nlisten = \"{listen}\"\npublic_url = \"{}\"\n[database]\nurl = \"{}\"\n[keys]\n\
             root_key_file = \"{}\"\nepoch_key_file = \"{}\"\n[worker]\nenabled = {}\nlate_write_seconds = 1\n[log]\nlevel = \"{}\"\n",
            self.url,
            self.database,
            root.display(),
            epoch.display(),
            self.works,
            self.log_level
        );
        let file = self.path("passwright.toml");
        std::fs::write(&file, config).unwrap();
        std::fs::write(self.path("setup.toml"), &self.document).unwrap();
        file
    }

    /// Makes the database and the directory in it, and starts the service.
    pub(crate) fn serve(self) -> Site {
        self.serve_with(Launch::default())
    }

    pub(crate) fn serve_with(self, launch: Launch) -> Site {
        let config = self.write_files();
        run(Command::new(PROGRAM).arg("migrate").arg("--config").arg(&config));
        run(Command::new(PROGRAM).arg("apply").arg(self.path("setup.toml")).arg("--config").arg(&config));
        let database = self.database.strip_prefix("sqlite://").map(PathBuf::from);
        let server = TestServer::serve_with(PROGRAM, self.folder, config.clone(), launch).unwrap();
        Site { server, config, database }
    }
}

/// Runs a command to its end; it must succeed.
#[track_caller]
fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

/// A running service.
pub(crate) struct Site {
    pub(crate) server: TestServer,
    pub(crate) config: PathBuf,
    database: Option<PathBuf>,
}

impl Site {
    /// A client that tells a 503 at once.
    pub(crate) fn client(&self) -> Arc<Client> {
        let builder = self.server.client_builder(PathFamily::V2025).credentials(CLIENT_ID, CLIENT_SECRET);
        Arc::new(builder.repeat_set_password(false).build().unwrap())
    }

    /// The SQLite database.
    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::new(self.database.as_ref().expect("SQLite"))
    }
}
