//! A real mail server (aiosmtpd) that keeps what it is given. A recipient with `bounce` in its address is refused for good,
//! one with `later` for now.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use tempfile::TempDir;

use crate::ca::Ca;
use crate::process::{Server, free_port};
use crate::require::{program, require};

const PROGRAM: &str = include_str!("mail.py");

/// How the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailMode {
    /// Demands STARTTLS.
    StartTls,
    /// TLS from the first byte.
    Implicit,
    /// Knows no encryption.
    Plain,
}

/// A running mail server. It ends when this value is dropped.
pub struct MailServer {
    server: Option<Server>,
    folder: TempDir,
    port: u16,
    mode: MailMode,
    login: Option<(&'static str, &'static str)>,
}

/// A mail as Python's parser reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReceivedMail {
    pub from: String,
    pub to: Vec<String>,
    pub subject: Option<String>,
    /// Whether it came through TLS.
    pub encrypted: bool,
    /// Base64 of the user who signed in.
    pub user: Option<String>,
    pub headers: Vec<(String, String)>,
    pub text: Option<String>,
    pub html: Option<String>,
}

/// An interpreter that has aiosmtpd: the one `cargo xtask test` sets up, else the system's.
fn interpreter() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/python/.venv-3/bin/python");
    let has_it = |python: &PathBuf| {
        let mut command = Command::new(python);
        command.args(["-c", "import aiosmtpd"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    [Some(own), program("python3")].into_iter().flatten().find(has_it)
}

impl MailServer {
    /// A mail server for `localhost`, or a skip line. `login` is who must sign in.
    ///
    /// # Panics
    /// When aiosmtpd is installed and does not start; with `CI=true` also when it is not installed.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fixture that does not start fails its test")]
    pub fn require(mode: MailMode, login: Option<(&'static str, &'static str)>) -> Option<Self> {
        require("aiosmtpd", interpreter().is_none().then(|| "no python has the package aiosmtpd".to_owned()))?;
        Some(Self::start(mode, login, &["localhost"]).expect("the mail server starts"))
    }

    /// # Errors
    /// When it does not start.
    pub fn start(mode: MailMode, login: Option<(&'static str, &'static str)>, names: &[&str]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("mail-").tempdir()?;
        let ca = Ca::new()?;
        ca.write_server_files(folder.path(), names)?;
        let mut server = Self { server: None, folder, port: free_port()?, mode, login };
        server.restart()?;
        Ok(server)
    }

    /// Starts the server again at the same port; what it kept stays.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        let python = interpreter().context("no python has the package aiosmtpd")?;
        let path = |name: &str| self.folder.path().join(name);
        let mode = match self.mode {
            MailMode::StartTls => "starttls",
            MailMode::Implicit => "implicit",
            MailMode::Plain => "plain",
        };
        let (user, password) = self.login.unwrap_or_default();
        let mut command = Command::new(python);
        // It reads its input and ends with it, so it cannot outlive the test process.
        command.args(["-c", PROGRAM, &self.port.to_string(), mode]).arg(path("server.pem")).arg(path("server.key"));
        command.args([user, password]).arg(path("mails"));
        let log = path("log");
        let mut server = Server::start(&mut command, &log)?;
        server.wait_for((Ipv4Addr::LOCALHOST, self.port), &log)?;
        self.server = Some(server);
        Ok(())
    }

    /// Ends the server.
    pub fn stop(&mut self) {
        self.server = None;
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of its authority.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What it took so far.
    ///
    /// # Errors
    /// When a line does not read.
    pub fn mails(&self) -> Result<Vec<ReceivedMail>> {
        let text = std::fs::read_to_string(self.folder.path().join("mails")).unwrap_or_default();
        // The last line may still be being written.
        let whole = text.rfind('\n').and_then(|end| text.get(..end)).unwrap_or_default();
        whole.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}
