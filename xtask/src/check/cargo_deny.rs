//! cargo-deny, where it is installed: the same `deny.toml` read by a second reader, and the advisories, which need its
//! database. Without it the checks of this crate still hold; only the advisories are then not looked at, which is said.

use std::path::Path;

use anyhow::Result;

use super::Verdict;
use crate::shell;
use crate::skip::Skip;
use crate::workspace::cargo;

/// How cargo-deny says that it could not get the database, as opposed to having found something in it.
const OUT_OF_REACH: &[&str] = &["failed to fetch advisory database", "failed to load advisory database"];

pub(super) fn is_installed(root: &Path) -> bool {
    shell::capture(&mut cargo(root, &["deny", "--version"])).is_ok()
}

pub(super) fn rules(root: &Path) -> Result<Verdict> {
    let checks = ["licenses", "bans", "sources"];
    let arguments = [&["deny", "check"], &checks[..]].concat();
    let ran = shell::stream(&mut cargo(root, &arguments))?;
    Ok(verdict(&ran, "cargo deny check licenses bans sources failed (above)"))
}

pub(super) fn advisories(root: &Path) -> Result<Verdict> {
    if !is_installed(root) {
        return Ok(Verdict::Skip(Skip::excused("advisories", "cargo-deny is not installed")));
    }
    let ran = shell::stream(&mut cargo(root, &["deny", "check", "advisories"]))?;
    if !ran.success && ran.lines.iter().any(|line| OUT_OF_REACH.iter().any(|phrase| line.contains(phrase))) {
        return Ok(Verdict::Skip(Skip::excused("advisories", "the advisory database cannot be reached")));
    }
    Ok(verdict(&ran, "cargo deny check advisories failed (above)"))
}

fn verdict(ran: &shell::Ran, fault: &str) -> Verdict {
    Verdict::Faults(if ran.success { Vec::new() } else { vec![fault.to_owned()] })
}
