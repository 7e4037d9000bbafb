use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::auth_org::LockoutConfig;
use passwright_domain::json_patch::PatchOperation;
use passwright_storage::settings;

use super::kept::{Change, Kept};
use crate::{Error, Service};

impl Kept for LockoutConfig {
    const NAME: &'static str = settings::LOCKOUT_CONFIG;
    const CHANGED: &'static str = "LOCKOUT_CONFIGURATION_UPDATED";
    const CHANGE: Right = Right::ManageSignIn;

    fn faults(&self) -> Vec<String> {
        self.faults()
    }
}

impl Service {
    /// When a name is locked after failed sign-ins, for the sign-in itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lockout_config(&self) -> Result<LockoutConfig, Error> {
        self.kept().await
    }

    /// When a name is locked after failed sign-ins.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_lockout_config(&self, caller: &Caller) -> Result<LockoutConfig, Error> {
        self.get_kept(caller).await
    }

    /// Sets when a name is locked: from the next attempt on. In the pages, for administrators alone.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a number outside its bounds; `Conflict`.
    pub async fn set_lockout_config(&self, caller: &Caller, config: LockoutConfig) -> Result<LockoutConfig, Error> {
        self.require(caller, Action::Administer(Right::ManageAuthOrg), LockoutConfig::NAME).await?;
        self.change_kept(caller, Change::Set(config)).await
    }

    /// Changes when a name is locked: from the next attempt on. A lock that holds already ends as it was told.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a patch that does not apply or a number outside its bounds; `Conflict`.
    pub async fn patch_lockout_config(
        &self,
        caller: &Caller,
        patch: Vec<PatchOperation>,
    ) -> Result<LockoutConfig, Error> {
        self.change_kept(caller, Change::Patch(patch)).await
    }
}
