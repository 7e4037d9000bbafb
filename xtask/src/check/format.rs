//! rustfmt and clippy over our own crates, as faults.

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

fn run(root: &Path, arguments: &[&str], fault: &str) -> Result<Verdict> {
    let ran = shell::stream(&mut cargo(root, arguments))?;
    Ok(Verdict::Faults(if ran.success { Vec::new() } else { vec![fault.to_owned()] }))
}
