//! Providers of a further factor: how they are reached, and whether they answer. Their secrets are kept sealed and shown
//! masked.

mod delete_mfa_config;
mod get_mfa_config;
mod secrets;
mod set_mfa_config;
mod test_mfa_config;

pub(crate) use secrets::{ACCESS_KEY, SECRET_KEY};

pub use passwright_domain::mfa::MfaMethod;
use passwright_domain::mfa::MfaProvider;
use passwright_storage::{Tx, settings};

use crate::edit::Stop;
use crate::{Error, Fault, Service};

/// A provider as it is wanted, with secrets, or as it is shown, with masks.
#[derive(Clone, Default)]
pub struct MfaConfig {
    pub enabled: bool,
    pub host: Option<String>,
    pub identity_attribute: Option<String>,
    /// In a request: absent, or as it was shown, when it is to stay.
    pub access_key: Option<String>,
    /// Duo's `ikey`.
    pub integration_key: Option<String>,
    /// Duo's `skey`; as `access_key`.
    pub secret_key: Option<String>,
}

/// The method that a path names.
fn method(name: &str) -> Result<MfaMethod, Error> {
    MfaMethod::named(name).ok_or_else(|| Error::bad(Fault::Illegal, "the method must be okta-verify or duo-web"))
}

/// Its name in the audit.
fn object(method: MfaMethod) -> String {
    format!("mfa:{}", method.as_str())
}

/// Its name among the settings.
fn setting(method: MfaMethod) -> &'static str {
    match method {
        MfaMethod::OktaVerify => settings::MFA_OKTA_VERIFY,
        MfaMethod::DuoWeb => settings::MFA_DUO_WEB,
    }
}

/// What is kept of a method; `None` when it was never set.
async fn stored(tx: &mut Tx<'_>, method: MfaMethod) -> Result<Option<MfaProvider>, Stop> {
    match settings::lookup(tx, setting(method)).await? {
        Some(json) => {
            let provider = serde_json::from_str(&json).map_err(|e| Error::Internal(format!("mfa: {e}")))?;
            Ok(Some(provider))
        }
        None => Ok(None),
    }
}

impl Service {
    pub(crate) async fn mfa_provider(&self, method: MfaMethod) -> Result<Option<MfaProvider>, Error> {
        let mut reader = self.store.read().await?;
        crate::edit::settled(stored(&mut reader.tx(), method).await)?
    }

    /// A provider with its secrets masked.
    fn masked(&self, method: MfaMethod, provider: MfaProvider) -> Result<MfaConfig, Error> {
        Ok(MfaConfig {
            enabled: provider.enabled,
            host: provider.host,
            identity_attribute: provider.identity_attribute,
            access_key: self.mask_of(method, ACCESS_KEY, provider.sealed_access_key.as_deref())?,
            integration_key: provider.integration_key,
            secret_key: self.mask_of(method, SECRET_KEY, provider.sealed_secret_key.as_deref())?,
        })
    }
}
