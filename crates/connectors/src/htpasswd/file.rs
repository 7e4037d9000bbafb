//! Reads the file and replaces it as a whole. All of it blocks; callers run it on the blocking threads.
//!
//! Writers agree by a lock on `<file>.lock`, which stays in place (removing it would let two writers hold two locks).
//! Tools that know no lock are met by a last look at the file before it is replaced. What is kept: path, links, mode,
//! owner and group. What is not: access control lists and extended attributes.

use std::fs::{File, Metadata, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{Gid, OFlags, Uid};
use zeroize::Zeroizing;

use super::lines;
use crate::fault_table::Listed;
use crate::{Fault, FaultClass};

/// A larger file is no file of this kind.
const MAX_BYTES: u64 = 64 << 20;
/// How long to wait for another writer, and how long between two looks.
const LOCK_WAIT: Duration = Duration::from_secs(4);
const LOCK_PAUSE: Duration = Duration::from_millis(5);
/// How often to start again when a tool without lock changes the file meanwhile.
const MAX_ATTEMPTS: usize = 5;

/// The file's bytes, and what it was when they were read.
pub(super) struct Snapshot {
    pub(super) text: Zeroizing<Vec<u8>>,
    metadata: Metadata,
}

pub(super) fn read(path: &Path) -> Result<Snapshot, Fault> {
    let failed = |error: io::Error| fault_of(path, &error);
    // Without waiting, should a named pipe stand there.
    let mut file = OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK)).open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        let reason = "the password file of this source is not a file, or far too large";
        return Err(Fault::new(FaultClass::Configuration, reason, at(path, "not a regular file of at most 64 MiB")));
    }
    let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1));
    file.read_to_end(&mut text).map_err(failed)?;
    Ok(Snapshot { text, metadata })
}

/// Fails when this process could not replace the file.
pub(super) fn writable(path: &Path) -> Result<(), Fault> {
    let target = resolve(path)?;
    rustix::fs::access(folder_of(&target), rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
        .map_err(|error| fault_of(&target, &error.into()))
}

/// Puts `hash` on the user's line and makes it durable.
pub(super) fn replace(path: &Path, user: &str, hash: &str) -> Result<(), Fault> {
    let target = resolve(path)?;
    let _lock = lock(&target)?;
    for _ in 0..MAX_ATTEMPTS {
        let old = read(&target)?;
        let new = lines::with_hash(&old.text, user, hash).map(Zeroizing::new).ok_or_else(no_such_user)?;
        if put(&target, &old.metadata, &new)? {
            return Ok(());
        }
    }
    let reason = "another program keeps changing the password file of this source";
    Err(Fault::new(FaultClass::Transient, reason, at(&target, "changed between reading and replacing")))
}

pub(super) fn no_such_user() -> Fault {
    Fault::new(FaultClass::Permanent, "the account does not exist at the source", "htpasswd: no line of this user")
}

/// The file behind all links: two links to one file share one lock, and the links stay.
fn resolve(path: &Path) -> Result<PathBuf, Fault> {
    path.canonicalize().map_err(|error| fault_of(path, &error))
}

fn folder_of(target: &Path) -> &Path {
    target.parent().unwrap_or(target)
}

/// Holds the lock as long as the file lives; the kernel frees it when the process ends.
fn lock(target: &Path) -> Result<File, Fault> {
    let mut path = target.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags(OFlags::NOFOLLOW))
        .open(&path)
        .map_err(|error| fault_of(&path, &error))?;
    let until = Instant::now() + LOCK_WAIT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(fault_of(&path, &error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                let reason = "another program holds the password file of this source";
                return Err(Fault::new(FaultClass::Transient, reason, at(&path, "locked for four seconds")));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
        }
    }
}

/// Replaces the file by the new text; `false` when it is no longer the one that was read.
fn put(target: &Path, old: &Metadata, text: &[u8]) -> Result<bool, Fault> {
    let failed = |error: io::Error| fault_of(target, &error);
    let folder = folder_of(target);
    let mut new = tempfile::Builder::new().prefix(".passwright-").tempfile_in(folder).map_err(failed)?;
    new.write_all(text).map_err(failed)?;
    keep_owner(new.as_file(), target, old)?;
    // After the owner, because a change of owner clears mode bits.
    new.as_file().set_permissions(Permissions::from_mode(old.mode() & 0o7777)).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    if !is_same(old, &target.metadata().map_err(failed)?) {
        return Ok(false);
    }
    new.persist(target).map_err(|error| failed(error.error))?;
    // The file is in place; without this a crash could still bring the old one back.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(error).after_sending())?;
    Ok(true)
}

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

