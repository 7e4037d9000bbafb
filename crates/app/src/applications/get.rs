use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::collection::{Collection, Filter};
use passwright_domain::directory::{ApplicationKey, Applications};
use passwright_domain::ids::ApplicationId;
use passwright_storage::directory::applications;
use passwright_storage::{StorageError, Tx};

use super::{ShownApplication, StoredApplication, shown};
use crate::{Error, Service};

impl Service {
    /// One application, also one that is switched off.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_application(&self, caller: &Caller, id: &str) -> Result<ShownApplication, Error> {
        self.require(caller, Action::Administer(Right::ReadApplications), &format!("application:{id}")).await?;
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let catalog = self.catalog().await?;
        let mut reader = self.store.read().await?;
        let found = lookup(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)?;
        Ok(shown(found, &catalog))
    }
}

pub(super) async fn lookup(tx: &mut Tx<'_>, id: &ApplicationId) -> Result<Option<StoredApplication>, StorageError> {
    let one = Collection::<Applications>::whole().and(Filter::is(ApplicationKey::Id, id.as_str()));
    let (mut found, _) = applications::page(tx, &one).await?;
    Ok(found.pop())
}
