//! Virtual environments `conformance/python/.venv-N`, each with exactly what `requirements-N.txt` says. Two of them, because
//! the SDK's old and new majors share one package name; the third holds the mail and SCIM servers that tests start.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

const ATTEMPTS: usize = 3;

/// Checks in Python itself that every pinned line of the file given is what is installed.
const PROBE: &str = "
import sys
from importlib.metadata import version
for line in open(sys.argv[1]):
    name, _, wanted = line.strip().partition('==')
    if name and not name.startswith('#') and version(name) != wanted:
        sys.exit(name + ' is ' + version(name) + ', not ' + wanted)
";

/// The environment's own interpreter.
pub(crate) fn interpreter(root: &Path, number: u8) -> PathBuf {
    folder(root).join(format!(".venv-{number}/bin/python"))
}

pub(super) fn ensure(root: &Path, number: u8, skip_install: bool) -> Result<()> {
    let python = interpreter(root, number);
    let requirements = folder(root).join(format!("requirements-{number}.txt"));
    if is_ready(&python, &requirements).is_ok() {
        return Ok(());
    }
    if skip_install {
        bail!("not installed, and --skip-install was given");
    }
    if shell::capture(Command::new(&python).args(["-m", "pip", "--version"])).is_err() {
        create(&folder(root).join(format!(".venv-{number}")))?;
    }
    for _ in 0..ATTEMPTS {
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        if shell::stream(pip.arg(&requirements))?.success {
            return is_ready(&python, &requirements);
        }
    }
    bail!("pip could not install {} in {ATTEMPTS} attempts", requirements.display())
}

fn create(environment: &Path) -> Result<()> {
    let venv = || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv", "--clear"]).arg(environment);
        shell::stream(&mut command)
    };
    if venv()?.success {
        return Ok(());
    }
    // Debian ships the module apart from the interpreter.
    super::apt::install(&["python3-venv"])?;
    if !venv()?.success {
        bail!("python3 -m venv failed");
    }
    Ok(())
}

fn is_ready(python: &Path, requirements: &Path) -> Result<()> {
    shell::capture(Command::new(python).args(["-c", PROBE]).arg(requirements)).context("not complete").map(|_| ())
}

fn folder(root: &Path) -> PathBuf {
    root.join("conformance/python")
}
