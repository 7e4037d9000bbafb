use passwright_domain::audit::Trace;
use passwright_domain::collection::{Collection, Filter};
use passwright_domain::directory::{AccountKey, Accounts};
use passwright_storage::changes::list_of_identity;
use passwright_storage::digit_tokens;
use passwright_storage::directory::listed_accounts;

use super::{Person, protection};
use crate::accounts::shown;
use crate::passwords::PasswordChange;
use crate::sessions::Session;
use crate::{Error, Service};

/// Changes and tokens of the history.
const HISTORY: i64 = 20;

impl Service {
    /// A person with their accounts and history.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_person(&self, session: &Session, id: &str, trace: &Trace) -> Result<Person, Error> {
        let caller = session.caller(trace);
        let identity = self.served(&caller, id).await?;
        let catalog = self.catalog().await?;
        let (agreement, asked) = self.agreements(&caller, &identity).await?;
        let can_be_mailed = identity.email.is_some() && self.mails().await?;
        let now = self.clock.now();
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let of = Filter::is(AccountKey::IdentityId, identity.id.as_str());
        let (accounts, _) = listed_accounts::page(&mut tx, &Collection::<Accounts>::whole().and(of)).await?;
        let changes = list_of_identity(&mut tx, &identity.id, HISTORY, 0).await?;
        let tokens = digit_tokens::list(&mut tx, &identity.id, HISTORY).await?;
        let at = tx.now(now).await?;
        Ok(Person {
            protected: protection(&caller, &identity),
            accounts: accounts.into_iter().map(|account| shown(account, &catalog)).collect(),
            changes: changes.into_iter().map(|stored| PasswordChange::of(stored, at)).collect(),
            tokens,
            tokens_enabled: catalog.org_config.digit_token_enabled,
            agreement,
            asked,
            can_be_mailed,
            identity,
            now,
        })
    }
}
