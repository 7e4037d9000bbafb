//! What must hold for the repository as a whole and the compiler does not say: one named check each, all of them run,
//! every fault printed.

mod arrows;
mod bans;
mod cargo_deny;
mod format;
mod licences;
mod lockfile;
mod manifests;
mod policy;
mod reasons;
mod sources;
mod spdx;
mod text;

use std::path::Path;

use anyhow::Result;

use crate::contract;
use crate::report::{Outcome, Report};
use crate::skip::Skip;
use crate::workspace::Workspace;

/// Reads the same rules once more where it is installed; its absence takes nothing away.
const SECOND_READER: &str = "cargo-deny";

/// What a check says: nothing wrong, the faults, or why it could not look.
pub(crate) enum Verdict {
    Faults(Vec<String>),
    Skip(Skip),
}

pub(crate) fn main(root: &Path) -> Result<bool> {
    let mut report = Report::new();
    report.step("check", || Ok(run(root)));
    Ok(report.close())
}

pub(crate) fn run(root: &Path) -> Outcome {
    let workspace = || Workspace::read(root);
    let checks: [(&str, &dyn Fn() -> Result<Verdict>); 14] = [
        ("format", &|| format::formatted(root)),
        ("clippy", &|| format::clippy(root)),
        ("alone", &|| format::alone(root)),
        ("arrows", &|| Ok(Verdict::Faults(arrows::faults(&workspace()?)))),
        ("manifests", &|| manifests::check(&workspace()?)),
        ("licences", &|| Ok(Verdict::Faults(licences::faults(&workspace()?, &policy::Policy::read(root)?)))),
        ("bans", &|| bans::check(root, &policy::Policy::read(root)?)),
        ("sources", &|| Ok(Verdict::Faults(sources::faults(&workspace()?, &policy::Policy::read(root)?)))),
        ("lock file", &|| lockfile::check(root)),
        ("reasons", &|| reasons::check(root)),
        ("text", &|| text::check(root)),
        ("contract", &|| contract::check(root)),
        ("advisories", &|| cargo_deny::advisories(root)),
        (SECOND_READER, &|| cargo_deny::rules(root)),
    ];
    let mut outcome = Outcome::default();
    for (name, check) in checks.into_iter().filter(|(name, _)| *name != SECOND_READER || cargo_deny::is_installed(root))
    {
        match check() {
            Ok(Verdict::Faults(faults)) if faults.is_empty() => {
                println!("ok {name}");
                outcome.passed += 1;
            }
            Ok(Verdict::Faults(faults)) => {
                outcome.failed += 1;
                println!("FAILED {name}");
                faults.iter().for_each(|fault| println!("  {name}: {fault}"));
            }
            Ok(Verdict::Skip(skip)) => {
                println!("{skip}");
                outcome.skips.push(skip);
            }
            Err(error) => {
                outcome.failed += 1;
                println!("FAILED {name}: {error:#}");
            }
        }
    }
    outcome
}
