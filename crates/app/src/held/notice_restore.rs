//! Compares the marks of database and key folder, and moves both on.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use passwright_domain::audit::Outcome;
use passwright_storage::audit;
use passwright_storage::changes::{AdvanceMark, CancelHeld, held_changes};
use passwright_vault::restore_mark;

use super::MOST;
use crate::{Error, Service};

/// The longest a password may wait, held or not.
const LONGEST: Duration = Duration::from_secs(72 * 3600);
/// What a change says that nobody let go in time.
const TOO_LATE: &str = "it was held after the database was restored, and not released within 72 hours";

impl Service {
    /// Holds every open change when the database is older than the key folder's mark. Call it before the worker runs.
    ///
    /// # Errors
    /// When the database does not answer, or the mark beside the epoch keys cannot be read or written.
    pub async fn notice_restore(&self) -> Result<(), Error> {
        let file = self.mark_file();
        let fault = |e: restore_mark::MarkFault| Error::Internal(format!("restore mark: {e}"));
        let folder = restore_mark::read(&file).map_err(fault)?;
        let audit = self.audit_record(
            "system:restore".to_owned(),
            "PASSWORD_CHANGES_HELD",
            "change:all",
            Outcome::Passed,
            "",
            "the database is older than the key folder's mark; held:",
        );
        let advance = AdvanceMark {
            folder,
            new_installation: format!("{:032x}", u128::from_be_bytes(self.rng.bytes16())),
            now: self.clock.now(),
            audit,
        };
        let advanced = self.store.write(advance).await?;
        self.order_base.store(advanced.mark.order_base(), Ordering::Relaxed);
        restore_mark::keep(&file, &advanced.mark).map_err(fault)?;
        if let Some(held) = advanced.held {
            tracing::error!(
                changes = held,
                "the database is an older copy: its open password changes are held until an administrator releases them"
            );
        }
        Ok(())
    }

    /// The same where something was done since the last call; and gives up what was held too long.
    pub(crate) async fn watch_for_restore(&self, last_done: &mut Option<String>) -> Result<(), Error> {
        let mut reader = self.store.read().await?;
        let latest = audit::latest(&mut reader.tx()).await?;
        let held = held_changes(&mut reader.tx(), MOST).await?;
        drop(reader);
        if latest != *last_done {
            self.notice_restore().await?;
            *last_done = latest;
        }
        let now = self.clock.now();
        for (change_id, accepted_at) in held {
            if now.since(accepted_at) > LONGEST {
                let object = format!("change:{change_id}");
                let actor = "system:restore".to_owned();
                let audit =
                    self.audit_record(actor, "HELD_PASSWORD_CHANGE_CANCELLED", object, Outcome::Passed, "", TOO_LATE);
                self.store.write(CancelHeld { change_id, reason: TOO_LATE.to_owned(), now, audit }).await?;
            }
        }
        Ok(())
    }

    fn mark_file(&self) -> PathBuf {
        let mut name = self.settings.epoch_key_file.clone().into_os_string();
        name.push(".mark");
        name.into()
    }
}
