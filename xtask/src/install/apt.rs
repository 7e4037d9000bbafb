//! Debian packages, without questions and without starting the daemons they bring: the tests start their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Asked by Debian's maintainer scripts before they start a service; 101 means "not allowed".
const POLICY: &str = "/usr/sbin/policy-rc.d";
const ATTEMPTS: usize = 3;

pub(super) fn install(packages: &[&str]) -> Result<()> {
    if shell::find("apt-get").is_none() {
        bail!("there is no apt-get here; install {} by hand", packages.join(" "));
    }
    if !rustix::process::geteuid().is_root() {
        bail!("apt-get needs root; run `apt-get install {}`", packages.join(" "));
    }
    let _no_daemons = NoDaemons::set(Path::new(POLICY));
    attempt(&["update"])?;
    let options = ["install", "--yes", "--no-install-recommends"];
    attempt(&[&options, packages].concat())
}

fn attempt(arguments: &[&str]) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let mut command = Command::new("apt-get");
        command.args(["-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"]).args(arguments);
        if shell::stream(command.env("DEBIAN_FRONTEND", "noninteractive"))?.success {
            return Ok(());
        }
    }
    bail!("apt-get {} failed {ATTEMPTS} times", arguments.first().copied().unwrap_or_default())
}

/// Forbids services to start while it lives; a policy that is already there is left as it is.
struct NoDaemons(Option<PathBuf>);

impl NoDaemons {
    fn set(path: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        if path.exists() || std::fs::write(path, "#!/bin/sh\nexit 101\n").is_err() {
            return Self(None);
        }
        let executable = std::fs::Permissions::from_mode(0o755);
        if std::fs::set_permissions(path, executable).is_err() {
            eprintln!("warning: {} cannot be made executable, services may start", path.display());
        }
        Self(Some(path.to_owned()))
    }
}

impl Drop for NoDaemons {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Err(error) = std::fs::remove_file(path)
        {
            eprintln!("warning: {} stays: {error}", path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_lives_as_long_as_the_guard_and_never_replaces_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy-rc.d");
        let guard = NoDaemons::set(&path);
        assert!(std::fs::read_to_string(&path).unwrap().contains("exit 101"));
        drop(NoDaemons::set(&path));
        assert!(path.exists(), "a second guard must not remove the first one's file");
        drop(guard);
        assert!(!path.exists());
    }
}
