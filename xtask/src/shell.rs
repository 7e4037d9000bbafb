//! Running other programs: their output goes to the terminal as it comes and is kept for counting.
//!
//! No shell is involved: a program and its arguments are given as they are.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long output is still awaited after the program ended: a grandchild may hold the pipe open for ever.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What a program said, both streams in the order they came, and whether it exited with 0.
pub(crate) struct Ran {
    pub(crate) success: bool,
    pub(crate) lines: Vec<String>,
}

enum Line {
    Out(String),
    Err(String),
}

/// Runs a program, shows its output at once and returns it.
///
/// # Errors
/// When the program cannot be started; a non-zero exit is not an error here.
pub(crate) fn stream(command: &mut Command) -> Result<Ran> {
    let mut child = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (sender, receiver) = mpsc::channel();
    forward(child.stdout.take(), sender.clone(), Line::Out);
    forward(child.stderr.take(), sender, Line::Err);
    let mut lines = Vec::new();
    let mut ended: Option<Instant> = None;
    loop {
        match receiver.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => lines.push(show(line)),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                if ended.is_none() && child.try_wait()?.is_some() {
                    ended = Some(Instant::now());
                }
                if ended.is_some_and(|at| at.elapsed() > LAST_WORDS) {
                    break;
                }
            }
        }
    }
    Ok(Ran { success: child.wait()?.success(), lines })
}

/// Runs a program quietly and returns its standard output.
///
/// # Errors
/// When it cannot be started or does not exit with 0; the message carries its standard error.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Starts a program, naming it when that fails.
///
/// # Errors
/// When the program cannot be started.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().with_context(|| format!("cannot start {:?}", command.get_program()))
}

/// The path of a program on `PATH` or in the places where system daemons and PostgreSQL's programs lie.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from));
    if let Ok(versions) = Path::new("/usr/lib/postgresql").read_dir() {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders.into_iter().map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn forward(stream: Option<impl Read + Send + 'static>, sender: Sender<Line>, kind: fn(String) -> Line) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if sender.send(kind(text)).is_err() {
                return;
            }
        }
    });
}

/// A closed terminal must not end the run, so failures to show are let go.
fn show(line: Line) -> String {
    match line {
        Line::Out(text) => {
            let _ = writeln!(std::io::stdout(), "{text}");
            text
        }
        Line::Err(text) => {
            let _ = writeln!(std::io::stderr(), "{text}");
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_and_the_exit_are_kept() {
        let ran = stream(Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"])).unwrap();
        let mut lines = ran.lines;
        lines.sort();
        assert_eq!(lines, ["one", "two"]);
        assert!(!ran.success);
    }

    #[test]
    fn a_grandchild_that_keeps_the_pipe_does_not_block() {
        let started = Instant::now();
        let ran = stream(Command::new("sh").args(["-c", "sleep 20 & echo done"])).unwrap();
        assert!(ran.success);
        assert_eq!(ran.lines, ["done"]);
        assert!(started.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn an_unknown_program_is_named() {
        let error = capture(&mut Command::new("no-such-program")).unwrap_err();
        assert!(format!("{error:#}").contains("no-such-program"));
        assert!(find("no-such-program").is_none());
        assert!(find("sh").is_some());
    }
}
