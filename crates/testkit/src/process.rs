//! Child processes of fixtures: started with a log file, waited for, ended by their own pid.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

/// A server that ends when this value is dropped.
pub(crate) struct Server {
    child: Child,
}

impl Server {
    /// Starts a server; what it prints goes to the log file. It reads a pipe that ends with this process.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let output = File::create(log)?;
        let child = command
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(Self { child })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until the address accepts connections.
    pub(crate) fn wait_for(&mut self, address: (Ipv4Addr, u16), log: &Path) -> Result<()> {
        wait_until(Duration::from_secs(30), || {
            if let Some(status) = self.child.try_wait()? {
                bail!("ended with {status}: {}", std::fs::read_to_string(log).unwrap_or_default());
            }
            Ok(TcpStream::connect_timeout(&address.into(), Duration::from_millis(500)).is_ok())
        })
        .with_context(|| format!("no server at {address:?}"))
    }

    /// Ends the server in good order; by force when it takes more than 5 s.
    pub(crate) fn stop(&mut self) {
        self.signal(Signal::TERM);
        let ended = wait_until(Duration::from_secs(5), || Ok(self.child.try_wait()?.is_some()));
        if ended.is_err() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    /// Waits for the end.
    pub(crate) fn wait(&mut self, within: Duration) -> Result<ExitStatus> {
        let mut ended = None;
        wait_until(within, || {
            ended = self.child.try_wait()?;
            Ok(ended.is_some())
        })?;
        ended.context("not ended")
    }

    /// Stops the process in its tracks, or lets it go on. Returns when every thread of it stands still.
    pub(crate) fn freeze(&mut self, frozen: bool) {
        self.signal(if frozen { Signal::STOP } else { Signal::CONT });
        if let (true, Some(pid)) = (frozen, self.rustix_pid()) {
            let _ = waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED);
        }
    }

    fn rustix_pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()).ok()?)
    }

    /// Sends a signal, as long as the process has not been waited for.
    pub(crate) fn signal(&mut self, signal: Signal) {
        if let (Ok(None), Some(pid)) = (self.child.try_wait(), self.rustix_pid()) {
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A stopped process does not end on SIGTERM.
        self.signal(Signal::CONT);
        self.stop();
    }
}

/// Asks again every 10 ms until the condition holds or the time is over.
pub(crate) fn wait_until(limit: Duration, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let until = Instant::now() + limit;
    while !holds()? {
        ensure!(Instant::now() < until, "waited {limit:?} in vain");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Runs a program to its end and gives what it printed on standard output.
pub(crate) fn run(command: &mut Command, input: &str) -> Result<String> {
    use std::io::Write as _;
    let program = format!("{:?}", command.get_program());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading its input says why in its status.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{program} ended with {}: {text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(text)
}

/// A port of 127.0.0.1 that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
