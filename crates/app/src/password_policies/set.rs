use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::ids::PolicyId;
use passwright_domain::policy::PasswordPolicy;

use super::save::{SavePolicy, checked};
use crate::{Error, Service};

impl Service {
    /// Replaces a policy. The default policy stays the default until another one is marked.
    ///
    /// # Errors
    /// As for creating one, and `NotFound`.
    pub async fn set_password_policy(
        &self,
        caller: &Caller,
        id: &str,
        policy: PasswordPolicy,
    ) -> Result<PasswordPolicy, Error> {
        let object = format!("password_policy:{id}");
        self.require(caller, Action::Administer(Right::WritePasswordPolicies), &object).await?;
        let id = id.parse::<PolicyId>().map_err(|_| Error::NotFound)?;
        let policy = checked(policy)?;
        let audit = self.changed(caller, "PASSWORD_POLICY_UPDATED", object, &policy.name);
        let saved = self.store.write(SavePolicy { id, new: false, policy, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(saved)
    }
}
