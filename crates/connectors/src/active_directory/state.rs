//! Unlocks, enables and disables accounts of Active Directory, and asks for another password with `pwdLastSet` (MS-ADA3 2.175).

use crate::active_directory::ActiveDirectory;
use crate::active_directory::passwords::{ACCOUNT_CONTROL, CHANGED_AT, DISABLED, LOCKED_AT, NEVER_EXPIRES, success};
use crate::ldap::accounts::first;
use crate::ldap::request::{Change, Request};
use crate::{AccountRef, Fault, FaultClass, StateChange};

impl ActiveDirectory {
    /// Changes the state of an account: one modify, after one look for the flags that must stay.
    ///
    /// # Errors
    /// `Permanent` when the account does not exist or the service account may not.
    pub async fn set_state(&self, account: AccountRef<'_>, change: StateChange) -> Result<(), Fault> {
        let dn = self.directory.distinguished_name(account).await?;
        if change == StateChange::Unlock {
            return self.replace(&dn, LOCKED_AT, "0").await;
        }
        let entry = self.directory.read(&dn, &[ACCOUNT_CONTROL]).await?;
        let flags = first(&entry, ACCOUNT_CONTROL).and_then(|text| text.parse::<i64>().ok()).ok_or_else(|| {
            let detail = "userAccountControl is absent or no number";
            Fault::new(FaultClass::Permanent, "the state of the account cannot be read", detail)
        })?;
        if change == StateChange::ExpirePassword {
            // The directory would take it, and ask for nothing.
            if flags & NEVER_EXPIRES != 0 {
                let reason = "the password of this account never expires, so that no other one is asked for";
                return Err(Fault::new(FaultClass::Permanent, reason, "not sent: UF_DONT_EXPIRE_PASSWD is set"));
            }
            return self.replace(&dn, CHANGED_AT, "0").await;
        }
        let wanted = if change == StateChange::Disable { flags | DISABLED } else { flags & !DISABLED };
        if wanted == flags { Ok(()) } else { self.replace(&dn, ACCOUNT_CONTROL, &wanted.to_string()).await }
    }

    async fn replace(&self, dn: &str, name: &'static str, value: &str) -> Result<(), Fault> {
        let changes = [Change::Replace(name, value.as_bytes())];
        success(&self.directory.as_service(&Request::Modify { dn, changes: &changes, control: None }).await?)
    }
}
