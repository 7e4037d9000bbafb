use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::mfa::MfaProvider;
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use super::{MfaConfig, MfaMethod, method, object, setting, stored};
use crate::edit::{Stop, settled};
use crate::{Error, Service};

/// Gives what there was; no record when there was nothing.
struct DeleteProvider {
    method: MfaMethod,
    audit: AuditRecord,
}

impl DeleteProvider {
    async fn delete(&self, tx: &mut Tx<'_>) -> Result<MfaProvider, Stop> {
        let Some(provider) = stored(tx, self.method).await? else { return Ok(MfaProvider::default()) };
        settings::delete(tx, setting(self.method)).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(provider)
    }
}

impl Write for DeleteProvider {
    type Output = Result<MfaProvider, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.delete(tx).await)
    }
}

impl Service {
    /// Forgets a provider and its secrets; gives the method with what was kept of it, masked.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for another name than `okta-verify` and `duo-web`.
    pub async fn delete_mfa_config(&self, caller: &Caller, name: &str) -> Result<(MfaMethod, MfaConfig), Error> {
        self.require(caller, Action::Administer(Right::ManageMfaConfig), "mfa").await?;
        let method = method(name)?;
        let audit = self.changed(caller, "MFA_CONFIGURATION_DELETED", object(method), "");
        let provider = self.store.write(DeleteProvider { method, audit }).await??;
        Ok((method, self.masked(method, provider)?))
    }
}
