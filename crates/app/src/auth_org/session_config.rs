use passwright_domain::access::{Caller, Right};
use passwright_domain::auth_org::SessionConfig;
use passwright_domain::json_patch::PatchOperation;
use passwright_storage::settings;

use super::kept::{Change, Kept};
use crate::{Error, Service};

impl Kept for SessionConfig {
    const NAME: &'static str = settings::SESSION_CONFIG;
    const CHANGED: &'static str = "SESSION_CONFIGURATION_UPDATED";
    const CHANGE: Right = Right::ManageSignIn;

    fn faults(&self) -> Vec<String> {
        self.faults()
    }
}

impl Service {
    /// How long a session of the pages lasts, for the pages themselves; `None` when no administrator has set it: then the service's own
    /// configuration counts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_config(&self) -> Result<Option<SessionConfig>, Error> {
        self.kept_if_set().await
    }

    /// How long a session of the pages lasts.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_session_config(&self, caller: &Caller) -> Result<SessionConfig, Error> {
        self.get_kept(caller).await
    }

    /// Changes how long a session lasts.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a patch that does not apply or a number outside its bounds; `Conflict`.
    pub async fn patch_session_config(
        &self,
        caller: &Caller,
        patch: Vec<PatchOperation>,
    ) -> Result<SessionConfig, Error> {
        self.change_kept(caller, Change::Patch(patch)).await
    }
}
