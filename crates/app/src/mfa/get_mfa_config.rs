use passwright_domain::access::{Action, Caller, Right};

use super::{MfaConfig, MfaMethod, object};
use crate::{Error, Service};

impl Service {
    /// How a provider is reached, with its secrets masked; nothing when it was never set.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_mfa_config(&self, caller: &Caller, method: MfaMethod) -> Result<MfaConfig, Error> {
        self.require(caller, Action::Administer(Right::ReadMfaConfig), &object(method)).await?;
        let provider = self.mfa_provider(method).await?.unwrap_or_default();
        self.masked(method, provider)
    }
}
