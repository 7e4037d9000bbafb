use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::ApplicationId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::applications;
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use super::get::lookup;
use super::{ShownApplication, StoredApplication, shown};
use crate::{Error, Service};

struct DeleteApplication {
    id: ApplicationId,
    now: Timestamp,
    audit: AuditRecord,
}

impl Write for DeleteApplication {
    type Output = Option<StoredApplication>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        let Some(stored) = lookup(tx, &self.id).await? else { return Ok(None) };
        applications::delete(tx, &self.id).await?;
        let detail = stored.application.name.clone();
        audit::insert(tx, &AuditRecord { detail, ..self.audit.clone() }).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(Some(stored))
    }
}

impl Service {
    /// Deletes an application; gives what it was.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn delete_application(&self, caller: &Caller, id: &str) -> Result<ShownApplication, Error> {
        let object = format!("application:{id}");
        self.require(caller, Action::Administer(Right::ManageApplications), &object).await?;
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let audit = self.changed(caller, "APPLICATION_DELETED", object, "");
        let deleted = self.store.write(DeleteApplication { id, now: self.now(), audit }).await?;
        let deleted = deleted.ok_or(Error::NotFound)?;
        self.recheck_catalog();
        let catalog = self.catalog().await?;
        Ok(shown(deleted, &catalog))
    }
}
