//! Crates that must not be in the program as it is built for Linux. `cargo tree` is asked, not `cargo metadata`: only the
//! former applies features as the build does, so a crate that merely could be switched on is no fault.

use std::path::Path;

use anyhow::{Result, bail};

use super::Verdict;
use super::policy::Policy;
use crate::shell;
use crate::workspace::{PLATFORM, cargo};

pub(super) fn check(root: &Path, policy: &Policy) -> Result<Verdict> {
    let arguments =
        ["tree", "--package", "passwright", "--edges", "normal,build", "--target", PLATFORM, "--prefix", "none"];
    let tree = shell::capture(&mut cargo(root, &arguments))?;
    if !tree.starts_with("passwright ") {
        bail!("cargo tree does not begin with the program");
    }
    Ok(Verdict::Faults(faults(&tree, policy)))
}

fn faults(tree: &str, policy: &Policy) -> Vec<String> {
    let built = |name: &str| tree.lines().any(|line| line.split_whitespace().next() == Some(name));
    let found = policy.banned.iter().filter(|(name, _)| built(name));
    found.map(|(name, why)| format!("{name} is built in: {why} (see `cargo tree -i {name}`)")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_whole() {
        let policy = Policy { banned: vec![("openssl".to_owned(), "reason".to_owned())], ..Policy::default() };
        assert!(faults("passwright v1\nopenssl-probe v0.2.0\n", &policy).is_empty());
        assert_eq!(faults("passwright v1\nopenssl v0.10.0 (*)\n", &policy).len(), 1);
    }
}
