use passwright_connectors::Credential;
use passwright_connectors::notify::provider::ProviderRequest;
use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::Outcome;
use passwright_domain::mfa::MfaProvider;
use passwright_storage::audit::WriteAudit;

use super::secrets::ACCESS_KEY;
use super::{MfaMethod, method, object};
use crate::{Error, Service};

impl Service {
    /// Connects to a provider over TLS and asks whether it takes our key. `None`: it does; otherwise why not.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for another name than `okta-verify` and `duo-web`. A provider that does not answer is an
    /// outcome, not an error.
    pub async fn test_mfa_config(&self, caller: &Caller, name: &str) -> Result<Option<String>, Error> {
        self.require(caller, Action::Administer(Right::ReadMfaConfig), "mfa").await?;
        let method = method(name)?;
        let provider = self.mfa_provider(method).await?;
        let fault = match provider {
            None => Some("the method is not configured".to_owned()),
            Some(provider) if !provider.enabled => Some("MFA Method is disabled.".to_owned()),
            Some(provider) => self.ask_provider(method, provider).await?,
        };
        let (outcome, detail) = match &fault {
            None => (Outcome::Passed, ""),
            Some(why) => (Outcome::Failed, why.as_str()),
        };
        let trace = &caller.tracking_id;
        let audit =
            self.audit_record(caller.actor(), "MFA_CONFIGURATION_TESTED", object(method), outcome, trace, detail);
        self.store.write(WriteAudit(audit)).await?;
        Ok(fault)
    }

    async fn ask_provider(&self, method: MfaMethod, provider: MfaProvider) -> Result<Option<String>, Error> {
        let missing = || Error::Internal(format!("{} is enabled and incomplete", method.as_str()));
        let request = match method {
            MfaMethod::OktaVerify => {
                let sealed = provider.sealed_access_key.as_deref().ok_or_else(missing)?;
                let key = self.open_mfa(method, ACCESS_KEY, sealed)?;
                ProviderRequest::Okta { api_token: Credential::new(key.expose().to_owned()) }
            }
            MfaMethod::DuoWeb => self.duo_check(&provider)?,
        };
        let host = provider.host.ok_or_else(missing)?;
        Ok(self.outbound.webhooks.check_provider(&host, &request).await.err())
    }
}
