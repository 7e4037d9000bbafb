//! Identities, their levels, and what everybody may know of them.

use passwright_wire::JsonPatchOperation;
use passwright_wire::auth_user::AuthUser;
use passwright_wire::identity::{Identity, PublicIdentity};
use reqwest::Method;

use super::ListQuery;
use crate::client::Client;
use crate::error::ClientError;

const IDENTITIES: &str = "identities";

impl Client {
    /// Lists identities.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `v3`.
    pub async fn list_identities(&self, query: &ListQuery) -> Result<Vec<Identity>, ClientError> {
        const OPERATION: &str = "list_identities";
        self.wants(OPERATION, self.family.has_identities())?;
        self.listed(OPERATION, self.resource(IDENTITIES, None, "")?, query.parameters()).await
    }

    /// Gets an identity.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `v3`; [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_identity(&self, id: &str) -> Result<Identity, ClientError> {
        const OPERATION: &str = "get_identity";
        self.wants(OPERATION, self.family.has_identities())?;
        self.got(OPERATION, self.resource(IDENTITIES, Some(id), "")?).await
    }

    /// Lists what everybody may know of identities.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `beta`.
    pub async fn list_public_identities(&self, query: &ListQuery) -> Result<Vec<PublicIdentity>, ClientError> {
        const OPERATION: &str = "list_public_identities";
        self.wants(OPERATION, self.family.has_public_identities())?;
        self.listed(OPERATION, self.resource("public-identities", None, "")?, query.parameters()).await
    }

    /// Gets an identity as the sign-in knows it, with its levels.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `beta`; [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_auth_user(&self, id: &str) -> Result<AuthUser, ClientError> {
        const OPERATION: &str = "get_auth_user";
        self.wants(OPERATION, self.family.has_auth_org())?;
        self.got(OPERATION, self.resource("auth-users", Some(id), "")?).await
    }

    /// Gives and takes levels: `/capabilities`.
    ///
    /// # Errors
    /// As [`get_auth_user`](Self::get_auth_user); 400 for another path or an unknown level.
    pub async fn patch_auth_user(&self, id: &str, steps: &[JsonPatchOperation]) -> Result<AuthUser, ClientError> {
        const OPERATION: &str = "patch_auth_user";
        self.wants(OPERATION, self.family.has_auth_org())?;
        self.sent(OPERATION, Method::PATCH, self.resource("auth-users", Some(id), "")?, &steps).await
    }
}
