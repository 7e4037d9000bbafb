use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::directory::PolicyHolder;
use passwright_domain::ids::PasswordGroupId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{password_groups, sources};
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use crate::edit::{Stop, settled};
use crate::password_policies::Users;
use crate::{Error, Service};

struct DeleteGroup {
    id: PasswordGroupId,
    now: Timestamp,
    audit: AuditRecord,
}

impl DeleteGroup {
    /// The sources keep the policy that was in force on them: the group's becomes their own.
    async fn delete(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let users = Users::read(tx).await?;
        let group = users.groups.iter().find(|group| group.id == self.id).ok_or(Error::NotFound)?;
        password_groups::delete(tx, &self.id).await?;
        if let Some(policy_id) = &group.policy_id {
            for source in users.sources.iter().filter(|source| group.source_ids.contains(&source.id)) {
                let mut source = source.clone();
                source.policy_holders.retain(|holder| holder.selectors.as_ref().is_some_and(|s| !s.is_empty()));
                source.policy_holders.push(PolicyHolder { policy_id: policy_id.clone(), selectors: None });
                sources::upsert(tx, &source, self.now).await?;
            }
        }
        audit::insert(tx, &AuditRecord { detail: group.name.clone(), ..self.audit.clone() }).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(())
    }
}

impl Write for DeleteGroup {
    type Output = Result<(), Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.delete(tx).await)
    }
}

impl Service {
    /// Deletes a group; its policy is assigned to each of its sources.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn delete_password_group(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        let object = format!("password_group:{id}");
        self.require(caller, Action::Administer(Right::ManagePasswordGroups), &object).await?;
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let audit = self.changed(caller, "PASSWORD_SYNC_GROUP_DELETED", object, "");
        self.store.write(DeleteGroup { id, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(())
    }
}
