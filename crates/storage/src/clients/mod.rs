//! API clients and personal access tokens.

pub(crate) mod api_clients;
pub(crate) mod personal_access_tokens;

pub use api_clients::{CreateApiClient, DeleteApiClient, ReplaceApiClient, list_clients, lookup_client, upsert_client};
pub use personal_access_tokens::{
    CreatePersonalAccessToken, CreatedToken, DeletePersonalAccessToken, MarkUsed, PatchPersonalAccessToken,
    delete_token, list_tokens, lookup_token, upsert_token,
};

pub(crate) use personal_access_tokens::delete_tokens_of;

use passwright_domain::access::ScopeSet;

use crate::StorageError;
use crate::rows::{from_json, to_json};

fn scopes(table: &'static str, text: &str) -> Result<ScopeSet, StorageError> {
    Ok(from_json::<Vec<String>>(table, text)?.into_iter().collect())
}

fn scopes_text(scopes: &ScopeSet) -> String {
    to_json(&scopes.iter().collect::<Vec<_>>())
}
