//! `cargo xtask fuzz-filters`: the filter grammar under more mutated texts than a test run takes. The fuzzing itself is the test
//! `mutated_texts` of `passwright-storage`, which says what must hold.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell;
use crate::workspace::cargo;

/// Executions when the caller names none.
const EXECUTIONS: u64 = 1_000_000;
const TEST: &str = "collection::sql::tests::fuzz::mutated_texts";

/// Runs them; true when nothing was found.
///
/// # Errors
/// When an argument is wrong or cargo cannot be started.
pub(crate) fn main(root: &Path, arguments: impl IntoIterator<Item = String>) -> Result<bool> {
    let (executions, seed) = parse(arguments)?;
    let mut test = cargo(root, &["test", "--package", "passwright-storage", "--lib"]);
    test.args(["--", "--exact", TEST, "--nocapture"]);
    test.env("PASSWRIGHT_FUZZ_EXECUTIONS", executions.to_string()).env("PASSWRIGHT_FUZZ_SEED", seed.to_string());
    let ran = shell::stream(&mut test)?;
    // A filter that names no test lets cargo succeed.
    if ran.success && !ran.lines.iter().any(|line| line.contains("1 passed")) {
        bail!("the test {TEST} did not run");
    }
    Ok(ran.success)
}

fn parse(arguments: impl IntoIterator<Item = String>) -> Result<(u64, u64)> {
    let mut arguments = arguments.into_iter();
    let (mut executions, mut seed) = (EXECUTIONS, 1);
    while let Some(argument) = arguments.next() {
        let place = match argument.as_str() {
            "--executions" => &mut executions,
            "--seed" => &mut seed,
            _ => bail!("unknown argument {argument:?} for \"fuzz-filters\""),
        };
        let number = arguments.next().with_context(|| format!("{argument} needs a number"))?;
        *place = number.parse().with_context(|| format!("{argument} {number:?} is not a number"))?;
    }
    Ok((executions, seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let parse = |words: &[&str]| parse(words.iter().map(ToString::to_string)).ok();
        assert_eq!(parse(&[]), Some((EXECUTIONS, 1)));
        assert_eq!(parse(&["--executions", "5", "--seed", "7"]), Some((5, 7)));
        assert_eq!(parse(&["--executions"]), None);
        assert_eq!(parse(&["--seed", "x"]), None);
        assert_eq!(parse(&["--cases", "1"]), None);
    }
}
