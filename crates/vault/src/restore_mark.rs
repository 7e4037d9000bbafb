//! The key folder's mark, from which an older database is told: a 0600 file beside the epoch keys, so that who restores the
//! one does not restore the other.

use std::path::Path;

use passwright_domain::restore::Mark;

use crate::files::{FileFault, create_private, lock, read_private, replace_private};

/// Why the mark was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum MarkFault {
    #[error(transparent)]
    File(#[from] FileFault),
    #[error("{0} is not a mark file")]
    Malformed(std::path::PathBuf),
}

/// Reads the mark; `None` when there is no file.
///
/// # Errors
/// When the file cannot be read, is readable by others or holds something else.
pub fn read(path: &Path) -> Result<Option<Mark>, MarkFault> {
    match read_private(path) {
        Ok(content) => {
            let mark = std::str::from_utf8(&content).ok().and_then(Mark::parse);
            mark.map(Some).ok_or_else(|| MarkFault::Malformed(path.to_owned()))
        }
        Err(FileFault::Missing { .. }) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// Keeps a mark; a later one of the same installation stays, as processes on one machine share the file.
///
/// # Errors
/// As [`read`], and when the folder cannot be written.
pub fn keep(path: &Path, mark: &Mark) -> Result<(), MarkFault> {
    let _lock = lock(path)?;
    let text = format!("{}\n", mark.text());
    match read(path)? {
        None => create_private(path, text.as_bytes())?,
        Some(known) if known.installation == mark.installation && known.count >= mark.count => {}
        Some(_) => replace_private(path, text.as_bytes())?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(installation: &str, count: i64) -> Mark {
        Mark { installation: installation.to_owned(), count }
    }

    #[test]
    fn the_latest_mark_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("epoch.key.mark");
        assert_eq!(read(&path).unwrap(), None);
        for (kept, expected) in [
            (mark("a", 3), mark("a", 3)),
            (mark("a", 5), mark("a", 5)),
            (mark("a", 4), mark("a", 5)),
            (mark("b", 1), mark("b", 1)),
        ] {
            keep(&path, &kept).unwrap();
            assert_eq!(read(&path).unwrap(), Some(expected));
        }
        std::fs::write(&path, "something else").unwrap();
        assert!(matches!(read(&path), Err(MarkFault::Malformed(_))));
        assert!(keep(&path, &mark("b", 2)).is_err(), "what is not understood is not replaced");
    }
}
