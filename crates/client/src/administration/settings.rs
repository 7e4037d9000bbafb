//! Settings of the organisation: passwords, sign-in.

use passwright_wire::auth_org::{LockoutConfiguration, NetworkConfiguration, SessionConfiguration};
use passwright_wire::{JsonPatchOperation, PasswordOrgConfig};
use reqwest::Method;

use crate::client::Client;
use crate::error::ClientError;

const ORG_CONFIG: &str = "password-org-config";
const AUTH_ORG: &str = "auth-org";

impl Client {
    /// Gets the password settings.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn get_password_org_config(&self) -> Result<PasswordOrgConfig, ClientError> {
        self.got("get_password_org_config", self.resource(ORG_CONFIG, None, "")?).await
    }

    /// Changes the password settings; what is absent keeps its value.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 400 for a value outside its bounds.
    pub async fn put_password_org_config(&self, config: &PasswordOrgConfig) -> Result<PasswordOrgConfig, ClientError> {
        self.sent("put_password_org_config", Method::PUT, self.resource(ORG_CONFIG, None, "")?, config).await
    }

    /// Gets when a name is locked after failed sign-ins.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `beta`.
    pub async fn get_lockout_config(&self) -> Result<LockoutConfiguration, ClientError> {
        const OPERATION: &str = "get_lockout_config";
        self.wants(OPERATION, self.family.has_auth_org())?;
        self.got(OPERATION, self.resource(AUTH_ORG, None, "/lockout-config")?).await
    }

    /// Changes when a name is locked after failed sign-ins.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `beta`; [`ClientError::Api`] with status 400 for a value that is not allowed.
    pub async fn patch_lockout_config(
        &self,
        steps: &[JsonPatchOperation],
    ) -> Result<LockoutConfiguration, ClientError> {
        const OPERATION: &str = "patch_lockout_config";
        self.wants(OPERATION, self.family.has_auth_org())?;
        self.sent(OPERATION, Method::PATCH, self.resource(AUTH_ORG, None, "/lockout-config")?, &steps).await
    }

    /// Gets how long a session lasts.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `beta`.
    pub async fn get_session_config(&self) -> Result<SessionConfiguration, ClientError> {
        const OPERATION: &str = "get_session_config";
        self.wants(OPERATION, self.family.has_auth_org())?;
        self.got(OPERATION, self.resource(AUTH_ORG, None, "/session-config")?).await
    }

    /// Changes how long a session lasts.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `beta`; [`ClientError::Api`] with status 400 for a value that is not allowed.
    pub async fn patch_session_config(
        &self,
        steps: &[JsonPatchOperation],
    ) -> Result<SessionConfiguration, ClientError> {
        const OPERATION: &str = "patch_session_config";
        self.wants(OPERATION, self.family.has_auth_org())?;
        self.sent(OPERATION, Method::PATCH, self.resource(AUTH_ORG, None, "/session-config")?, &steps).await
    }

    /// Gets which networks are the organisation's own.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `beta`.
    pub async fn get_network_config(&self) -> Result<NetworkConfiguration, ClientError> {
        const OPERATION: &str = "get_network_config";
        self.wants(OPERATION, self.family.has_auth_org())?;
        self.got(OPERATION, self.resource(AUTH_ORG, None, "/network-config")?).await
    }

    /// Changes which networks are the organisation's own.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `beta`; [`ClientError::Api`] with status 400 for a value that is not allowed.
    pub async fn patch_network_config(
        &self,
        steps: &[JsonPatchOperation],
    ) -> Result<NetworkConfiguration, ClientError> {
        const OPERATION: &str = "patch_network_config";
        self.wants(OPERATION, self.family.has_auth_org())?;
        self.sent(OPERATION, Method::PATCH, self.resource(AUTH_ORG, None, "/network-config")?, &steps).await
    }
}
