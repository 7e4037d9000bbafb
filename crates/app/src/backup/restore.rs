use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_storage::audit::WriteAudit;
use passwright_storage::{Store, copy};
use passwright_vault::backup::{copy_key_file, mark_as_restored, mark_file};

use super::manifest::{DATABASE, EPOCH_KEYS, Manifest, ROOT_KEY, with_suffix};
use super::{BackupFault, BackupReport};
use crate::access::record_id;
use crate::{OsRng, Settings, SystemClock};

/// Puts the files of a backup where the settings say. The next start holds every open change; nothing is sent again
/// until an administrator lets it go.
///
/// # Errors
/// When the backup is damaged or of another engine, or anything is there already. Then nothing is left behind.
pub async fn restore_backup(settings: &Settings, from: &Path) -> Result<BackupReport, BackupFault> {
    let (folder, options) = (from.to_owned(), settings.database.clone());
    let verified = tokio::task::spawn_blocking(move || Manifest::verified(&folder, &options)).await;
    let manifest = verified.map_err(|e| BackupFault::io(from)(std::io::Error::other(e)))??;
    let database = copy::database_file(&settings.database).map(PathBuf::from);
    require_empty(settings, database.as_deref())?;

    let mut made = Made(Vec::new());
    made.new_file(&settings.root_key_file, |to| Ok(copy_key_file(&from.join(ROOT_KEY), to).map(drop)?))?;
    let with_epoch_keys = manifest.has(EPOCH_KEYS);
    if with_epoch_keys {
        made.new_file(&settings.epoch_key_file, |to| Ok(copy_key_file(&from.join(EPOCH_KEYS), to).map(drop)?))?;
    }
    // Before the database, so that no start in between finds one without the other.
    made.new_file(&mark_file(&settings.epoch_key_file), |_| Ok(mark_as_restored(&settings.epoch_key_file)?))?;
    if let Some(to) = &database {
        let (from, fresh) = (from.join(DATABASE), with_suffix(to, ".restoring"));
        made.new_file(&fresh, |fresh| copy_private(&from, fresh))?;
        copy::check_copy(&fresh)?;
        std::fs::rename(&fresh, to).map_err(BackupFault::io(to))?;
        made.0.push(to.clone());
        record(settings, &manifest).await?;
    }
    made.0.clear();
    Ok(BackupReport { files: manifest.files(), with_database: database.is_some(), with_epoch_keys })
}

fn require_empty(settings: &Settings, database: Option<&Path>) -> Result<(), BackupFault> {
    let mut places =
        vec![settings.root_key_file.clone(), settings.epoch_key_file.clone(), mark_file(&settings.epoch_key_file)];
    if let Some(database) = database {
        places.extend(["", "-wal", "-shm", "-journal", ".restoring"].map(|suffix| with_suffix(database, suffix)));
    }
    match places.into_iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(BackupFault::Exists { path }),
        None => Ok(()),
    }
}

/// Files made so far; removed again unless all went well.
struct Made(Vec<PathBuf>);

impl Made {
    fn new_file(&mut self, to: &Path, make: impl FnOnce(&Path) -> Result<(), BackupFault>) -> Result<(), BackupFault> {
        make(to)?;
        self.0.push(to.to_owned());
        Ok(())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn copy_private(from: &Path, to: &Path) -> Result<(), BackupFault> {
    let copied = File::open(from).and_then(|mut source| {
        let mut target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
        std::io::copy(&mut source, &mut target)?;
        target.sync_all()
    });
    copied.map_err(|error| {
        let _ = std::fs::remove_file(to);
        BackupFault::io(to)(error)
    })
}

async fn record(settings: &Settings, manifest: &Manifest) -> Result<(), BackupFault> {
    let (at, id) = record_id(&SystemClock, &OsRng);
    let record = AuditRecord {
        id,
        at,
        actor: "system:restore".to_owned(),
        event: "BACKUP_RESTORED",
        object: "backup".to_owned(),
        outcome: Outcome::Passed,
        tracking_id: String::new(),
        address: None,
        detail: format!("files={}", manifest.files().len()),
    };
    Ok(Store::open(&settings.database).await?.write(WriteAudit(record)).await?)
}
