use passwright_domain::access::{Caller, Right};
use passwright_domain::collection::Request;
use passwright_domain::directory::Identities;
use passwright_storage::directory::identities;

use super::{StoredIdentity, shown};
use crate::edit::{Listing, wanted};
use crate::{Error, Service};

impl Service {
    /// A part of the identities, by alias unless sorters say otherwise.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a filter, order or page that is not offered.
    pub async fn list_identities(&self, caller: &Caller, request: &Request) -> Result<Listing<StoredIdentity>, Error> {
        let collection = wanted::<Identities>(self, caller, Right::ReadIdentities, "identity:all", request).await?;
        let mut reader = self.store.read().await?;
        let (items, total) = identities::page(&mut reader.tx(), &collection).await?;
        Ok(Listing { items: items.into_iter().map(shown).collect(), total })
    }
}
