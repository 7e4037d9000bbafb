//! Accounts as administrators see them: what was last read of them at their sources, and whose they are.

mod get_account;
mod list_accounts;
mod set_account_state;
mod state_at_source;
mod update_account;

pub use passwright_domain::directory::{AttributeValue, Attributes};
use passwright_domain::directory::{Feature, is_secret_attribute};
pub use passwright_storage::directory::listed_accounts::ListedAccount;
pub use state_at_source::AccountChange;

use crate::Catalog;

/// An account with what its source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownAccount {
    pub account: ListedAccount,
    /// It is the identity's sign-in here.
    pub built_in: bool,
    /// Its source makes identities of its accounts.
    pub authoritative: bool,
    /// Its source is of a kind that can ask for another password at the next sign-in.
    pub can_expire: bool,
    /// The wire's names of what the source can do.
    pub features: Vec<String>,
}

/// Leaves out what may be a secret, whatever wrote it there.
pub(crate) fn shown(mut account: ListedAccount, catalog: &Catalog) -> ShownAccount {
    account.attributes.retain(|name, _| !is_secret_attribute(name));
    let known = catalog.source(&account.source_id);
    let can_expire = known.and_then(|known| known.connector()?.ok()).is_some_and(|c| c.can_expire_passwords());
    let source = known.map(|known| &known.source);
    ShownAccount {
        authoritative: account.authoritative,
        built_in: source.is_some_and(passwright_domain::directory::Source::is_built_in),
        can_expire,
        features: source.map(|source| source.features.iter().filter_map(name_of).collect()).unwrap_or_default(),
        account,
    }
}

fn name_of(feature: &Feature) -> Option<String> {
    let name = serde_json::to_value(feature).ok()?;
    name.as_str().map(ToOwned::to_owned)
}
