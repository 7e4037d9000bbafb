use passwright_domain::access::{Caller, Right};
use passwright_domain::collection::Request;
use passwright_domain::directory::PasswordGroups;
use passwright_storage::directory::password_groups;

use super::StoredPasswordGroup;
use crate::edit::{Listing, wanted};
use crate::{Error, Service};

impl Service {
    /// A part of the groups, by name.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a page, filter or order that is not offered.
    pub async fn list_password_groups(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Listing<StoredPasswordGroup>, Error> {
        let collection =
            wanted::<PasswordGroups>(self, caller, Right::ReadPasswordGroups, "password_group:all", request).await?;
        let mut reader = self.store.read().await?;
        let (items, total) = password_groups::page(&mut reader.tx(), &collection).await?;
        Ok(Listing { items, total })
    }
}
