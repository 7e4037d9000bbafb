//! API clients and personal access tokens.

use passwright_domain::access::ScopeSet;
use passwright_domain::client::{ApiClient, PersonalAccessToken, RateLimit};
use passwright_domain::timestamp::Timestamp;

use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    UPSERT_CLIENT = "INSERT INTO api_client (id, name, name_key, secret_sha256, scopes, token_seconds, rate_limit, \
              enabled, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET \
              name = excluded.name, name_key = excluded.name_key, secret_sha256 = excluded.secret_sha256, \
              scopes = excluded.scopes, token_seconds = excluded.token_seconds, rate_limit = excluded.rate_limit, \
              enabled = excluded.enabled";
    CLIENT = "SELECT id, name, secret_sha256, scopes, token_seconds, rate_limit, enabled, created_at \
              FROM api_client WHERE id = $1";
    CLIENTS = "SELECT id, name, secret_sha256, scopes, token_seconds, rate_limit, enabled, created_at \
              FROM api_client ORDER BY name_key";
    UPSERT_TOKEN = "INSERT INTO personal_access_token (id, owner_id, name, secret_sha256, scopes, token_seconds, \
              created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET \
              owner_id = excluded.owner_id, name = excluded.name, secret_sha256 = excluded.secret_sha256, \
              scopes = excluded.scopes, token_seconds = excluded.token_seconds, expires_at = excluded.expires_at";
    TOKEN = "SELECT id, owner_id, name, secret_sha256, scopes, token_seconds, created_at, expires_at \
              FROM personal_access_token WHERE id = $1";
    DELETE_TOKEN = "DELETE FROM personal_access_token WHERE id = $1";
}

type ClientRow = (String, String, String, String, i64, i64, bool, i64);
type TokenRow = (String, String, String, String, String, i64, i64, i64);

fn scopes(table: &'static str, text: &str) -> Result<ScopeSet, StorageError> {
    Ok(from_json::<Vec<String>>(table, text)?.into_iter().collect())
}

fn scopes_text(scopes: &ScopeSet) -> String {
    to_json(&scopes.iter().collect::<Vec<_>>())
}

fn api_client(row: ClientRow) -> Result<ApiClient, StorageError> {
    const TABLE: &str = "api_client";
    let (key, name, secret_sha256, granted, token_seconds, rate_limit, enabled, created_at) = row;
    Ok(ApiClient {
        id: id(TABLE, &key)?,
        name,
        secret_sha256,
        scopes: scopes(TABLE, &granted)?,
        token_seconds,
        rate_limit: RateLimit(u32::try_from(rate_limit).unwrap_or(0)),
        enabled,
        created_at: Timestamp(created_at),
    })
}

/// Inserts or replaces an API client.
///
/// # Errors
/// `Conflict` when another client has the name.
pub async fn upsert_client(tx: &mut Tx<'_>, client: &ApiClient) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT_CLIENT,
        client.id.as_str(),
        client.name.as_str(),
        passwright_domain::canonical::canonical(&client.name),
        client.secret_sha256.as_str(),
        scopes_text(&client.scopes),
        client.token_seconds,
        i64::from(client.rate_limit.0),
        client.enabled,
        client.created_at.0
    )?;
    Ok(())
}

/// # Errors
/// When the database does not answer.
pub async fn lookup_client(tx: &mut Tx<'_>, key: &str) -> Result<Option<ApiClient>, StorageError> {
    fetch_optional!(tx, ClientRow, CLIENT, key)?.map(api_client).transpose()
}

/// # Errors
/// When the database does not answer.
pub async fn list_clients(tx: &mut Tx<'_>) -> Result<Vec<ApiClient>, StorageError> {
    fetch_all!(tx, ClientRow, CLIENTS)?.into_iter().map(api_client).collect()
}

/// Inserts or replaces a personal access token.
///
/// # Errors
/// `Conflict` when its owner has another of that name, or does not exist.
pub async fn upsert_token(tx: &mut Tx<'_>, token: &PersonalAccessToken) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT_TOKEN,
        token.id.as_str(),
        token.owner_id.as_str(),
        token.name.as_str(),
        token.secret_sha256.as_str(),
        scopes_text(&token.scopes),
        token.token_seconds,
        token.created_at.0,
        token.expires_at.0
    )?;
    Ok(())
}

/// # Errors
/// When the database does not answer.
pub async fn lookup_token(tx: &mut Tx<'_>, key: &str) -> Result<Option<PersonalAccessToken>, StorageError> {
    const TABLE: &str = "personal_access_token";
    let Some(row) = fetch_optional!(tx, TokenRow, TOKEN, key)? else { return Ok(None) };
    let (key, owner, name, secret_sha256, granted, token_seconds, created_at, expires_at) = row;
    Ok(Some(PersonalAccessToken {
        id: id(TABLE, &key)?,
        owner_id: id(TABLE, &owner)?,
        name,
        secret_sha256,
        scopes: scopes(TABLE, &granted)?,
        token_seconds,
        created_at: Timestamp(created_at),
        expires_at: Timestamp(expires_at),
    }))
}

/// Deletes a personal access token; true when there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_token(tx: &mut Tx<'_>, key: &str) -> Result<bool, StorageError> {
    Ok(execute!(tx, DELETE_TOKEN, key)? == 1)
}
