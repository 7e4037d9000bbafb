//! What is in a backup.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use passwright_storage::{Options, copy};
use passwright_vault::backup::{Contents, contents};
use serde::{Deserialize, Serialize};

use super::BackupFault;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const ROOT_KEY: &str = "root.key";
pub(super) const EPOCH_KEYS: &str = "epoch.key";
pub(super) const DATABASE: &str = "database.sqlite3";

const FORMAT: u32 = 1;
/// In bytes.
const MOST: u64 = 64 * 1024;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: u32,
    /// The version of the program that made it.
    program: String,
    /// `sqlite` or `postgresql`.
    engine: String,
    /// RFC 3339.
    made_at: String,
    files: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    bytes: u64,
    sha256: String,
}

impl Manifest {
    pub(super) fn new(database: &Options, made_at: String) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            engine: engine(database).to_owned(),
            made_at,
            files: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &str, contents: Contents) {
        self.files.push(Entry { name: name.to_owned(), bytes: contents.bytes, sha256: contents.sha256 });
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.files.iter().any(|entry| entry.name == name)
    }

    pub(super) fn files(&self) -> Vec<(String, u64)> {
        self.files.iter().map(|entry| (entry.name.clone(), entry.bytes)).collect()
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the manifest of a folder and compares every file with it.
    pub(super) fn verified(folder: &Path, database: &Options) -> Result<Self, BackupFault> {
        let path = folder.join(MANIFEST);
        let wrong = |why: String| BackupFault::Manifest { path: path.clone(), why };
        let mut text = String::new();
        let file = File::open(&path).map_err(BackupFault::io(&path))?;
        file.take(MOST).read_to_string(&mut text).map_err(BackupFault::io(&path))?;
        let manifest: Self = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        if manifest.format != FORMAT {
            return Err(wrong(format!("format {} is not known", manifest.format)));
        }
        for (at, entry) in manifest.files.iter().enumerate() {
            let known = [ROOT_KEY, EPOCH_KEYS, DATABASE].contains(&entry.name.as_str());
            let twice = manifest.files.iter().skip(at + 1).any(|other| other.name == entry.name);
            if !known || twice {
                return Err(wrong(format!("the file {:?} does not belong there", entry.name)));
            }
        }
        let configured = engine(database);
        if manifest.engine != configured {
            return Err(BackupFault::Engine { found: manifest.engine, configured });
        }
        let complete = manifest.has(ROOT_KEY) && manifest.has(DATABASE) == (configured == "sqlite");
        if !complete {
            return Err(wrong("a file is not listed".to_owned()));
        }
        for entry in &manifest.files {
            let path = folder.join(&entry.name);
            let found = contents_of(&path)?;
            if found.bytes != entry.bytes || found.sha256 != entry.sha256 {
                return Err(BackupFault::Damaged { path });
            }
        }
        Ok(manifest)
    }
}

pub(super) fn contents_of(path: &Path) -> Result<Contents, BackupFault> {
    File::open(path).and_then(contents).map_err(BackupFault::io(path))
}

fn engine(database: &Options) -> &'static str {
    if copy::database_file(database).is_some() { "sqlite" } else { "postgresql" }
}

/// A path with something behind its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
