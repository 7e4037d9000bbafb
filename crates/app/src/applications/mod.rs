//! Applications: what people sign in to with the accounts of a source.

mod create;
mod delete;
mod get;
mod list;
mod list_of_users;
mod save;
mod update;

pub use passwright_storage::directory::applications::{Offer, Stored as StoredApplication};
pub use passwright_storage::directory::user_applications::UserApplication;

use crate::Catalog;

/// An application with what its source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownApplication {
    pub stored: StoredApplication,
    pub source_name: String,
    pub takes_passwords: bool,
    /// Id and name of each policy that is in force on the source.
    pub policies: Vec<(String, String)>,
}

/// An application of a person, with what its source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownUserApplication {
    pub application: UserApplication,
    pub takes_passwords: bool,
}

/// An application as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApplicationRequest {
    pub name: Option<String>,
    pub description: Option<String>,
    pub source_id: Option<String>,
    pub match_all_accounts: bool,
}

fn shown(stored: StoredApplication, catalog: &Catalog) -> ShownApplication {
    let source = catalog.source(&stored.application.source_id);
    ShownApplication {
        source_name: source.map(|known| known.source.name.clone()).unwrap_or_default(),
        takes_passwords: source.is_some_and(crate::catalog::CatalogSource::takes_passwords),
        policies: source.map(|known| catalog.policies_on(known)).unwrap_or_default(),
        stored,
    }
}
