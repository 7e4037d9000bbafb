use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::ids::PasswordGroupId;

use super::save::{SaveGroup, checked};
use super::{PasswordGroupRequest, StoredPasswordGroup};
use crate::{Error, Service};

impl Service {
    /// Makes a group.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a name that is absent or taken, an unknown policy, no source, or a source that is
    /// unknown, in another group, without the feature `PASSWORD`, or with policy exceptions.
    pub async fn create_password_group(
        &self,
        caller: &Caller,
        request: PasswordGroupRequest,
    ) -> Result<StoredPasswordGroup, Error> {
        self.require(caller, Action::Administer(Right::ManagePasswordGroups), "password_group:new").await?;
        let group = checked(PasswordGroupId::from_random(self.rng.bytes16()), request)?;
        let object = format!("password_group:{}", group.id);
        let audit = self.changed(caller, "PASSWORD_SYNC_GROUP_CREATED", object, &group.name);
        let stored = self.store.write(SaveGroup { group, new: true, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(stored)
    }
}
