//! The packages of a folder below `conformance/`, exactly as its lock file says. Their install scripts do not run.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

const ATTEMPTS: usize = 3;

pub(super) fn ensure(root: &Path, folder: &str, skip_install: bool) -> Result<()> {
    let folder = root.join("conformance").join(folder);
    let is_ready = || {
        let mut npm = Command::new("npm");
        shell::capture(npm.args(["ls", "--all", "--silent"]).current_dir(&folder)).is_ok()
    };
    if is_ready() {
        return Ok(());
    }
    if skip_install {
        bail!("not installed, and --skip-install was given");
    }
    for _ in 0..ATTEMPTS {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
        if shell::stream(&mut npm)?.success && is_ready() {
            return Ok(());
        }
    }
    bail!("npm ci failed {ATTEMPTS} times")
}
