use passwright_domain::access::{Action, Caller, Right};

use super::AuthUser;
use crate::{Error, Service};

impl Service {
    /// A user with its levels; `id` is the identity's.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_auth_user(&self, caller: &Caller, id: &str) -> Result<AuthUser, Error> {
        self.require(caller, Action::Administer(Right::ReadAuthUsers), &format!("identity:{id}")).await?;
        self.auth_user(id).await
    }
}
