use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::collection::{Collection, Filter, Operator, Request, Test, Value};
use passwright_domain::directory::{ApplicationKey, Applications, UserApplicationKey, UserApplications};
use passwright_storage::directory::{applications, user_applications};

use super::{ShownApplication, shown};
use crate::edit::{Listing, wanted};
use crate::{Error, Service};

impl Service {
    /// A part of the applications that are switched on, by name unless sorters say otherwise.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a filter, order or page that is not offered.
    pub async fn list_applications(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Listing<ShownApplication>, Error> {
        let all = wanted::<Applications>(self, caller, Right::ReadApplications, "application:all", request).await?;
        let on = Test::Compare(Operator::Eq, Value::Boolean(true));
        self.page_of_applications(&all.and(Filter::Field(ApplicationKey::Enabled, on))).await
    }

    /// A part of all applications.
    ///
    /// # Errors
    /// As [`list_applications`](Self::list_applications).
    pub async fn list_all_applications(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Listing<ShownApplication>, Error> {
        let all = wanted::<Applications>(self, caller, Right::ListAllApplications, "application:all", request).await?;
        self.page_of_applications(&all).await
    }

    /// A part of the applications that the caller has.
    ///
    /// # Errors
    /// As [`list_applications`](Self::list_applications); `Forbidden` for an API client.
    pub async fn list_assigned_applications(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Listing<ShownApplication>, Error> {
        self.require(caller, Action::ReadOwnApplications, "application:own").await?;
        let all = Collection::<Applications>::parse(request)?;
        let own = caller.identity_id().map(|id| Filter::is(UserApplicationKey::OwnerId, id.as_str()));
        let own = own.ok_or(Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let own = Collection::<UserApplications>::whole().and(own);
        let (own, _) = user_applications::page(&mut reader.tx(), &own).await?;
        drop(reader);
        if own.is_empty() {
            return Ok(Listing { items: Vec::new(), total: all.page.count.then_some(0) });
        }
        let ids = own.into_iter().map(|own| Value::Text(own.application.0.into())).collect();
        self.page_of_applications(&all.and(Filter::Field(ApplicationKey::Id, Test::In(ids)))).await
    }

    async fn page_of_applications(
        &self,
        wanted: &Collection<Applications>,
    ) -> Result<Listing<ShownApplication>, Error> {
        let catalog = self.catalog().await?;
        let mut reader = self.store.read().await?;
        let (found, total) = applications::page(&mut reader.tx(), wanted).await?;
        Ok(Listing { items: found.into_iter().map(|stored| shown(stored, &catalog)).collect(), total })
    }
}
