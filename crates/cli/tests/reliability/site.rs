//! `passwright serve`, alone or as one of several nodes, with a configuration and a set-up document written by the test.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use passwright_client::{Client, PathFamily};
use passwright_testkit::{Launch, TestServer};
use tempfile::TempDir;

use crate::PROGRAM;
use crate::ledger::Ledger;
use crate::waiting::until_ready;

const CLIENT_ID: &str = "0e4aab5e-7a3b-4d55-9a3c-2f6f0a1b9c11";
/// What a new node needs a copy of.
pub(crate) const KEY_FILES: [&str; 2] = ["root.key", "epoch.key"];
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
    works: bool,
    document: String,
}

impl Plan {
    /// SQLite in a folder of its own, a free port, an API client, no source.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("passwright-serve-").tempdir().unwrap();
        let mut plan = Self {
            url: format!("http://{}", free_address()),
            database: format!("sqlite://{}", folder.path().join("passwright.sqlite3").display()),
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

    /// Writes the configuration of a node whose files are in this folder.
    fn write_config(&self, folder: &Path, listen: &str, works: bool) -> PathBuf {
        let (root, epoch) = (folder.join(KEY_FILES[0]), folder.join(KEY_FILES[1]));
        let config = format!(
            "[server]\nlisten = \"{listen}\"\npublic_url = \"{}\"\n[database]\nurl = \"{}\"\n[keys]\n\
             root_key_file = \"{}\"\nepoch_key_file = \"{}\"\n[worker]\nenabled = {works}\nlate_write_seconds = 1\n[limits]\npayload_failures_per_hour = 100000\npayload_failures_per_day = 100000\n",
            self.url,
            self.database,
            root.display(),
            epoch.display(),
        );
        let file = folder.join("passwright.toml");
        std::fs::write(&file, config).unwrap();
        file
    }

    /// Makes the database and the directory in it; gives the first node's configuration.
    pub(crate) fn set_up(&self) -> PathBuf {
        let config = self.write_config(self.folder.path(), self.url.trim_start_matches("http://"), self.works);
        std::fs::write(self.path("setup.toml"), &self.document).unwrap();
        run(Command::new(PROGRAM).arg("migrate").arg("--config").arg(&config));
        run(Command::new(PROGRAM).arg("apply").arg(self.path("setup.toml")).arg("--config").arg(&config));
        config
    }

    /// Makes the database and the directory in it, and starts the service.
    pub(crate) fn serve(self) -> Site {
        self.serve_with(Launch::default())
    }

    pub(crate) fn serve_with(self, launch: Launch) -> Site {
        let config = self.set_up();
        let database = self.database.strip_prefix("sqlite://").map(PathBuf::from);
        let server = TestServer::serve_with(PROGRAM, self.folder, config.clone(), launch).unwrap();
        Site { server, config, database }
    }

    /// Makes the database and the directory in it, and starts these nodes on it; the first one serves. Each has a folder
    /// and a port of its own, and a copy of the first one's key files.
    pub(crate) fn nodes(self, roles: impl IntoIterator<Item = (Role, Launch)>) -> Cluster {
        self.set_up();
        let ledger = Ledger::of(&self.database);
        let folders: Vec<_> = roles.into_iter().map(|role| (role, tempfile::tempdir().unwrap())).collect();
        let mut nodes = Vec::new();
        for ((role, launch), folder) in folders {
            for file in KEY_FILES {
                std::fs::copy(self.path(file), folder.path().join(file)).unwrap();
            }
            let listen =
                if nodes.is_empty() { self.url.trim_start_matches("http://").to_owned() } else { free_address() };
            let config = self.write_config(folder.path(), &listen, role != Role::ServesOnly);
            nodes.push(match role {
                Role::Works => {
                    let server = TestServer::worker(PROGRAM, folder, config.clone(), launch).unwrap();
                    Node { server, url: None, config }
                }
                Role::Serves | Role::ServesOnly => {
                    let server = TestServer::serve_with(PROGRAM, folder, config.clone(), launch).unwrap();
                    Node { server, url: Some(format!("http://{listen}")), config }
                }
            });
        }
        Cluster { nodes, ledger, _plan: self }
    }
}

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// `serve`, which also works.
    Serves,
    /// `serve` that leaves the work to others.
    ServesOnly,
    /// `worker`.
    Works,
}

/// One process of an installation.
pub(crate) struct Node {
    pub(crate) server: TestServer,
    /// Where it serves, when it does.
    pub(crate) url: Option<String>,
    pub(crate) config: PathBuf,
}

impl Node {
    /// A client that tells a 503 at once.
    pub(crate) fn client(&self) -> Option<Arc<Client>> {
        let builder = Client::builder().base_url(self.url.clone()?).path_family(PathFamily::V2025);
        let builder = builder.credentials(CLIENT_ID, CLIENT_SECRET).repeat_set_password(false);
        Some(Arc::new(builder.build().unwrap()))
    }

    /// Starts it again and waits until it is ready.
    pub(crate) async fn restart(&mut self, within: Duration) {
        tokio::task::block_in_place(|| self.server.restart()).unwrap();
        if let Some(url) = &self.url {
            until_ready(url, within).await;
        }
    }
}

/// Nodes that share a database.
pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Node>,
    pub(crate) ledger: Ledger,
    _plan: Plan,
}

impl Cluster {
    /// A client of each node that serves.
    pub(crate) fn clients(&self) -> Vec<Arc<Client>> {
        self.nodes.iter().filter_map(Node::client).collect()
    }

    /// What the nodes said since their last starts.
    pub(crate) fn logs(&self) -> String {
        self.nodes.iter().map(|node| format!("{}:\n{}", node.config.display(), node.server.log())).collect()
    }
}

/// An address of this machine that was free a moment ago.
fn free_address() -> String {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().to_string()
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
        Ledger::file(self.database.as_ref().expect("SQLite"))
    }
}
