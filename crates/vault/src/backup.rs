//! Key files in backups, and the mark that tells the service that its database was restored.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;

use crate::digest::{hex, sha256_hex};
pub use crate::files::FileFault;
use crate::files::{create_private, read_private};

/// A mark of no installation: every database is older than it.
const RESTORED: &[u8] = b"restored 1\n";

/// What a file in a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    pub bytes: u64,
    /// 64 lower-case hex digits.
    pub sha256: String,
}

/// Copies a key file to a new one with mode 0600, synced.
///
/// # Errors
/// When the first is missing or open to others, or the second exists or cannot be written.
pub fn copy_key_file(from: &Path, to: &Path) -> Result<Contents, FileFault> {
    let content = read_private(from)?;
    create_private(to, &content)?;
    Ok(Contents { bytes: content.len() as u64, sha256: sha256_hex(&content) })
}

/// Reads to the end.
///
/// # Errors
/// What reading says.
pub fn contents(mut reader: impl Read) -> io::Result<Contents> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        let read = reader.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        context.update(part);
        bytes += part.len() as u64;
    }
    Ok(Contents { bytes, sha256: hex(context.finish().as_ref()) })
}

/// The mark beside the epoch keys.
#[must_use]
pub fn mark_file(epoch_key_file: &Path) -> PathBuf {
    let mut name = epoch_key_file.as_os_str().to_owned();
    name.push(".mark");
    name.into()
}

/// Makes the mark so that the next start holds every open change of whatever database it finds.
///
/// # Errors
/// When there is a mark already, or the folder cannot be written.
pub fn mark_as_restored(epoch_key_file: &Path) -> Result<(), FileFault> {
    create_private(&mark_file(epoch_key_file), RESTORED)
}

/// Writes a new file with mode 0600, synced.
///
/// # Errors
/// When it exists or cannot be written.
pub fn create_file(path: &Path, content: &[u8]) -> Result<(), FileFault> {
    create_private(path, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_private_whole_and_new() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("root.key"), dir.path().join("copy"));
        create_file(&from, b"abc").unwrap();
        let contents_of = |path: &Path| contents(std::fs::File::open(path).unwrap()).unwrap();
        let copied = copy_key_file(&from, &to).unwrap();
        assert_eq!(copied.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((copied.bytes, &copied), (3, &contents_of(&to)));
        assert!(matches!(copy_key_file(&from, &to), Err(FileFault::Exists { .. })));
        let large = vec![7; 200_000];
        assert_eq!(contents(large.as_slice()).unwrap().sha256, sha256_hex(&large));

        mark_as_restored(&from).unwrap();
        assert!(mark_file(&from).ends_with("root.key.mark"));
        assert!(crate::restore_mark::read(&mark_file(&from)).unwrap().is_some(), "the service understands it");
        assert!(matches!(mark_as_restored(&from), Err(FileFault::Exists { .. })));
    }
}
