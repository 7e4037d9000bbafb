use passwright_domain::access::{Action, Caller, Right};

use super::save::{SaveGroup, checked};
use super::{PasswordGroupRequest, StoredPasswordGroup};
use crate::{Error, Service};

impl Service {
    /// Replaces a group.
    ///
    /// # Errors
    /// As for making one, and `NotFound`.
    pub async fn update_password_group(
        &self,
        caller: &Caller,
        id: &str,
        request: PasswordGroupRequest,
    ) -> Result<StoredPasswordGroup, Error> {
        let object = format!("password_group:{id}");
        self.require(caller, Action::Administer(Right::ManagePasswordGroups), &object).await?;
        let group = checked(id.parse().map_err(|_| Error::NotFound)?, request)?;
        let audit = self.changed(caller, "PASSWORD_SYNC_GROUP_UPDATED", object, &group.name);
        let stored = self.store.write(SaveGroup { group, new: false, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(stored)
    }
}
