use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::collection::{Collection, Filter};
use passwright_domain::directory::{PasswordGroupKey, PasswordGroups};
use passwright_domain::ids::PasswordGroupId;
use passwright_storage::directory::password_groups;
use passwright_storage::{StorageError, Tx};

use super::StoredPasswordGroup;
use crate::{Error, Service};

impl Service {
    /// One group.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_password_group(&self, caller: &Caller, id: &str) -> Result<StoredPasswordGroup, Error> {
        let object = format!("password_group:{id}");
        self.require(caller, Action::Administer(Right::ReadPasswordGroups), &object).await?;
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        lookup(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)
    }
}

pub(super) async fn lookup(tx: &mut Tx<'_>, id: &PasswordGroupId) -> Result<Option<StoredPasswordGroup>, StorageError> {
    let one = Collection::<PasswordGroups>::whole().and(Filter::is(PasswordGroupKey::Id, id.as_str()));
    let (mut found, _) = password_groups::page(tx, &one).await?;
    Ok(found.pop())
}
