//! What cargo says about this workspace (`cargo metadata`): packages, their dependencies, the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::report;
use crate::shell;

/// The platform whose build the rules on dependencies are about.
pub(crate) const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The folder of the workspace: the parent of this crate's own folder.
///
/// # Errors
/// When it is no longer where it was built.
pub(crate) fn root() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    std::fs::canonicalize(root).with_context(|| format!("no workspace at {}", root.display()))
}

pub(crate) fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root);
    if report::is_ci() {
        // What the compiler keeps for a next edit and for a debugger takes time and space, and here nobody has a use for it;
        // a panic tells its line all the same.
        command.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "none");
    }
    command
}

pub(crate) struct Workspace {
    metadata: Value,
}

/// How one package needs another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Build,
    Dev,
}

impl Workspace {
    /// # Errors
    /// When cargo cannot read the workspace.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let arguments = ["metadata", "--format-version", "1", "--filter-platform", PLATFORM];
        let text = shell::capture(&mut cargo(root, &arguments))?;
        Ok(Self { metadata: serde_json::from_str(&text).context("cargo metadata is not JSON")? })
    }

    #[cfg(test)]
    pub(crate) fn from_json(metadata: Value) -> Self {
        Self { metadata }
    }

    pub(crate) fn target_folder(&self) -> PathBuf {
        PathBuf::from(text(&self.metadata, "target_directory"))
    }

    /// The packages of the repository itself.
    pub(crate) fn members(&self) -> Vec<Package<'_>> {
        let ids = self.metadata["workspace_members"].as_array().map_or(&[][..], Vec::as_slice);
        self.packages().into_iter().filter(|package| ids.contains(&package.0["id"])).collect()
    }

    /// The packages that come from elsewhere.
    pub(crate) fn foreign(&self) -> Vec<Package<'_>> {
        self.packages().into_iter().filter(|package| package.source().is_some()).collect()
    }

    fn packages(&self) -> Vec<Package<'_>> {
        self.metadata["packages"].as_array().into_iter().flatten().map(Package).collect()
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Package<'a>(&'a Value);

impl<'a> Package<'a> {
    pub(crate) fn name(self) -> &'a str {
        text(self.0, "name")
    }

    pub(crate) fn version(self) -> &'a str {
        text(self.0, "version")
    }

    pub(crate) fn licence(self) -> Option<&'a str> {
        self.0["license"].as_str()
    }

    pub(crate) fn source(self) -> Option<&'a str> {
        self.0["source"].as_str()
    }

    pub(crate) fn manifest(self) -> &'a Path {
        Path::new(text(self.0, "manifest_path"))
    }

    /// Direct dependencies, by name, for every target.
    pub(crate) fn dependencies(self) -> Vec<(&'a str, Kind)> {
        let kind = |dependency: &Value| match dependency["kind"].as_str() {
            Some("dev") => Kind::Dev,
            Some("build") => Kind::Build,
            _ => Kind::Normal,
        };
        let all = self.0["dependencies"].as_array().into_iter().flatten();
        all.map(|dependency| (text(dependency, "name"), kind(dependency))).collect()
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
