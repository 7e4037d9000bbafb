//! Unlocks accounts of a standard LDAP directory; enables and disables them where the server knows `nsAccountLock`.

use crate::ldap::Ldap;
use crate::ldap::passwords::{DISABLED, LOCKED_AT, success};
use crate::ldap::request::{Change, Request};
use crate::{AccountRef, Fault, StateChange};

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
        }];
        success(&self.directory.as_service(&Request::Modify { dn: &dn, changes: &changes, control: None }).await?)
    }
}
