//! Unlocks accounts of a standard LDAP directory; enables and disables them where the server knows `nsAccountLock`; asks for another
//! password with `pwdReset` of draft-behera-ldap-password-policy-10 section 5.3.

use crate::ldap::Ldap;
use crate::ldap::accounts::first;
use crate::ldap::passwords::{DISABLED, LOCKED_AT, POLICY, RESET, success};
use crate::ldap::request::{Change, Request};
use crate::{AccountRef, Fault, FaultClass, StateChange};

impl Ldap {
    /// Changes the state of an account in one modify; one that is in the state already stays as it is.
    ///
    /// # Errors
    /// `Permanent` when the account does not exist, or the server has no such state.
    pub async fn set_state(&self, account: AccountRef<'_>, change: StateChange) -> Result<(), Fault> {
        let dn = self.directory.distinguished_name(account).await?;
        let changes = [match change {
            StateChange::Unlock => Change::Clear(LOCKED_AT),
            StateChange::Enable => Change::Clear(DISABLED),
            StateChange::Disable => Change::Replace(DISABLED, b"TRUE"),
            StateChange::ExpirePassword => {
                self.must_ask_for_another(&dn).await?;
                Change::Replace(RESET, b"TRUE")
            }
        }];
        success(&self.directory.as_service(&Request::Modify { dn: &dn, changes: &changes, control: None }).await?)
    }

    /// Without `pwdMustChange` in the account's policy the directory keeps `pwdReset` and asks nobody for anything.
    async fn must_ask_for_another(&self, dn: &str) -> Result<(), Fault> {
        let entry = self.directory.read(dn, &[POLICY]).await?;
        match self.rules(first(&entry, POLICY)).await.must_change {
            Some(false) => Err(Fault::new(
                FaultClass::Permanent,
                "the password policy of this directory does not ask for another password",
                "not sent: pwdMustChange of the policy is not TRUE",
            )),
            Some(true) | None => Ok(()),
        }
    }
}