fn is_same(old: &Metadata, now: &Metadata) -> bool {
    let print =
        |of: &Metadata| (of.dev(), of.ino(), of.len(), of.mtime(), of.mtime_nsec(), of.ctime(), of.ctime_nsec());
    print(old) == print(now)
}

/// Gives the new file the owner and group of the old one, as far as this process may.
fn keep_owner(new: &File, target: &Path, old: &Metadata) -> Result<(), Fault> {
    let failed = |error: io::Error| fault_of(target, &error);
    let (owner, group) = (Uid::from_raw(old.uid()), Gid::from_raw(old.gid()));
    if rustix::fs::fchown(new, Some(owner), Some(group)).is_err() {
        // Only the superuser gives files away; a member may still set the group.
        let _ = rustix::fs::fchown(new, None, Some(group));
    }
    let now = new.metadata().map_err(failed)?;
    if shuts_out(old.mode(), now.uid() == old.uid(), now.gid() == old.gid()) {
        let reason = "the service has no right to keep the owner and group of the password file of this source";
        return Err(Fault::new(FaultClass::Configuration, reason, at(target, "its readers would lose their access")));
    }
    Ok(())
}

/// Whether a file of this mode would be closed to someone who could read it before.
fn shuts_out(mode: u32, owner_kept: bool, group_kept: bool) -> bool {
    if mode & 0o004 != 0 {
        return false;
    }
    let open_to_group = mode & 0o040 != 0;
    let owner_reads = owner_kept || (group_kept && open_to_group);
    let group_reads = group_kept || !open_to_group;
    !owner_reads || !group_reads
}

/// Kind of error, class, and the sentence for a person.
const TABLE: [(io::ErrorKind, FaultClass, &str); 5] = [
    (io::ErrorKind::NotFound, FaultClass::Configuration, "the password file of this source does not exist"),
    (io::ErrorKind::PermissionDenied, FaultClass::Configuration, NO_RIGHT),
    (io::ErrorKind::ReadOnlyFilesystem, FaultClass::Configuration, NO_RIGHT),
    (io::ErrorKind::StorageFull, FaultClass::Transient, "the disk of this source is full"),
    (io::ErrorKind::QuotaExceeded, FaultClass::Transient, "the disk of this source is full"),
];

const NO_RIGHT: &str = "the service has no right to change the password file of this source";

fn fault_of(path: &Path, error: &io::Error) -> Fault {
    let other = (FaultClass::Transient, "the password file of this source cannot be reached");
    let (class, reason) = TABLE.iter().find(|row| row.0 == error.kind()).map_or(other, |row| (row.1, row.2));
    Fault::new(class, reason, at(path, &error.to_string()))
}

/// Each row as it is judged, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let listed =
        |kind: io::ErrorKind, name: String| Listed::new("htpasswd", name, fault_of(Path::new(""), &kind.into()));
    let known = TABLE.iter().map(|(kind, ..)| listed(*kind, format!("{kind:?}")));
    known.chain([listed(io::ErrorKind::Other, "any other error".to_owned())]).collect()
}

fn at(path: &Path, detail: &str) -> String {
    format!("htpasswd {}: {detail}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_would_be_shut_out() {
        let check = |mode, owner_kept, group_kept, expected| {
            assert_eq!(shuts_out(mode, owner_kept, group_kept), expected, "{mode:o} {owner_kept} {group_kept}");
        };
        check(0o600, true, true, false);
        check(0o600, true, false, false);
        check(0o600, false, true, true);
        check(0o600, false, false, true);
        check(0o640, true, true, false);
        check(0o640, true, false, true);
        check(0o640, false, true, false);
        check(0o640, false, false, true);
        check(0o644, false, false, false);
    }

    #[test]
    fn a_file_changed_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users");
        std::fs::write(&path, "abby:old\n").unwrap();
        let old = read(&path).unwrap();
        std::fs::write(&path, "abby:old\nbob:new\n").unwrap();
        assert!(!put(&path, &old.metadata, b"abby:NEW\n").unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"abby:old\nbob:new\n");
        let old = read(&path).unwrap();
        assert!(put(&path, &old.metadata, b"abby:NEW\n").unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"abby:NEW\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
    }
}
