//! The data file: one line per batch of changed users, `crc32 SPACE json`.
//!
//! A batch is synced before the next is written, so at most the last line can be torn by a crash; it is cut off when the file is
//! opened. A bad line before a good one is damage and refuses the start. Opening also rewrites the file with one line per user.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::dn::Dn;
use crate::user::User;

const FILE_NAME: &str = "directory.log";
const LOCK_NAME: &str = "lock";
/// A file above this size is rewritten when most of it is old. Bytes.
const REWRITE_ABOVE: u64 = 64 << 20;

pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    length: u64,
    rewrite_at: u64,
    /// Held as long as the journal: two writers on one file would tear each other's lines.
    _lock: File,
}

impl Journal {
    /// Opens the data of a folder and returns its users. Fails when another process has it open or the file is damaged.
    pub(crate) fn open(dir: &Path) -> anyhow::Result<(Self, BTreeMap<Dn, User>)> {
        let lock = private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(dir.join(LOCK_NAME))
            .context("cannot open the lock file")?;
        lock.try_lock().with_context(|| format!("{} is in use by another directory", dir.display()))?;
        let path = dir.join(FILE_NAME);
        let users = match fs::read(&path) {
            Ok(bytes) => read(&bytes).with_context(|| format!("cannot read {}", path.display()))?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(e) => return Err(e).with_context(|| format!("cannot read {}", path.display())),
        };
        let (file, length) = rewrite(&path, users.values()).context("cannot rewrite the data file")?;
        let rewrite_at = REWRITE_ABOVE.max(length * 4);
        Ok((Self { path, file, length, rewrite_at, _lock: lock }, users))
    }

    /// Appends one batch and syncs it. After an error the journal must not be used again: what the disk holds is unknown.
    pub(crate) fn append(&mut self, users: &[User]) -> io::Result<()> {
        let line = line(users)?;
        self.file.write_all(&line)?;
        self.file.sync_data()?;
        self.length += line.len() as u64;
        Ok(())
    }

    /// Rewrites a file that has grown large, with the users it stands for.
    pub(crate) fn compact_if_large(&mut self, users: &BTreeMap<Dn, User>) -> io::Result<()> {
        if self.length < self.rewrite_at {
            return Ok(());
        }
        (self.file, self.length) = rewrite(&self.path, users.values())?;
        self.rewrite_at = REWRITE_ABOVE.max(self.length * 4);
        Ok(())
    }
}

/// Options for files that only the owner may read.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Writes a new file beside the old one and puts it in its place; open for appending when it returns.
fn rewrite<'a>(path: &Path, users: impl Iterator<Item = &'a User>) -> io::Result<(File, u64)> {
    let mut bytes = Vec::new();
    for user in users {
        bytes.extend(line(std::slice::from_ref(user))?);
    }
    let temporary = path.with_extension("new");
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = private(OpenOptions::new().append(true).create_new(true)).open(&temporary)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), sync_dir)?;
    Ok((file, bytes.len() as u64))
}

fn line(users: &[User]) -> io::Result<Vec<u8>> {
    let json = serde_json::to_string(users)?;
    Ok(format!("{:08x} {json}\n", crc32(json.as_bytes())).into_bytes())
}

fn read(bytes: &[u8]) -> anyhow::Result<BTreeMap<Dn, User>> {
    let mut users = BTreeMap::new();
    let mut torn_at = None;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        match (batch(line), torn_at) {
            (None, _) => torn_at = torn_at.or(Some(number + 1)),
            (Some(_), Some(at)) => bail!("line {at} is damaged and good lines follow"),
            (Some(batch), None) => {
                for user in batch {
                    let dn = Dn::parse(&user.dn).with_context(|| format!("line {} holds a bad name", number + 1))?;
                    users.insert(dn, user);
                }
            }
        }
    }
    if let Some(line) = torn_at {
        tracing::warn!(line, "the data file ended in an unfinished record, which was dropped");
    }
    Ok(users)
}

/// The users of one line; `None` when the line is not whole.
fn batch(line: &[u8]) -> Option<Vec<User>> {
    let (sum, json) = line.strip_suffix(b"\n")?.split_at_checked(9)?;
    let sum = std::str::from_utf8(sum).ok()?.strip_suffix(' ')?;
    (sum == format!("{:08x}", crc32(json))).then_some(())?;
    serde_json::from_slice(json).ok()
}

/// CRC-32 of ISO-HDLC (the one of zip and Ethernet).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::NORMAL_ACCOUNT;

    fn user(name: &str, hash: &str) -> User {
        User {
            dn: format!("CN={name},DC=acme"),
            guid: uuid::Uuid::new_v4(),
            sam_account_name: name.to_owned(),
            user_principal_name: format!("{name}@acme"),
            display_name: None,
            mail: None,
            given_name: None,
            sn: None,
            account_control: NORMAL_ACCOUNT,
            account_expires: 0,
            pwd_last_set: 1,
            lockout_time: 0,
            bad_pwd_count: 0,
            bad_password_time: 0,
            hash: hash.to_owned(),
            history: Vec::new(),
        }
    }

    fn hashes(users: &BTreeMap<Dn, User>) -> Vec<&str> {
        users.values().map(|user| user.hash.as_str()).collect()
    }

    #[test]
    fn the_checksum_is_the_standard_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn every_torn_length_of_the_last_batch_keeps_all_before_it() {
        let (first, second) = (line(&[user("a", "1")]).unwrap(), line(&[user("a", "2"), user("b", "2")]).unwrap());
        for cut in 0..second.len() {
            let bytes = [first.as_slice(), &second[..cut]].concat();
            assert_eq!(hashes(&read(&bytes).unwrap()), ["1"], "cut at {cut}");
        }
        assert_eq!(hashes(&read(&[first, second].concat()).unwrap()), ["2", "2"]);
    }

    #[test]
    fn a_flipped_bit_in_the_middle_refuses_the_start() {
        let mut bytes = [line(&[user("a", "1")]).unwrap(), line(&[user("b", "1")]).unwrap()].concat();
        bytes[20] ^= 1;
        assert!(read(&bytes).is_err());
    }

    #[test]
    fn opening_keeps_the_newest_and_shrinks_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, users) = Journal::open(dir.path()).unwrap();
        assert!(users.is_empty());
        for n in 0..100 {
            journal.append(&[user("a", &n.to_string())]).unwrap();
        }
        assert!(Journal::open(dir.path()).is_err(), "the lock must hold");
        let before = fs::metadata(dir.path().join(FILE_NAME)).unwrap().len();
        drop(journal);
        let (_, users) = Journal::open(dir.path()).unwrap();
        assert_eq!(hashes(&users), ["99"]);
        let after = fs::metadata(dir.path().join(FILE_NAME)).unwrap().len();
        assert!(after * 50 < before, "{after} of {before}");
    }

    #[test]
    fn a_large_file_is_rewritten_while_open() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, mut users) = Journal::open(dir.path()).unwrap();
        journal.rewrite_at = 10_000;
        for n in 0..100 {
            let changed = user("a", &n.to_string());
            users.insert(Dn::parse(&changed.dn).unwrap(), changed.clone());
            journal.append(&[changed]).unwrap();
            journal.compact_if_large(&users).unwrap();
            journal.rewrite_at = 10_000;
        }
        assert!(journal.length < 11_000, "{}", journal.length);
        drop(journal);
        assert_eq!(hashes(&Journal::open(dir.path()).unwrap().1), ["99"]);
    }
}
