use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::sources;
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use crate::edit::{Stop, settled};
use crate::password_policies::Users;
use crate::{Error, Fault, Service};

struct DeleteSource {
    id: SourceId,
    now: Timestamp,
    audit: AuditRecord,
}

impl DeleteSource {
    async fn delete(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let users = Users::read(tx).await?;
        let source = users.sources.iter().find(|source| source.id == self.id).ok_or(Error::NotFound)?;
        let in_use = |message: String| Stop::from(Error::bad(Fault::InUse, message));
        if source.is_built_in() {
            return Err(in_use("the built-in source cannot be deleted".to_owned()));
        }
        if let Some(group) = users.group_of(source) {
            return Err(in_use(format!("the source is in the password group \"{}\"", group.name)));
        }
        // Accounts carry their changes, open and ended ones.
        let (accounts, applications) = sources::uses(tx, &self.id).await?;
        if accounts > 0 {
            return Err(in_use(format!("the source has accounts ({accounts})")));
        }
        if applications > 0 {
            return Err(in_use(format!("applications use the source ({applications})")));
        }
        sources::delete(tx, &self.id).await?;
        audit::insert(tx, &AuditRecord { detail: source.name.clone(), ..self.audit.clone() }).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(())
    }
}

impl Write for DeleteSource {
    type Output = Result<(), Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.delete(tx).await)
    }
}

impl Service {
    /// Deletes a source that nothing uses, at once. Gives the id of the audit record, which stands for the wire's task.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` for the built-in source and one with accounts, applications or a password group.
    pub async fn delete_source(&self, caller: &Caller, id: &str) -> Result<String, Error> {
        let object = format!("source:{id}");
        self.require(caller, Action::Administer(Right::ManageSources), &object).await?;
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let audit = self.changed(caller, "SOURCE_DELETED", object, "");
        let task = audit.id.clone();
        self.store.write(DeleteSource { id, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(task)
    }
}
