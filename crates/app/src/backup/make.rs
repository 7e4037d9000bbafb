use std::fs::File;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_storage::audit::WriteAudit;
use passwright_storage::{Store, copy};
use passwright_vault::backup::{copy_key_file, create_file};

use super::manifest::{DATABASE, EPOCH_KEYS, MANIFEST, Manifest, ROOT_KEY, contents_of};
use super::{BackupFault, BackupReport};
use crate::access::record_id;
use crate::{Clock as _, OsRng, Settings, SystemClock};

/// Copies the installation into `to`, made when absent with mode 0700; the service may run meanwhile. With PostgreSQL
/// only the key files are copied.
///
/// # Errors
/// When `to` is not empty, a key file is missing, or the disk is full. What lies in `to` then has no manifest.
pub async fn make_backup(settings: &Settings, to: &Path, epoch_keys: bool) -> Result<BackupReport, BackupFault> {
    let (clock, rng) = (SystemClock, OsRng);
    prepare(to)?;
    let mut manifest = Manifest::new(&settings.database, crate::passwords::rfc3339(clock.now()));
    // Keys first: later epoch keys follow from earlier ones, so the older file opens what a later database holds.
    manifest.add(ROOT_KEY, copy_key_file(&settings.root_key_file, &to.join(ROOT_KEY))?);
    if epoch_keys {
        manifest.add(EPOCH_KEYS, copy_key_file(&settings.epoch_key_file, &to.join(EPOCH_KEYS))?);
    }
    let database = copy::database_file(&settings.database).map(PathBuf::from);
    if let Some(from) = database.clone() {
        let copied = to.join(DATABASE);
        let target = copied.clone();
        let done = tokio::task::spawn_blocking(move || copy::copy_database(&from, &target)).await;
        done.map_err(|e| BackupFault::io(&copied)(std::io::Error::other(e)))??;
        manifest.add(DATABASE, contents_of(&copied)?);
    }
    create_file(&to.join(MANIFEST), manifest.text().as_bytes())?;
    File::open(to).and_then(|folder| folder.sync_all()).map_err(BackupFault::io(to))?;

    let (at, id) = record_id(&clock, &rng);
    let record = AuditRecord {
        id,
        at,
        actor: "system:backup".to_owned(),
        event: "BACKUP_MADE",
        object: "backup".to_owned(),
        outcome: Outcome::Passed,
        tracking_id: String::new(),
        address: None,
        detail: format!("files={} epoch_keys={epoch_keys}", manifest.files().len()),
    };
    Store::open(&settings.database).await?.write(WriteAudit(record)).await?;
    Ok(BackupReport { files: manifest.files(), with_database: database.is_some(), with_epoch_keys: epoch_keys })
}

fn prepare(to: &Path) -> Result<(), BackupFault> {
    match std::fs::DirBuilder::new().mode(0o700).create(to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let mut entries = std::fs::read_dir(to).map_err(BackupFault::io(to))?;
            if entries.next().is_some() { Err(BackupFault::NotEmpty { path: to.to_owned() }) } else { Ok(()) }
        }
        Err(error) => Err(BackupFault::io(to)(error)),
    }
}
