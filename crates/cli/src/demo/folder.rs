//! The folder: its user's alone, absolute, and surely a demo's.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::state;
use crate::exit::Failure;

const SECRETS: &str = "secrets";
const LOCK: &str = "demo.lock";

pub(super) struct Folder {
    path: PathBuf,
    /// Held as long as the demo runs; the kernel frees it when the process ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder, or takes an empty one or a demo's. Files that this process makes from here on are its user's alone.
    pub(super) fn open(dir: &Path) -> Result<Self, Failure> {
        // Also for files that databases make by themselves.
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        let failed = |e: io::Error| Failure::run(&format!("folder {}", dir.display()), &e);
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed)?;
        let path = dir.canonicalize().map_err(failed)?;
        let refused = |why: &str| Err(Failure::Usage(format!("--dir {}: {why}", dir.display())));
        let Some(text) = path.to_str() else { return refused("the path is not UTF-8") };
        // They mean something else in the address of a database.
        if text.contains(['?', '#', '%']) || text.chars().any(char::is_control) {
            return refused("the path has one of ? # % or a control character");
        }
        if !path.join(state::FILE).exists() {
            for entry in path.read_dir().map_err(failed)? {
                let name = entry.map_err(failed)?.file_name();
                // What a first start leaves that was ended early.
                if name != LOCK && name != SECRETS && name != OsStr::new(&format!("{}.new", state::FILE)) {
                    return refused("holds other files and is no folder of a demo; name a new one");
                }
            }
        }
        std::fs::set_permissions(&path, Permissions::from_mode(0o700)).map_err(failed)?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path.join(LOCK));
        let lock = lock.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::Run(format!("--dir {}: another demo runs there", dir.display())));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        DirBuilder::new().recursive(true).mode(0o700).create(path.join(SECRETS)).map_err(failed)?;
        Ok(Self { path, _lock: lock })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The absolute path as text; checked to be UTF-8.
    pub(super) fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// Replaces a file at once: readers see the old or the new text.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.path(name);
        let fresh = self.path(&format!("{name}.new"));
        let write = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&fresh, &path)
        };
        write().map_err(|e: io::Error| Failure::run(&format!("cannot write {}", path.display()), &e))
    }

    pub(super) fn read(&self, name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
        match std::fs::read_to_string(self.path(name)) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::run(&format!("cannot read {}", self.path(name).display()), &error)),
        }
    }

    /// The name of a secret's file as the set-up document writes it, relative to the folder.
    pub(super) fn secret_name(file: &str) -> String {
        format!("{SECRETS}/{file}")
    }

    /// A secret of one line; made the first time.
    pub(super) fn secret(&self, file: &str, make: fn() -> String) -> Result<Zeroizing<String>, Failure> {
        let name = Self::secret_name(file);
        if let Some(text) = self.read(&name)? {
            return Ok(Zeroizing::new(text.trim_end().to_owned()));
        }
        let secret = Zeroizing::new(make());
        self.write(&name, &format!("{}\n", secret.as_str()))?;
        Ok(secret)
    }
}

/// 64 hex digits, as client secrets have on the wire.
pub(super) fn client_secret() -> String {
    let half = || format!("{:032x}", u128::from_be_bytes(passwright_vault::random::random_16()));
    half() + &half()
}

/// A password that the demo's policy and systems accept: letters, digits and dashes.
pub(super) fn password() -> String {
    let random = u128::from_be_bytes(passwright_vault::random::random_16());
    format!("Demo-{:010x}-{:010x}-1", random >> 88, (random >> 40) & 0xff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn someone_elses_folder_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        std::fs::write(parent.path().join("thesis.txt"), "mine").unwrap();
        let mode = || parent.path().metadata().unwrap().permissions().mode();
        std::fs::set_permissions(parent.path(), Permissions::from_mode(0o755)).unwrap();
        let before = mode();
        assert!(matches!(Folder::open(parent.path()), Err(Failure::Usage(why)) if why.contains("no folder of a demo")));
        assert_eq!(mode(), before);
        assert!(matches!(Folder::open(&parent.path().join("a?b")), Err(Failure::Usage(_))));
        assert!(matches!(Folder::open(&parent.path().join("thesis.txt")), Err(Failure::Run(_))));
    }

    #[test]
    fn secrets_are_made_once_and_private() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open(&parent.path().join("demo")).unwrap();
        let secret = folder.secret("x", client_secret).unwrap();
        assert_eq!((secret.len(), &*folder.secret("x", client_secret).unwrap()), (64, &*secret));
        let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.path("secrets/x")), mode(folder.path("secrets"))), (0o600, 0o700));
        let again = Folder::open(&parent.path().join("demo"));
        assert!(matches!(again, Err(Failure::Run(why)) if why.contains("another demo runs there")));
        let (one, other) = (password(), password());
        assert!(one.len() == 28 && one != other, "{} characters", one.len());
    }
}
