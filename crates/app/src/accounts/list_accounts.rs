use passwright_domain::access::{Caller, Right};
use passwright_domain::collection::Request;
use passwright_domain::directory::Accounts;
use passwright_storage::directory::listed_accounts;

use super::{ShownAccount, shown};
use crate::edit::{Listing, wanted};
use crate::{Error, Service};

impl Service {
    /// A part of the accounts, by name unless sorters say otherwise.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a filter, order or page that is not offered.
    pub async fn list_accounts(&self, caller: &Caller, request: &Request) -> Result<Listing<ShownAccount>, Error> {
        let collection = wanted::<Accounts>(self, caller, Right::ReadAccounts, "account:all", request).await?;
        let catalog = self.catalog().await?;
        let mut reader = self.store.read().await?;
        let (accounts, total) = listed_accounts::page(&mut reader.tx(), &collection).await?;
        Ok(Listing { items: accounts.into_iter().map(|account| shown(account, &catalog)).collect(), total })
    }
}
