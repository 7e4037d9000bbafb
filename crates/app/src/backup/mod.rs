//! Backups: a folder with a copy of the database, the key files and a manifest, and the way back.
//!
//! Invariants: a backup without a manifest is not finished; nothing is restored over something; a restored installation
//! sends nothing by itself, because its mark says that every database is older.

mod make;
mod manifest;
mod restore;

use std::path::PathBuf;

use passwright_storage::StorageError;
use passwright_vault::backup::FileFault;

pub use make::make_backup;
pub use restore::restore_backup;

/// What a backup holds, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// Names and sizes in bytes.
    pub files: Vec<(String, u64)>,
    /// False with PostgreSQL, whose own tools copy the database.
    pub with_database: bool,
    pub with_epoch_keys: bool,
}

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    #[error("{path} is not empty")]
    NotEmpty { path: PathBuf },
    #[error("{path} exists: a backup is restored into an empty place only")]
    Exists { path: PathBuf },
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{path} is not the manifest of a backup: {why}")]
    Manifest { path: PathBuf, why: String },
    #[error("{path} is not what the manifest says; the backup is damaged or incomplete")]
    Damaged { path: PathBuf },
    #[error("the backup is of {found}, the settings name {configured}")]
    Engine { found: String, configured: &'static str },
    #[error(transparent)]
    File(#[from] FileFault),
    #[error("database: {0}")]
    Storage(#[from] StorageError),
}

impl BackupFault {
    fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }
}
