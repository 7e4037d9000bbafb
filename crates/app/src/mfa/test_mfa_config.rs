use std::time::Duration;

use passwright_connectors::Credential;
use passwright_connectors::notify::provider::ProviderRequest;
use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::Outcome;
use passwright_domain::mfa::MfaProvider;
use passwright_storage::audit::WriteAudit;
use passwright_vault::client_assertion::hs512_assertion;
use serde_json::json;

use super::secrets::{ACCESS_KEY, SECRET_KEY};
use super::{MfaMethod, method, object};
use crate::{Error, Service};

/// How long an assertion can be used.
const ASSERTION_LIFE: Duration = Duration::from_secs(300);

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
        let host = provider.host.ok_or_else(missing)?;
        let request = match method {
            MfaMethod::OktaVerify => {
                let sealed = provider.sealed_access_key.ok_or_else(missing)?;
                let key = self.open_mfa(method, ACCESS_KEY, &sealed)?;
                ProviderRequest::Okta { api_token: Credential::new(key.expose().to_owned()) }
            }
            MfaMethod::DuoWeb => {
                let client_id = provider.integration_key.ok_or_else(missing)?;
                let sealed = provider.sealed_secret_key.ok_or_else(missing)?;
                let now = self.now();
                let claims = json!({
                    "iss": client_id,
                    "sub": client_id,
                    "aud": ProviderRequest::duo_audience(&host),
                    "iat": now.seconds(),
                    "exp": (now + ASSERTION_LIFE).seconds(),
                    "jti": self.tracking_id(),
                });
                let assertion = hs512_assertion(&self.open_mfa(method, SECRET_KEY, &sealed)?, &claims.to_string());
                ProviderRequest::Duo { client_id, assertion: Credential::new(assertion.expose().to_owned()) }
            }
        };
        Ok(self.outbound.webhooks.check_provider(&host, &request).await.err())
    }
}
