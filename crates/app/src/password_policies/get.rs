use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::policy::PasswordPolicy;
use passwright_storage::directory::password_policies;

use super::Users;
use crate::{Error, Service};

impl Service {
    /// One policy.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_password_policy(&self, caller: &Caller, id: &str) -> Result<PasswordPolicy, Error> {
        let object = format!("password_policy:{id}");
        self.require(caller, Action::Administer(Right::ReadPasswordPolicies), &object).await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let all = password_policies::list(&mut tx).await?;
        let found = all.into_iter().find(|(known, _)| known.as_str() == id);
        let (id, policy) = found.ok_or(Error::NotFound)?;
        Ok(Users::read(&mut tx).await?.shown(&id, policy))
    }
}
