//! `cargo test`, counted. A test that was skipped for want of a component reports itself in the skip log, although libtest
//! calls it passed; it is counted as skipped, not as passed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::tally;
use crate::report::Outcome;
use crate::shell;
use crate::skip::{self, Skip};
use crate::workspace::cargo;

pub(super) fn run(root: &Path, arguments: &[&str]) -> Result<Outcome> {
    count(&mut cargo(root, arguments))
}

/// Runs a `cargo test` and counts.
pub(super) fn count(tests: &mut Command) -> Result<Outcome> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let log = folder.path().join("skips");
    let ran = shell::stream(tests.env(skip::LOG, &log))?;
    // No test may have had a reason to write it.
    let logged = std::fs::read_to_string(&log).unwrap_or_default();
    Ok(outcome(&ran, &logged))
}

fn outcome(ran: &shell::Ran, logged: &str) -> Outcome {
    let (tally, ignored) = tally::libtest(&ran.lines);
    let mut skips = skip::collect(logged, &ran.lines);
    let passed = tally.passed.saturating_sub(skips.len() as u64);
    skips.extend(ignored.into_iter().map(|name| Skip::excused(&name, "marked #[ignore]")));
    // A build that broke or a test program that crashed leaves no count behind.
    let failed = if ran.success { tally.failed } else { tally.failed.max(1) };
    Outcome { passed, failed, skips }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(success: bool, text: &str) -> shell::Ran {
        shell::Ran { success, lines: text.lines().map(str::to_owned).collect() }
    }

    #[test]
    fn a_skipped_test_is_not_a_passed_one() {
        let output = "test x ... ignored\ntest result: ok. 9 passed; 0 failed; 1 ignored; 0 measured";
        let outcome = outcome(&ran(true, output), "SKIP slapd: not installed\nSKIP slapd: not installed\n");
        assert_eq!((outcome.passed, outcome.failed, outcome.skips.len()), (7, 0, 3));
    }

    #[test]
    fn a_broken_build_is_a_failure() {
        assert_eq!(outcome(&ran(false, "error: could not compile"), "").failed, 1);
        let crashed = "test result: ok. 3 passed; 0 failed; 0 ignored\nerror: test failed (signal: 11)";
        assert_eq!(outcome(&ran(false, crashed), "").failed, 1);
    }
}
