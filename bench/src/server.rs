//! The program under measurement: `passwright serve` as a process of its own.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::site::Site;

/// Starts take a fraction of a second; this is for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It is killed when this value is dropped: what it answered must be in the database all the same.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first 200 of `/livez`.
    pub(crate) started_in: Duration,
}

/// Builds the program with the profile of this one, and tells where it is.
pub(crate) fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", "passwright", "--bin", "passwright"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).status().context("cargo cannot be run")?;
    ensure!(status.success(), "passwright was not built");
    let program = std::env::current_exe()?.with_file_name("passwright");
    ensure!(program.is_file(), "no {}", program.display());
    Ok(program)
}

impl Server {
    pub(crate) fn start(program: &Path, site: &Site) -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let config = site.write_config(address)?;
        let log = File::create(site.path().join("log"))?;
        let mut command = Command::new(program);
        command.args(["serve", "--config"]).arg(config).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut server = Self { child, address, started_in: Duration::ZERO };
        while !is_alive(address) {
            if let Some(status) = server.child.try_wait()? {
                bail!("serve ended with {status}: {}", std::fs::read_to_string(site.path().join("log"))?);
            }
            ensure!(started.elapsed() < PATIENCE, "serve did not answer in {PATIENCE:?}");
            std::thread::sleep(Duration::from_millis(1));
        }
        server.started_in = started.elapsed();
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_alive(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    ask().unwrap_or(false)
}
