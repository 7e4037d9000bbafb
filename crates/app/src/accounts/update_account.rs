use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::{AccountId, IdentityId};
use passwright_domain::json_patch::PatchOperation;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{account_states, identities};
use passwright_storage::{StorageError, Tx, Write, audit};
use serde::{Deserialize, Serialize};

use crate::edit::{Stop, settled};
use crate::oauth_clients::apply_patch;
use crate::{Error, Fault, Service};

/// What can be changed of an account; the names are the wire's, as a JSON Patch sees them.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fields {
    identity_id: Option<String>,
}

/// Says whose an account is.
struct LinkAccount {
    id: AccountId,
    identity_id: IdentityId,
    now: Timestamp,
    audit: AuditRecord,
}

impl LinkAccount {
    async fn link(&self, tx: &mut Tx<'_>) -> Result<(), Stop> {
        if identities::lookup(tx, &self.identity_id).await?.is_none() {
            return Err(Error::bad(Fault::UnknownReference, "identityId does not name an identity").into());
        }
        if !account_states::link(tx, &self.id, &self.identity_id, self.now).await? {
            return Err(Error::Conflict("a password change of the account is under way".to_owned()).into());
        }
        audit::insert(tx, &self.audit).await?;
        Ok(())
    }
}

impl Write for LinkAccount {
    type Output = Result<(), Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.link(tx).await)
    }
}

impl Service {
    /// Says whose an account is; nothing else of an account can be changed here. Gives the id of the audit record.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` for a patch that does not apply, changes anything else or names no identity, and for
    /// a sign-in to this service, which is its identity's for good; `Conflict` while a password change of the account is under way.
    pub async fn update_account(&self, caller: &Caller, id: &str, patch: &[PatchOperation]) -> Result<String, Error> {
        let object = format!("account:{id}");
        self.require(caller, Action::Administer(Right::ManageAccounts), &object).await?;
        let account = self.stored_account(id).await?;
        let before = Fields { identity_id: account.owner.map(|(id, _)| id.into()) };
        let wanted = apply_patch(&before, patch)?.identity_id;
        let wanted = wanted.ok_or_else(|| Error::bad(Fault::Missing, "identityId is required"))?;
        let unknown = || Error::bad(Fault::UnknownReference, "identityId does not name an identity");
        let identity_id: IdentityId = wanted.parse().map_err(|_| unknown())?;
        let catalog = self.catalog().await?;
        if catalog.source(&account.source_id).is_some_and(|known| known.source.is_built_in()) {
            let message = "the account is the sign-in to this service of its identity, and stays so";
            return Err(Error::bad(Fault::Semantic, message));
        }
        let audit = self.changed(caller, "ACCOUNT_CORRELATED", object, &format!("identity:{identity_id}"));
        let task = audit.id.clone();
        self.store.write(LinkAccount { id: account.id, identity_id, now: self.now(), audit }).await??;
        Ok(task)
    }
}
