//! What a test needs and this machine may lack.
//!
//! On a developer's machine a missing program skips the test with a line that begins with `SKIP `; in CI, where
//! everything is installed, it fails. `cargo xtask test` counts the lines.

use std::io::Write as _;
use std::path::PathBuf;

/// The file that skip lines are added to, beside standard error.
pub const SKIP_LOG: &str = "PASSWRIGHT_SKIP_LOG";

/// `Some` when nothing is missing; else a skip line and `None`.
///
/// # Panics
/// With `CI=true`, when something is missing.
#[expect(clippy::panic, reason = "a missing program must fail the test in CI")]
pub fn require(component: &str, missing: Option<String>) -> Option<()> {
    let Some(reason) = missing else { return Some(()) };
    let line = format!("SKIP {component}: {reason}\n");
    if std::env::var("CI").is_ok_and(|value| value == "true") {
        panic!("{line}");
    }
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(path) = std::env::var_os(SKIP_LOG) {
        let log = std::fs::OpenOptions::new().append(true).create(true).open(path);
        let _ = log.and_then(|mut log| log.write_all(line.as_bytes()));
    }
    None
}

/// The full path of a program: `PATH`, then where system servers lie.
#[must_use]
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/libexec"].map(PathBuf::from);
    std::env::split_paths(&path).chain(system).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// Why a set of programs cannot be used.
#[must_use]
pub fn missing_program(names: &[&str]) -> Option<String> {
    names.iter().find(|name| program(name).is_none()).map(|name| format!("program {name} is not installed"))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    use super::{SKIP_LOG, missing_program, require};

    const CHILD: &str = "PASSWRIGHT_REQUIRE_CHILD";

    /// Does nothing in an ordinary run: the test below runs it in a process of its own, for its environment.
    #[test]
    fn child() {
        if std::env::var_os(CHILD).is_some() {
            assert!(require("gremlin", missing_program(&["sh", "no-such-program"])).is_none());
            assert!(require("shell", missing_program(&["sh"])).is_some());
        }
    }

    fn run_child(ci: &str, log: &std::path::Path) -> Output {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "require::tests::child", "--nocapture"]);
        command.env(CHILD, "1").env("CI", ci).env(SKIP_LOG, log).output().unwrap()
    }

    #[test]
    fn a_missing_program_skips_at_home_and_fails_in_ci() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("skips");
        let line = "SKIP gremlin: program no-such-program is not installed\n";
        for count in 1..=2 {
            let output = run_child("", &log);
            assert!(output.status.success());
            assert!(String::from_utf8_lossy(&output.stderr).contains(line), "{output:?}");
            assert_eq!(std::fs::read_to_string(&log).unwrap(), line.repeat(count));
        }
        assert!(!run_child("true", &log).status.success());
        assert_eq!(std::fs::read_to_string(&log).unwrap(), line.repeat(2), "nothing is counted as skipped in CI");
    }
}
