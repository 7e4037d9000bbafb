//! Copies of an SQLite database, for backups.
//!
//! `VACUUM INTO` and not the copying of pages: it is one reading transaction, so it is a state that was committed, it
//! never starts anew because somebody writes, and what was deleted is not in the copy.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::engine::sqlite_path;
use crate::{Options, StorageError};

/// How long the copy waits for another process to let go of the file.
const BUSY: Duration = Duration::from_secs(30);

/// The file of an SQLite database; `None` for PostgreSQL.
#[must_use]
pub fn database_file(options: &Options) -> Option<&Path> {
    sqlite_path(&options.url)
}

/// Writes the database's committed state into a new file with mode 0600, synced, while others read and write. Blocks.
///
/// # Errors
/// When there is no such database, `to` exists, or the disk is full; then `to` is removed again.
pub fn copy_database(from: &Path, to: &Path) -> Result<(), StorageError> {
    // Made before, because SQLite would let others read it.
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(unavailable)?;
    let copied = copy_into(from, to).and_then(|()| file.sync_all().map_err(unavailable));
    if copied.is_err() {
        let _ = std::fs::remove_file(to);
    }
    copied
}

fn copy_into(from: &Path, to: &Path) -> Result<(), StorageError> {
    let connection = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(BUSY)?;
    let to = to.to_str().ok_or_else(|| unavailable(std::io::Error::other("the path of the copy is not UTF-8")))?;
    connection.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}

/// Whether a file is a whole SQLite database. Blocks; reads all of it.
///
/// # Errors
/// When it is not, or cannot be read.
pub fn check_copy(path: &Path) -> Result<(), StorageError> {
    File::open(path).map_err(unavailable)?;
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(unavailable(std::io::Error::other(found))) }
}

fn unavailable(error: std::io::Error) -> StorageError {
    StorageError::Unavailable(error.into())
}
