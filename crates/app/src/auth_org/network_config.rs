use std::net::IpAddr;

use passwright_domain::access::{Caller, Right};
use passwright_domain::auth_org::NetworkConfig;
use passwright_domain::json_patch::PatchOperation;
use passwright_domain::policy::PasswordPolicy;
use passwright_storage::settings;

use super::kept::{Change, Kept};
use crate::{Error, Service};

impl Kept for NetworkConfig {
    const NAME: &'static str = settings::NETWORK_CONFIG;
    const CHANGED: &'static str = "NETWORK_CONFIGURATION_UPDATED";
    const CHANGE: Right = Right::ManageAuthOrg;

    fn faults(&self) -> Vec<String> {
        self.faults()
    }
}

impl Service {
    /// Whether a change under a policy needs strong authentication of a user who comes from this address.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn wants_strong_authentication(
        &self,
        policy: &PasswordPolicy,
        address: Option<IpAddr>,
    ) -> Result<bool, Error> {
        let networks: NetworkConfig = self.kept().await?;
        Ok(policy.wants_strong_authentication(networks.contains(address)))
    }

    /// Which networks are the organisation's own.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_network_config(&self, caller: &Caller) -> Result<NetworkConfig, Error> {
        self.get_kept(caller).await
    }

    /// Sets which networks are the organisation's own.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for what is no network, and for countries, which are not known here; `Conflict`.
    pub async fn create_network_config(&self, caller: &Caller, config: NetworkConfig) -> Result<NetworkConfig, Error> {
        self.change_kept(caller, Change::Set(config)).await
    }

    /// Changes which networks are the organisation's own.
    ///
    /// # Errors
    /// As for setting them; `BadRequest` for a patch that does not apply.
    pub async fn patch_network_config(
        &self,
        caller: &Caller,
        patch: Vec<PatchOperation>,
    ) -> Result<NetworkConfig, Error> {
        self.change_kept(caller, Change::Patch(patch)).await
    }
}
