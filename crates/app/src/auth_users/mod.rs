//! Users of this service with their levels.

mod get_auth_user;
mod patch_auth_user;

use passwright_domain::directory::Identity;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{identities, sign_in_passwords};

use crate::{Error, Service};

/// A user as the sign-in knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthUser {
    pub tenant: String,
    pub identity: Identity,
    /// When its own sign-in password was set; `None` without one.
    pub password_changed_at: Option<Timestamp>,
}

impl Service {
    async fn auth_user(&self, id: &str) -> Result<AuthUser, Error> {
        let id: IdentityId = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let identity = identities::lookup(&mut tx, &id).await?.ok_or(Error::NotFound)?;
        let password_changed_at = sign_in_passwords::lookup(&mut tx, &id).await?.map(|(_, at)| at);
        Ok(AuthUser { tenant: self.settings.org.clone(), identity, password_changed_at })
    }
}
