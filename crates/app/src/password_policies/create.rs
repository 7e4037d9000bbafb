use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::ids::PolicyId;
use passwright_domain::policy::PasswordPolicy;

use super::save::{SavePolicy, checked};
use crate::{Error, Service};

impl Service {
    /// Makes a policy. With `default_policy` it becomes the default in the place of the one before.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a name that is absent or taken, or rules no password can satisfy.
    pub async fn create_password_policy(
        &self,
        caller: &Caller,
        policy: PasswordPolicy,
    ) -> Result<PasswordPolicy, Error> {
        self.require(caller, Action::Administer(Right::WritePasswordPolicies), "password_policy:new").await?;
        let policy = checked(policy)?;
        let id = PolicyId::from_random(self.rng.bytes16());
        let audit = self.changed(caller, "PASSWORD_POLICY_CREATED", format!("password_policy:{id}"), &policy.name);
        let saved = self.store.write(SavePolicy { id, new: true, policy, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(saved)
    }
}
