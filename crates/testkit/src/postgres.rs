//! A PostgreSQL server of its own: a cluster in a temporary folder, on a free port of 127.0.0.1.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::ca::{ServerIdentity, write_private};
use crate::process::{Server, free_port, run, wait_until};

/// A running server. Ends when dropped.
pub struct Postgres {
    server: Server,
    port: u16,
    bin: PathBuf,
    user: Option<(u32, u32)>,
    dir: TempDir,
    databases: AtomicU32,
}

/// Where the newest installed server's programs lie.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|e| e.path()).collect();
    versions.sort();
    versions.into_iter().rev().map(|v| v.join("bin")).find(|bin| bin.join("initdb").is_file())
}

/// The server refuses to run as root; then it runs as the account its package made.
fn unprivileged() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd.lines().find(|l| l.starts_with("postgres:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

impl Postgres {
    /// Why it cannot be started here.
    #[must_use]
    pub fn missing() -> Option<String> {
        if programs().is_none() {
            return Some("no server in /usr/lib/postgresql".to_owned());
        }
        (rustix::process::geteuid().is_root() && unprivileged().is_none()).then(|| "no account postgres".to_owned())
    }

    /// Makes a cluster and starts it; commits are synced as in production.
    ///
    /// # Errors
    /// When a program fails; its output is in the error.
    pub fn start() -> Result<Self> {
        let bin = programs().context("postgresql is not installed")?;
        let user = unprivileged();
        let dir = tempfile::Builder::new().prefix("passwright-postgres-").tempdir()?;
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o700))?;
        if let Some((uid, gid)) = user {
            chown(dir.path(), Some(uid), Some(gid))?;
        }
        let data = dir.path().join("data");
        let mut initdb = as_user(&bin.join("initdb"), user);
        initdb.arg("-D").arg(&data).args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-instructions", "-N"]);
        run(&mut initdb, "")?;
        let port = free_port()?;
        let server = launch(&bin, &data, dir.path(), user, port)?;
        let postgres = Self { server, port, bin, user, dir, databases: AtomicU32::new(0) };
        postgres.wait()?;
        Ok(postgres)
    }

    fn wait(&self) -> Result<()> {
        wait_until(Duration::from_secs(30), || Ok(self.psql("postgres", "SELECT 1").is_ok()))
            .with_context(|| std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default())
    }

    /// The URL of a new, empty database.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn fresh_database(&self) -> Result<String> {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(&name))
    }

    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements and gives what they print, unaligned.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String> {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d"]).arg(self.url(database));
        run(&mut psql, sql)
    }

    /// From now on every role but `postgres` signs in with its password, and the server speaks TLS with this certificate.
    ///
    /// # Errors
    /// When the server does not take the settings.
    pub fn require_passwords(&self, identity: &ServerIdentity) -> Result<()> {
        let (certificate, key) = (self.dir.path().join("server.pem"), self.dir.path().join("server.key"));
        std::fs::write(&certificate, &identity.certificate)?;
        write_private(&key, identity.key.as_bytes())?;
        if let Some((uid, gid)) = self.user {
            chown(&certificate, Some(uid), Some(gid))?;
            chown(&key, Some(uid), Some(gid))?;
        }
        let rules =
            "local all all trust\nhost all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        std::fs::write(self.dir.path().join("data/pg_hba.conf"), rules)?;
        self.psql("postgres", &format!("ALTER SYSTEM SET ssl_cert_file = '{}'", certificate.display()))?;
        self.psql("postgres", &format!("ALTER SYSTEM SET ssl_key_file = '{}'", key.display()))?;
        self.psql("postgres", "ALTER SYSTEM SET ssl = on")?;
        self.psql("postgres", "SELECT pg_reload_conf()")?;
        wait_until(Duration::from_secs(10), || Ok(self.psql("postgres", "SHOW ssl")?.trim() == "on"))
    }

    /// Ends every process of the server at once, as a power cut would.
    pub fn crash(&mut self) {
        self.server.signal(Signal::QUIT);
    }

    /// Ends the server in good order without waiting for its clients; the data stay.
    pub fn stop(&mut self) {
        self.server.signal(Signal::INT);
        self.server.stop();
    }

    /// What the server wrote to its log since its last start.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// The folder of all its files: tables, write-ahead log, log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// A dump of a database as a backup takes it.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn dump(&self, database: &str) -> Result<String> {
        run(Command::new(self.bin.join("pg_dump")).arg("-d").arg(self.url(database)), "")
    }

    /// Starts the server again on the same data and port.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn restart(&mut self) -> Result<()> {
        self.server.stop();
        let data = self.dir.path().join("data");
        self.server = launch(&self.bin, &data, self.dir.path(), self.user, self.port)?;
        self.wait()
    }
}

fn as_user(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/");
    command
}

fn launch(bin: &Path, data: &Path, dir: &Path, user: Option<(u32, u32)>, port: u16) -> Result<Server> {
    let mut postgres = as_user(&bin.join("postgres"), user);
    postgres.arg("-D").arg(data).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-N", "200", "-k"]).arg(dir);
    Server::start(&mut postgres, &dir.join("log"))
}
