//! `cargo xtask simulate`: the engine's simulation over more seeds than a test run takes, or one seed with its event log.
//!
//! The simulation itself is the test `simulation` of `passwright-app`; it prints the seed that breaks a promise, the log
//! of its events and the command that repeats it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;
use crate::workspace::cargo;

/// Seeds when the caller names none.
const SEEDS: u64 = 10_000;
const TEST: &str = "seeds::every_seed_keeps_the_promises";

#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    /// How many seeds.
    seeds: Option<u64>,
    /// The first one; without a count, the only one.
    seed: Option<u64>,
}

impl Options {
    fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut arguments = arguments.into_iter();
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            let place = match argument.as_str() {
                "--seeds" => &mut options.seeds,
                "--seed" => &mut options.seed,
                _ => bail!("unknown argument {argument:?} for \"simulate\""),
            };
            let number = arguments.next().with_context(|| format!("{argument} needs a number"))?;
            *place = Some(number.parse().with_context(|| format!("{argument} {number:?} is not a number"))?);
        }
        Ok(options)
    }

    fn first_and_count(&self) -> (u64, u64) {
        let count = self.seeds.unwrap_or(if self.seed.is_some() { 1 } else { SEEDS });
        (self.seed.unwrap_or(0), count)
    }
}

/// Packages that are optimised for it. A setting on the command line keeps everything else as `cargo test --workspace`
/// built it, so that a change costs the build of these alone.
const OPTIMISED: [&str; 1] = ["passwright-app"];

/// Runs the seeds; true when every promise was kept.
///
/// # Errors
/// When an argument is wrong or cargo cannot be started.
pub(crate) fn main(root: &Path, arguments: impl IntoIterator<Item = String>) -> Result<bool> {
    let (first, count) = Options::parse(arguments)?.first_and_count();
    Ok(shell::stream(&mut command(root, first, count))?.success)
}

/// The run of so many seeds as a test takes it.
pub(crate) fn every(root: &Path) -> Command {
    command(root, 0, SEEDS)
}

fn command(root: &Path, first: u64, count: u64) -> Command {
    let mut test = cargo(root, &["test", "--workspace", "--test", "simulation"]);
    for package in OPTIMISED {
        test.arg("--config").arg(format!("profile.dev.package.{package}.opt-level=3"));
    }
    test.args(["--", "--exact", TEST, "--nocapture"]);
    test.env("PASSWRIGHT_SIMULATION_SEED", first.to_string()).env("PASSWRIGHT_SIMULATION_SEEDS", count.to_string());
    // The event log says where it happened; a backtrace of the test does not.
    test.env("RUST_BACKTRACE", "0");
    test
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: (u64, u64)) {
        let options = Options::parse(arguments.iter().map(ToString::to_string)).unwrap();
        assert_eq!(options.first_and_count(), expected, "{arguments:?}");
    }

    #[test]
    fn arguments() {
        check(&[], (0, SEEDS));
        check(&["--seeds", "50"], (0, 50));
        check(&["--seed", "7"], (7, 1));
        check(&["--seeds", "50", "--seed", "7"], (7, 50));
        for wrong in [&["--seeds"][..], &["--seeds", "many"], &["--sed", "1"]] {
            assert!(Options::parse(wrong.iter().map(ToString::to_string)).is_err(), "{wrong:?}");
        }
    }
}
