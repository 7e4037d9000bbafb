use passwright_domain::access::{Caller, Right};
use passwright_domain::collection::Request;
use passwright_domain::policy::{PasswordPolicies, PasswordPolicy};
use passwright_storage::collection;
use passwright_storage::directory::password_policies;

use super::Users;
use crate::edit::{Listing, wanted};
use crate::{Error, Service};

impl Service {
    /// A part of the policies, by name.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a page, filter or order that is not offered.
    pub async fn list_password_policies(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Listing<PasswordPolicy>, Error> {
        let collection =
            wanted::<PasswordPolicies>(self, caller, Right::ReadPasswordPolicies, "password_policy:all", request)
                .await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let (rows, total) = collection::list(&mut tx, &collection).await?;
        let users = Users::read(&mut tx).await?;
        let policies = rows.into_iter().map(password_policies::read);
        let shown = policies.map(|read| read.map(|(id, policy)| users.shown(&id, policy)));
        Ok(Listing { items: shown.collect::<Result<_, _>>()?, total })
    }
}
