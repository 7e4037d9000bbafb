use std::time::Duration;

use passwright_domain::access::{Action, Caller, Right};
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

    /// How long a session lasts where nobody has a level: as an administrator wants it, or else by the server's own limits.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_session_limits(&self, caller: &Caller) -> Result<SessionConfig, Error> {
        self.require(caller, Action::Administer(Right::ReadAuthOrg), settings::SESSION_CONFIG).await?;
        let minutes = |limit: Duration| i64::try_from(limit.as_secs() / 60).unwrap_or(i64::MAX);
        let own = &self.settings.sessions;
        Ok(self.session_config().await?.unwrap_or_else(|| SessionConfig {
            max_idle_time: minutes(own.idle),
            max_session_time: minutes(own.longest),
            ..SessionConfig::default()
        }))
    }

    /// How long a session of the pages lasts.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_session_config(&self, caller: &Caller) -> Result<SessionConfig, Error> {
        self.get_kept(caller).await
    }

    /// Sets how long a session lasts. In the pages, for administrators alone.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a number outside its bounds; `Conflict`.
    pub async fn set_session_config(&self, caller: &Caller, config: SessionConfig) -> Result<SessionConfig, Error> {
        self.require(caller, Action::Administer(Right::ManageAuthOrg), SessionConfig::NAME).await?;
        self.change_kept(caller, Change::Set(config)).await
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
