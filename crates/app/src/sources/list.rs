use passwright_domain::access::{Caller, Level, Right};
use passwright_domain::collection::{Filter, Request};
use passwright_domain::directory::{Source, SourceKey, Sources};
use passwright_domain::ids::IdentityId;
use passwright_storage::directory::{identities, sources};

use super::SourceFields;
use super::shown::Facts;
use crate::edit::{Listing, wanted};
use crate::{Error, Fault, Service};

/// Which sources, besides filters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceListing {
    pub include_built_in: bool,
    /// An identity's id, or `me`: those it administers.
    pub for_subadmin: Option<String>,
}

/// Who administers sources: each of them all sources.
const ADMINISTRATORS: [Level; 3] = [Level::OrgAdmin, Level::SourceAdmin, Level::SourceSubadmin];

impl Service {
    /// A part of the sources, by name.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a page, filter or order that is not offered, or `me` of a caller that is no user.
    pub async fn list_sources(
        &self,
        caller: &Caller,
        request: &Request,
        which: &SourceListing,
    ) -> Result<Listing<SourceFields>, Error> {
        let mut collection = wanted::<Sources>(self, caller, Right::ReadSources, "source:all", request).await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        if let Some(id) = &which.for_subadmin {
            let id = subadmin(caller, id)?;
            let identity = identities::lookup(&mut tx, &id).await?;
            if !identity.is_some_and(|identity| ADMINISTRATORS.iter().any(|level| identity.levels.contains(level))) {
                return Ok(Listing { items: Vec::new(), total: request.count.then_some(0) });
            }
        }
        if !which.include_built_in {
            collection = collection.and(Filter::Not(Box::new(Filter::is(SourceKey::Kind, Source::BUILT_IN))));
        }
        let (stored, total) = sources::page(&mut tx, &collection).await?;
        let facts = Facts::read(&mut tx).await?;
        Ok(Listing { items: stored.iter().map(|stored| facts.shown(stored)).collect(), total })
    }
}

fn subadmin(caller: &Caller, given: &str) -> Result<IdentityId, Error> {
    if given == "me" {
        let own = caller.identity_id().cloned();
        return own.ok_or_else(|| Error::bad(Fault::Illegal, "for-subadmin is me, and the caller is no user"));
    }
    given.parse().map_err(|_| Error::bad(Fault::Illegal, "for-subadmin must be me or the id of an identity"))
}
