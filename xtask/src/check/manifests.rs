//! Every crate takes the workspace's lints as they are. Only vault may lower one, since it alone calls C: there every
//! `unsafe` must carry its reason, and the rest of the lints stays.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::Verdict;
use crate::workspace::Workspace;

const MAY_BE_UNSAFE: &str = "passwright-vault";

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let mut faults = Vec::new();
    for package in workspace.members() {
        faults.extend(fault(package.name(), &read(package.manifest())?));
    }
    Ok(Verdict::Faults(faults))
}

fn read(manifest: &Path) -> Result<Table> {
    let text = std::fs::read_to_string(manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    text.parse().with_context(|| format!("{} is not TOML", manifest.display()))
}

fn fault(name: &str, manifest: &Table) -> Option<String> {
    let lints = manifest.get("lints");
    if lints.and_then(|lints| lints.get("workspace")).and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let level = lints.and_then(|lints| lints.get("rust")).and_then(|rust| rust.get("unsafe_code"));
    match level {
        Some(_) if name == MAY_BE_UNSAFE => None,
        _ => Some(format!("{name} does not say `[lints] workspace = true`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, manifest: &str, allowed: bool) {
        assert_eq!(fault(name, &manifest.parse().unwrap()).is_none(), allowed, "{name}: {manifest}");
    }

    #[test]
    fn only_vault_may_leave_the_common_lints() {
        check("passwright-app", "[lints]\nworkspace = true", true);
        check("passwright-app", "[lints]\nworkspace = false", false);
        check("passwright-app", "[package]\nname = 'x'", false);
        check("passwright-app", "[lints.rust]\nunsafe_code = 'allow'", false);
        check("passwright-vault", "[lints.rust]\nunsafe_code = 'deny'", true);
        check("passwright-vault", "[lints.clippy]\nall = 'warn'", false);
    }
}
