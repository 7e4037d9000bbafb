use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::json_patch::PatchOperation;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::oauth_clients::apply_patch;
use crate::{Error, Fault, Service};

const OBJECT: &str = "service_provider_config";

/// Sign-in through another identity provider with SAML, which there is none of: always the default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceProviderConfig {
    pub enabled: bool,
    pub bypass_idp: bool,
    pub saml_configuration_valid: bool,
    pub federation_protocol_details: Vec<Value>,
}

impl Service {
    /// How users sign in through another identity provider: not at all.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_service_provider_config(&self, caller: &Caller) -> Result<ServiceProviderConfig, Error> {
        self.require(caller, Action::Administer(Right::ReadAuthOrg), OBJECT).await?;
        Ok(ServiceProviderConfig::default())
    }

    /// Takes a patch that changes nothing, such as `enabled: false`.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a patch that does not apply, and for one that changes anything.
    pub async fn patch_service_provider_config(
        &self,
        caller: &Caller,
        patch: &[PatchOperation],
    ) -> Result<ServiceProviderConfig, Error> {
        self.require(caller, Action::Administer(Right::ManageAuthOrg), OBJECT).await?;
        let before = ServiceProviderConfig::default();
        if apply_patch(&before, patch)? != before {
            let message = "sign-in with SAML is not offered here, so there is nothing to configure";
            return Err(Error::bad(Fault::Semantic, message));
        }
        Ok(before)
    }
}
