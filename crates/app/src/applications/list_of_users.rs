use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::collection::{Collection, Filter, Request};
use passwright_domain::directory::{AccountKey, Accounts, UserApplicationKey, UserApplications};
use passwright_storage::directory::{listed_accounts, user_applications};

use super::{ShownUserApplication, UserApplication};
use crate::accounts::ListedAccount;
use crate::edit::{Listing, wanted};
use crate::{Error, Fault, Service};

impl Service {
    /// A part of the applications that the caller has, by name.
    ///
    /// # Errors
    /// `Forbidden` for an API client; `BadRequest` for a filter or page that is not offered.
    pub async fn list_user_applications(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Listing<ShownUserApplication>, Error> {
        self.require(caller, Action::ReadOwnApplications, "application:own").await?;
        let own = Collection::<UserApplications>::parse(request)?.and(owned_by(caller)?);
        self.page_of_user_applications(&own).await
    }

    /// A part of everybody's applications.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` without a filter, which the vendor's API demands, or for one that is not offered.
    pub async fn list_all_user_applications(
        &self,
        caller: &Caller,
        request: &Request,
    ) -> Result<Listing<ShownUserApplication>, Error> {
        let right = Right::ListAllUserApplications;
        let all = wanted::<UserApplications>(self, caller, right, "application:all", request).await?;
        if all.filter.is_none() {
            return Err(Error::bad(Fault::Missing, "filters is required"));
        }
        self.page_of_user_applications(&all).await
    }

    /// The accounts of the caller that an application of theirs can be used with.
    ///
    /// # Errors
    /// `Forbidden` for an API client; `NotFound` for an application that is not the caller's; `BadRequest` for a page outside its
    /// limits.
    pub async fn list_available_accounts(
        &self,
        caller: &Caller,
        id: &str,
        request: &Request,
    ) -> Result<(UserApplication, Listing<ListedAccount>), Error> {
        self.require(caller, Action::ReadOwnApplications, "application:own").await?;
        let page = Request { filters: None, sorters: None, ..request.clone() };
        let accounts = Collection::<Accounts>::parse(&page)?;
        let one =
            Collection::<UserApplications>::whole().and(Filter::is(UserApplicationKey::Id, id)).and(owned_by(caller)?);
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let (mut found, _) = user_applications::page(&mut tx, &one).await?;
        let application = found.pop().ok_or(Error::NotFound)?;
        let of_both = Filter::All(vec![
            Filter::is(AccountKey::SourceId, application.source.0.as_str()),
            Filter::is(AccountKey::IdentityId, application.owner.0.as_str()),
        ]);
        let (items, total) = listed_accounts::page(&mut tx, &accounts.and(of_both)).await?;
        Ok((application, Listing { items, total }))
    }

    async fn page_of_user_applications(
        &self,
        wanted: &Collection<UserApplications>,
    ) -> Result<Listing<ShownUserApplication>, Error> {
        let catalog = self.catalog().await?;
        let mut reader = self.store.read().await?;
        let (found, total) = user_applications::page(&mut reader.tx(), wanted).await?;
        let items = found.into_iter().map(|application| ShownUserApplication {
            takes_passwords: catalog
                .source(&application.source.0)
                .is_some_and(crate::catalog::CatalogSource::takes_passwords),
            application,
        });
        Ok(Listing { items: items.collect(), total })
    }
}

fn owned_by(caller: &Caller) -> Result<Filter<UserApplicationKey>, Error> {
    let own = caller.identity_id().ok_or(Error::NotFound)?;
    Ok(Filter::is(UserApplicationKey::OwnerId, own.as_str()))
}
