//! Every dependency of the workspace has a row with its reason in the decision record, and no row outlives its crate.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::Verdict;

const RECORD: &str = "docs/decisions/0005-dependencies.md";

pub(super) fn check(root: &Path) -> Result<Verdict> {
    let read = |name: &str| std::fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"));
    let manifest = read("Cargo.toml")?.parse().context("Cargo.toml is not TOML")?;
    Ok(Verdict::Faults(faults(&manifest, &read(RECORD)?)))
}

fn faults(manifest: &Table, record: &str) -> Vec<String> {
    let dependencies = manifest.get("workspace").and_then(|all| all.get("dependencies")).and_then(Value::as_table);
    let foreign: Vec<&str> = dependencies
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.get("path").is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    let rows: Vec<&str> =
        record.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once("` | ")?.0)).collect();
    let unexplained =
        foreign.iter().filter(|name| !rows.contains(name)).map(|name| format!("{name} has no row in {RECORD}"));
    let left_over = rows
        .iter()
        .filter(|name| !foreign.contains(name))
        .map(|name| format!("{RECORD} explains {name}, which is gone"));
    unexplained.chain(left_over).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        let manifest =
            "[workspace.dependencies]\na = '1'\nb = { version = '1' }\nown = { path = 'own' }".parse().unwrap();
        assert!(faults(&manifest, "| crate | why |\n| `a` | x |\n| `b` | y |").is_empty());
        let found = faults(&manifest, "| `a` | x |\n| `c` | y |");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("b has no row") && found[1].contains("explains c"), "{found:?}");
    }
}
