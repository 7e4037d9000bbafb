use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::PolicyId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::password_policies;
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use super::Users;
use crate::edit::{Stop, settled};
use crate::{Error, Fault, Service};

struct DeletePolicy {
    id: PolicyId,
    now: Timestamp,
    audit: AuditRecord,
}

impl DeletePolicy {
    async fn delete(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        let stored = password_policies::list(tx).await?;
        let (_, policy) = stored.iter().find(|(id, _)| *id == self.id).ok_or(Error::NotFound)?;
        if policy.default_policy {
            let message = "the default password policy cannot be deleted; mark another one first";
            return Err(Error::bad(Fault::InUse, message).into());
        }
        if let Some(user) = Users::read(tx).await?.user_of(&self.id) {
            return Err(Error::bad(Fault::InUse, format!("the password policy is used by {user}")).into());
        }
        password_policies::delete(tx, &self.id).await?;
        audit::insert(tx, &AuditRecord { detail: policy.name.clone(), ..self.audit.clone() }).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(())
    }
}

impl Write for DeletePolicy {
    type Output = Result<(), Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.delete(tx).await)
    }
}

impl Service {
    /// Deletes a policy.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` for the default policy and one that a source or a group uses.
    pub async fn delete_password_policy(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        let object = format!("password_policy:{id}");
        self.require(caller, Action::Administer(Right::WritePasswordPolicies), &object).await?;
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let audit = self.changed(caller, "PASSWORD_POLICY_DELETED", object, "");
        self.store.write(DeletePolicy { id, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(())
    }
}
