//! A running `passwright demo` in a folder of its own; it ends with the guard.
//!
//! Invariant: started on port 0 of loopback, so runs side by side do not meet; only this process's own child is ended.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::demo_env;
use crate::shell;
use crate::workspace::{Workspace, cargo};

/// A debug build makes its keys more slowly than the 3 s a released demo may take.
const READY_WITHIN: Duration = Duration::from_secs(60);
const ENDS_WITHIN: Duration = Duration::from_secs(15);

pub(super) struct Demo {
    child: Child,
    folder: TempDir,
    pub(super) program: PathBuf,
    pub(super) variables: Vec<(String, String)>,
}

/// Builds the program, and the examples that run beside a service while a browser looks at it; gives the program's path.
///
/// Chosen as the step `tests` chooses, so that what it built is not built once more with other features; that the program
/// builds by itself is a check.
pub(super) fn build(root: &Path) -> Result<PathBuf> {
    if !shell::stream(&mut cargo(root, &["build", "--workspace", "--bins", "--examples"]))?.success {
        bail!("the programs do not build");
    }
    Ok(Workspace::read(root)?.target_folder().join("debug/passwright"))
}

impl Demo {
    pub(super) fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("passwright-demo-").tempdir()?;
        let log = File::create(folder.path().join("stderr.log"))?;
        let mut command = Command::new(program);
        command.arg("demo").arg("--dir").arg(folder.path().join("data")).args(["--listen", "127.0.0.1:0"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut demo =
            Self { child: shell::spawn(&mut command)?, folder, program: program.to_owned(), variables: Vec::new() };
        let url = demo.await_ready().with_context(|| format!("the demo did not start; it said:\n{}", demo.log()))?;
        let file = demo.folder.path().join("data/demo.env");
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        demo.variables = demo_env::parse(&text)?;
        println!("the demo serves {url}");
        Ok(demo)
    }

    /// The last lines the demo wrote to its log.
    pub(super) fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("stderr.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    fn await_ready(&mut self) -> Result<String> {
        let stdout = self.child.stdout.take().context("the demo has no stdout")?;
        let (sender, receiver) = mpsc::channel();
        // Goes on reading after the URL, so that the demo never blocks on a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("ready ") {
                    let _ = sender.send(url.trim().to_owned());
                }
            }
        });
        match receiver.recv_timeout(READY_WITHIN) {
            Ok(url) => Ok(url),
            Err(RecvTimeoutError::Timeout) => bail!("no line `ready <url>` within {} s", READY_WITHIN.as_secs()),
            Err(RecvTimeoutError::Disconnected) => bail!("it ended with {}", self.child.wait()?),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let asked = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = asked {
            let _ = kill_process(pid, Signal::TERM);
        }
        let started = Instant::now();
        while started.elapsed() < ENDS_WITHIN {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        eprintln!("warning: the demo did not end within {} s of SIGTERM", ENDS_WITHIN.as_secs());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program that behaves like the demo as far as this module can see.
    fn program(folder: &Path, script: &str) -> PathBuf {
        let path = folder.join("fake");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn variables_are_read_once_it_is_ready_and_it_ends_with_the_guard() {
        let folder = tempfile::tempdir().unwrap();
        let script =
            "mkdir \"$3\"; echo \"export A='$5'\" > \"$3/demo.env\"; echo hello; echo 'ready http://x'; exec sleep 300";
        let demo = Demo::start(&program(folder.path(), script)).unwrap();
        assert_eq!(demo.variables, [("A".to_owned(), "127.0.0.1:0".to_owned())]);
        let pid = Pid::from_raw(i32::try_from(demo.child.id()).unwrap()).unwrap();
        drop(demo);
        assert!(rustix::process::test_kill_process(pid).is_err(), "it still runs");
    }

    #[test]
    fn a_demo_that_ends_early_shows_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let error = Demo::start(&program(folder.path(), "echo 'no room' >&2; exit 7")).map(|_| ()).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("no room") && text.contains("exit status: 7"), "{text}");
    }
}
