//! A real SCIM 2.0 server (scim2-server) behind TLS, with users, and with two ways to sign in as one.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::ca::Ca;
use crate::process::{Server, free_port};
use crate::require::{program, require};

const PROGRAM: &str = include_str!("scim.py");

/// The service's bearer token.
pub const TOKEN: &str = "Service-Token-1";
/// The password every user begins with.
pub const USER_PASSWORD: &str = "Initial-Pw-1";
/// The client that may ask for tokens at [`ScimServer::token_url`].
pub const CLIENT_ID: &str = "passwright";

/// A running server. It ends when this value is dropped.
pub struct ScimServer {
    _server: Server,
    folder: TempDir,
    port: u16,
}

/// An interpreter that has scim2-server: the one `cargo xtask test` sets up, else the system's.
fn interpreter() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/python/.venv-3/bin/python");
    let has_it = |python: &PathBuf| {
        let mut command = Command::new(python);
        command.args(["-c", "import scim2_server.service"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    [Some(own), program("python3")].into_iter().flatten().find(has_it)
}

impl ScimServer {
    /// A server for `localhost` with users `u0` and so on, or a skip line. `without` names features that it does not have:
    /// `patch`, `etag`, `change_password`.
    ///
    /// # Panics
    /// When scim2-server is installed and does not start; with `CI=true` also when it is not installed.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fixture that does not start fails its test")]
    pub fn require(users: usize, without: &[&str]) -> Option<Self> {
        require("scim2-server", interpreter().is_none().then(|| "no python has the package scim2-server".to_owned()))?;
        Some(Self::start(users, without).expect("the SCIM server starts"))
    }

    /// # Errors
    /// When it does not start.
    pub fn start(users: usize, without: &[&str]) -> Result<Self> {
        let python = interpreter().context("no python has the package scim2-server")?;
        let folder = tempfile::Builder::new().prefix("scim-").tempdir()?;
        let files = Ca::new()?.write_server_files(folder.path(), &["localhost"])?;
        let port = free_port()?;
        let mut command = Command::new(python);
        // It reads its input and ends with it, so it cannot outlive the test process.
        command.args(["-c", PROGRAM, &port.to_string()]).arg(files.certificate).arg(files.key);
        command.args([TOKEN, &users.to_string(), USER_PASSWORD, &without.join(",")]);
        let log = folder.path().join("log");
        let mut server = Server::start(&mut command, &log)?;
        server.wait_for((Ipv4Addr::LOCALHOST, port), &log)?;
        Ok(Self { _server: server, folder, port })
    }

    /// The base of the service.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}/v2", self.port)
    }

    /// A page that users see who sign in by HTTP Basic.
    #[must_use]
    pub fn page_url(&self) -> String {
        format!("https://localhost:{}/page", self.port)
    }

    /// A page that everybody sees.
    #[must_use]
    pub fn open_page_url(&self) -> String {
        format!("https://localhost:{}/open", self.port)
    }

    /// An OAuth2 token endpoint with the password grant.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("https://localhost:{}/token", self.port)
    }

    /// The certificate of its authority.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}
