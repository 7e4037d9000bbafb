//! Small private files: readable by their owner alone, written so that a crash leaves the old or the new content.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Larger files than these are no key files.
const MAX_LEN: u64 = 64 * 1024;

/// Why a private file was not read or written. Never says what is in it.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    #[error("{path} does not exist")]
    Missing { path: PathBuf },
    #[error("{path} exists already")]
    Exists { path: PathBuf },
    #[error("{path} is not a regular file of at most 64 kibibytes")]
    NotAKeyFile { path: PathBuf },
    /// The remedy is `chmod 600`.
    #[error("{path} has mode {mode:03o}, its group and others must have no access")]
    TooOpen { path: PathBuf, mode: u32 },
    #[error("{path} belongs to user {owner}, neither this process's user nor root")]
    Owner { path: PathBuf, owner: u32 },
    #[error("{path} could not be read or written")]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

fn fault(path: &Path, source: io::Error) -> FileFault {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => FileFault::Missing { path },
        io::ErrorKind::AlreadyExists => FileFault::Exists { path },
        _ => FileFault::Io { path, source },
    }
}

/// Reads a file that its owner alone may access. The checks are made on the opened file, not on its name.
pub(crate) fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileFault> {
    let file = File::open(path).map_err(|source| fault(path, source))?;
    let facts = file.metadata().map_err(|source| fault(path, source))?;
    if !facts.is_file() || facts.len() > MAX_LEN {
        return Err(FileFault::NotAKeyFile { path: path.to_owned() });
    }
    let mode = facts.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(FileFault::TooOpen { path: path.to_owned(), mode });
    }
    let owner = facts.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(FileFault::Owner { path: path.to_owned(), owner });
    }
    // Room for the whole file from the start: a growing buffer would leave unwiped pieces behind.
    let room = usize::try_from(facts.len()).unwrap_or(0) + 1;
    let mut content = Zeroizing::new(Vec::with_capacity(room));
    file.take(MAX_LEN).read_to_end(&mut content).map_err(|source| fault(path, source))?;
    Ok(content)
}

/// Creates a file with mode 0600 and syncs it and its directory.
///
/// # Errors
/// [`FileFault::Exists`] when there is one; nothing is left behind after any other error.
pub(crate) fn create_private(path: &Path, content: &[u8]) -> Result<(), FileFault> {
    let file = new_file(path).map_err(|source| fault(path, source))?;
    let written = fill(file, content).and_then(|()| sync_directory(path));
    written.map_err(|source| {
        let _ = std::fs::remove_file(path);
        fault(path, source)
    })
}

/// Replaces the file's content: new file, sync, rename, sync of the directory. Then overwrites the old content with
/// zeros, as far as the file system lets that reach the same blocks; a failure of that last part is not reported.
///
/// The caller holds [`lock`], so one replacement runs at a time.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> Result<(), FileFault> {
    let old = OpenOptions::new().write(true).open(path).map_err(|source| fault(path, source))?;
    let fresh = beside(path, ".new");
    // Left by a crash in the middle of this function; it was never in use.
    let _ = std::fs::remove_file(&fresh);
    let replaced = new_file(&fresh)
        .and_then(|file| fill(file, content))
        .and_then(|()| std::fs::rename(&fresh, path))
        .and_then(|()| sync_directory(path));
    replaced.map_err(|source| fault(path, source))?;
    let _ = overwrite(old);
    Ok(())
}

/// Holds an exclusive lock for this path against other threads and processes until dropped.
pub(crate) fn lock(path: &Path) -> Result<File, FileFault> {
    let name = beside(path, ".lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&name)
        .map_err(|source| fault(&name, source))?;
    file.lock().map_err(|source| fault(&name, source))?;
    Ok(file)
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn fill(mut file: File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.sync_all()
}

fn overwrite(mut old: File) -> io::Result<()> {
    let len = usize::try_from(old.metadata()?.len().min(MAX_LEN)).unwrap_or(0);
    old.write_all(&vec![0; len])?;
    old.sync_data()
}

fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, read, set_permissions};
    use std::io::{Seek as _, SeekFrom};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_are_private_and_exclusive() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        assert!(matches!(read_private(&path), Err(FileFault::Missing { .. })));
        create_private(&path, b"one").unwrap();
        assert!(matches!(create_private(&path, b"two"), Err(FileFault::Exists { .. })));
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(&read_private(&path).unwrap()[..], b"one");
        assert!(matches!(read_private(dir.path()), Err(FileFault::NotAKeyFile { .. })));

        for mode in [0o640, 0o604, 0o660, 0o610, 0o601] {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(matches!(read_private(&path), Err(FileFault::TooOpen { mode: seen, .. }) if seen == mode));
        }
        set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        assert_eq!(&read_private(&path).unwrap()[..], b"one");
    }

    #[test]
    fn a_replacement_wipes_the_old_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        create_private(&path, b"old secret").unwrap();
        let mut old = File::open(&path).unwrap();
        // Left by an earlier crash.
        std::fs::write(beside(&path, ".new"), b"junk").unwrap();

        replace_private(&path, b"new").unwrap();
        assert_eq!(read(&path).unwrap(), b"new");
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        assert!(!beside(&path, ".new").exists());
        let mut content = Vec::new();
        old.seek(SeekFrom::Start(0)).unwrap();
        old.read_to_end(&mut content).unwrap();
        assert_eq!(content, [0; 10]);
    }

    #[test]
    fn the_lock_excludes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let held = lock(&path).unwrap();
        let other = OpenOptions::new().write(true).open(beside(&path, ".lock")).unwrap();
        assert!(other.try_lock().is_err());
        drop(held);
        other.try_lock().unwrap();
    }
}
