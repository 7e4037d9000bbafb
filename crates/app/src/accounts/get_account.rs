use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::collection::{Collection, Filter};
use passwright_domain::directory::{AccountKey, Accounts};
use passwright_domain::ids::AccountId;
use passwright_storage::directory::listed_accounts;

use super::{ListedAccount, ShownAccount, shown};
use crate::{Error, Service};

impl Service {
    /// One account.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_account(&self, caller: &Caller, id: &str) -> Result<ShownAccount, Error> {
        self.require(caller, Action::Administer(Right::ReadAccounts), &format!("account:{id}")).await?;
        let account = self.stored_account(id).await?;
        let catalog = self.catalog().await?;
        Ok(shown(account, &catalog))
    }

    /// Reads it for one whose right was asked before.
    pub(super) async fn stored_account(&self, id: &str) -> Result<ListedAccount, Error> {
        let id: AccountId = id.parse().map_err(|_| Error::NotFound)?;
        let one = Collection::<Accounts>::whole().and(Filter::is(AccountKey::Id, id.as_str()));
        let mut reader = self.store.read().await?;
        let (mut found, _) = listed_accounts::page(&mut reader.tx(), &one).await?;
        found.pop().ok_or(Error::NotFound)
    }
}
