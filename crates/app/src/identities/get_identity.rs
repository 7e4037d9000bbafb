use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::collection::{Collection, Filter};
use passwright_domain::directory::{Identities, IdentityKey};
use passwright_domain::ids::IdentityId;
use passwright_storage::directory::identities;

use super::{StoredIdentity, shown};
use crate::{Error, Service};

impl Service {
    /// One identity.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_identity(&self, caller: &Caller, id: &str) -> Result<StoredIdentity, Error> {
        self.require(caller, Action::Administer(Right::ReadIdentities), &format!("identity:{id}")).await?;
        let id: IdentityId = id.parse().map_err(|_| Error::NotFound)?;
        let one = Collection::<Identities>::whole().and(Filter::is(IdentityKey::Id, id.as_str()));
        let mut reader = self.store.read().await?;
        let (mut found, _) = identities::page(&mut reader.tx(), &one).await?;
        found.pop().map(shown).ok_or(Error::NotFound)
    }
}
