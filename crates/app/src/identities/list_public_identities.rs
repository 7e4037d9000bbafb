use passwright_domain::access::{Action, Caller};
use passwright_domain::collection::{Collection, Filter, Request, Test};
use passwright_domain::directory::{IdentityKey, PublicIdentities};
use passwright_storage::directory::identities;

use super::{StoredIdentity, shown};
use crate::edit::Listing;
use crate::{Error, Service};

impl Service {
    /// A part of the identities, by name unless sorters say otherwise, for any user. `complete`: only those with a family name
    /// and a mail address.
    ///
    /// # Errors
    /// `Forbidden` for an API client; `BadRequest` for a filter, order or page that is not offered.
    pub async fn list_public_identities(
        &self,
        caller: &Caller,
        request: &Request,
        complete: bool,
    ) -> Result<Listing<StoredIdentity>, Error> {
        self.require(caller, Action::ReadPublicIdentities, "identity:all").await?;
        let mut collection = Collection::<PublicIdentities>::parse(request)?;
        if complete {
            let has = |key| Filter::Field(key, Test::Present);
            collection = collection.and(has(IdentityKey::LastName)).and(has(IdentityKey::Email));
        }
        let mut reader = self.store.read().await?;
        let (items, total) = identities::page(&mut reader.tx(), &collection).await?;
        Ok(Listing { items: items.into_iter().map(shown).collect(), total })
    }
}
