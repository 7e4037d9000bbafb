//! The modules of `conformance/go`, exactly as its `go.sum` says.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

const ATTEMPTS: usize = 3;

pub(super) fn ensure(root: &Path, skip_install: bool) -> Result<()> {
    let command = |offline: bool| {
        let mut go = Command::new("go");
        go.args(["mod", "download"]).current_dir(root.join("conformance/go"));
        if offline {
            go.env("GOPROXY", "off");
        }
        go
    };
    if shell::capture(&mut command(true)).is_ok() {
        return Ok(());
    }
    if skip_install {
        bail!("not downloaded, and --skip-install was given");
    }
    for _ in 0..ATTEMPTS {
        if shell::stream(&mut command(false))?.success {
            return Ok(());
        }
    }
    bail!("go mod download failed {ATTEMPTS} times")
}
