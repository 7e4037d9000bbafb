//! The table at the end of a run and its closing line. The closing line is the sum of the table, nothing else.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::skip::{self, Skip};

/// What one step found.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skips: Vec<Skip>,
}

impl Outcome {
    pub(crate) fn skipped(skip: Skip) -> Self {
        Self { skips: vec![skip], ..Self::default() }
    }
}

struct Row {
    name: String,
    outcome: Outcome,
    took: Duration,
}

pub(crate) struct Report {
    rows: Vec<Row>,
    /// A missing component is a failure (`CI=true`).
    strict: bool,
}

/// A run on a machine made for it (`CI=true`).
pub(crate) fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// What is left on the disk of the folder the run is in; a full disk fails a build in words that do not say so.
fn free_space() -> String {
    rustix::fs::statvfs(".").map_or_else(
        |_| "space unknown".to_owned(),
        |disk| format!("{:.1} GB free", (disk.f_bavail * disk.f_frsize) as f64 / 1e9),
    )
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new(), strict: is_ci() }
    }

    /// Runs one step; a step that cannot run at all counts as one failure.
    pub(crate) fn step(&mut self, name: &str, run: impl FnOnce() -> Result<Outcome>) {
        println!("\n=== {name} ({}) ===", free_space());
        let started = Instant::now();
        let outcome = run().unwrap_or_else(|error| {
            eprintln!("error: {name}: {error:#}");
            Outcome { failed: 1, ..Outcome::default() }
        });
        self.rows.push(Row { name: name.to_owned(), outcome, took: started.elapsed() });
    }

    /// Prints skips, table and the closing line; true when nothing failed.
    pub(crate) fn close(self) -> bool {
        println!("\n{}", self.render());
        self.totals().1 == 0
    }

    fn counts(&self, outcome: &Outcome) -> (u64, u64, u64) {
        let missing = outcome.skips.iter().filter(|skip| !skip.excused).count() as u64;
        let skipped = outcome.skips.len() as u64;
        if self.strict {
            (outcome.passed, outcome.failed + missing, skipped - missing)
        } else {
            (outcome.passed, outcome.failed, skipped)
        }
    }

    fn totals(&self) -> (u64, u64, u64) {
        self.rows.iter().map(|row| self.counts(&row.outcome)).fold((0, 0, 0), |sum, row| {
            let (passed, failed, skipped) = row;
            (sum.0 + passed, sum.1 + failed, sum.2 + skipped)
        })
    }

    fn render(&self) -> String {
        let mut text = String::new();
        let skips: Vec<Skip> = self.rows.iter().flat_map(|row| row.outcome.skips.clone()).collect();
        for (skip, times) in skip::distinct(&skips) {
            let verdict = if self.strict && !skip.excused { " (a failure: CI=true)" } else { "" };
            text += &format!("{skip} [{times}x]{verdict}\n");
        }
        text += &format!("{:<12} {:>8} {:>8} {:>8} {:>10}\n", "step", "passed", "failed", "skipped", "time");
        for row in &self.rows {
            let (passed, failed, skipped) = self.counts(&row.outcome);
            let seconds = row.took.as_secs_f64();
            text += &format!("{:<12} {passed:>8} {failed:>8} {skipped:>8} {seconds:>8.1} s\n", row.name);
        }
        let (passed, failed, skipped) = self.totals();
        text + &format!("{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(strict: bool) -> Report {
        let skips = vec![Skip::missing("slapd", "not installed"), Skip::excused("advisories", "no database")];
        let mut report = Report { rows: Vec::new(), strict };
        report.step("tests", || Ok(Outcome { passed: 5, failed: 0, skips }));
        report.step("wire", || Ok(Outcome { passed: 2, ..Outcome::default() }));
        report
    }

    #[test]
    fn the_closing_line_sums_the_table_and_every_skip_is_named() {
        let text = report(false).render();
        assert!(text.ends_with("\n7 passed, 0 failed, 2 skipped"), "{text}");
        assert!(text.contains("SKIP slapd: not installed [1x]\n"), "{text}");
        assert!(report(false).close());
    }

    #[test]
    fn in_ci_a_missing_component_fails_and_an_excused_one_does_not() {
        let text = report(true).render();
        assert!(text.ends_with("\n7 passed, 1 failed, 1 skipped"), "{text}");
        assert!(!report(true).close());
    }

    #[test]
    fn a_step_that_cannot_run_is_a_failure() {
        let mut report = Report { rows: Vec::new(), strict: false };
        report.step("java", || anyhow::bail!("no demo"));
        assert_eq!(report.totals(), (0, 1, 0));
    }
}
