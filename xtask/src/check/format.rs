//! rustfmt, clippy and the compiler over our own crates, as faults.

use std::path::Path;

use anyhow::Result;

use super::Verdict;
use crate::shell;
use crate::workspace::cargo;

pub(super) fn formatted(root: &Path) -> Result<Verdict> {
    run(root, &["fmt", "--all", "--check"], "not formatted: run `cargo fmt --all`")
}

pub(super) fn clippy(root: &Path) -> Result<Verdict> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run(root, &arguments, "clippy has something to say (above)")
}

/// The program by itself, as who installs it builds it: everything else is built for all crates and their tests together,
/// where what a test asks of a dependency is there for the program too.
pub(super) fn alone(root: &Path) -> Result<Verdict> {
    run(
        root,
        &["check", "--package", "passwright"],
        "the program does not build without what tests ask of dependencies",
    )
}

fn run(root: &Path, arguments: &[&str], fault: &str) -> Result<Verdict> {
    let ran = shell::stream(&mut cargo(root, arguments))?;
    Ok(Verdict::Faults(if ran.success { Vec::new() } else { vec![fault.to_owned()] }))
}
