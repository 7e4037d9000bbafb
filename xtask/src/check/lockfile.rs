//! `Cargo.lock` is current, and holds AWS-LC once: its symbols carry the version in their names, so two versions link into
//! one program as two separate libraries, each with its own random generator state.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::Verdict;
use crate::shell;
use crate::workspace::cargo;

const ONCE: &str = "aws-lc-sys";

pub(super) fn check(root: &Path) -> Result<Verdict> {
    shell::capture(&mut cargo(root, &["metadata", "--locked", "--format-version", "1"]))
        .context("Cargo.lock is not current")?;
    let text = std::fs::read_to_string(root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    Ok(Verdict::Faults(faults(&text.parse().context("Cargo.lock is not TOML")?)))
}

fn faults(lock: &Table) -> Vec<String> {
    let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten();
    let found: Vec<&str> = packages
        .filter(|package| package.get("name").and_then(Value::as_str) == Some(ONCE))
        .filter_map(|package| package.get("version").and_then(Value::as_str))
        .collect();
    match found.as_slice() {
        [_] => Vec::new(),
        versions => vec![format!("{ONCE} must be there exactly once, found {versions:?}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(versions: &[&str], allowed: bool) {
        let lock: String =
            versions.iter().map(|version| format!("[[package]]\nname = '{ONCE}'\nversion = '{version}'\n")).collect();
        assert_eq!(faults(&lock.parse().unwrap()).is_empty(), allowed, "{versions:?}");
    }

    #[test]
    fn exactly_one_version() {
        check(&["0.47.0"], true);
        check(&["0.47.0", "0.46.1"], false);
        check(&[], false);
    }
}
