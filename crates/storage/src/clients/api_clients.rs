use passwright_domain::audit::AuditRecord;
use passwright_domain::canonical::canonical;
use passwright_domain::client::{ApiClient, RateLimit};
use passwright_domain::ids::ApiClientId;
use passwright_domain::timestamp::Timestamp;

use super::{scopes, scopes_text};
use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx, Write, audit};

statements! {
    UPSERT = "INSERT INTO api_client (id, name, name_key, secret_sha256, scopes, token_seconds, rate_limit, \
              enabled, details, created_at, modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
              ON CONFLICT (id) DO UPDATE SET \
              name = excluded.name, name_key = excluded.name_key, secret_sha256 = excluded.secret_sha256, \
              scopes = excluded.scopes, token_seconds = excluded.token_seconds, rate_limit = excluded.rate_limit, \
              enabled = excluded.enabled, details = excluded.details, modified_at = excluded.modified_at";
    CLIENT = "SELECT id, name, secret_sha256, scopes, token_seconds, rate_limit, enabled, details, created_at, \
              modified_at, last_used_at FROM api_client WHERE id = $1";
    CLIENTS = "SELECT id, name, secret_sha256, scopes, token_seconds, rate_limit, enabled, details, created_at, \
              modified_at, last_used_at FROM api_client ORDER BY name_key";
    UNCHANGED = "UPDATE api_client SET modified_at = modified_at WHERE id = $1 AND modified_at = $2";
    DELETE = "DELETE FROM api_client WHERE id = $1";
}

const TABLE: &str = "api_client";

row! {
    struct Row {
        id: String,
        name: String,
        secret_sha256: String,
        scopes: String,
        token_seconds: i64,
        rate_limit: i64,
        enabled: bool,
        details: String,
        created_at: i64,
        modified_at: i64,
        last_used_at: Option<i64>,
    }
}

fn api_client(row: Row) -> Result<ApiClient, StorageError> {
    Ok(ApiClient {
        id: id(TABLE, &row.id)?,
        name: row.name,
        secret_sha256: row.secret_sha256,
        scopes: scopes(TABLE, &row.scopes)?,
        token_seconds: row.token_seconds,
        rate_limit: RateLimit(u32::try_from(row.rate_limit).unwrap_or(0)),
        enabled: row.enabled,
        details: from_json(TABLE, &row.details)?,
        created_at: Timestamp(row.created_at),
        modified_at: Timestamp(row.modified_at),
        last_used_at: row.last_used_at.map(Timestamp),
    })
}

/// Inserts or replaces an API client; when it was last used stays as it is.
///
/// # Errors
/// `Conflict` when another client has the name.
pub async fn upsert_client(tx: &mut Tx<'_>, client: &ApiClient) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT,
        client.id.as_str(),
        client.name.as_str(),
        canonical(&client.name),
        client.secret_sha256.as_str(),
        scopes_text(&client.scopes),
        client.token_seconds,
        i64::from(client.rate_limit.0),
        client.enabled,
        to_json(&client.details),
        client.created_at.0,
        client.modified_at.0
    )?;
    Ok(())
}

/// # Errors
/// When the database does not answer.
pub async fn lookup_client(tx: &mut Tx<'_>, key: &str) -> Result<Option<ApiClient>, StorageError> {
    fetch_optional!(tx, Row, CLIENT, key)?.map(api_client).transpose()
}

/// # Errors
/// When the database does not answer.
pub async fn list_clients(tx: &mut Tx<'_>) -> Result<Vec<ApiClient>, StorageError> {
    fetch_all!(tx, Row, CLIENTS)?.into_iter().map(api_client).collect()
}

/// A new API client.
pub struct CreateApiClient {
    pub client: ApiClient,
    pub audit: AuditRecord,
}

impl Write for CreateApiClient {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        upsert_client(tx, &self.client).await?;
        audit::insert(tx, &self.audit).await
    }
}

/// A changed API client, when nobody else changed or deleted it since `read_at`.
pub struct ReplaceApiClient {
    pub client: ApiClient,
    /// Its `modified_at` as it was read.
    pub read_at: Timestamp,
    pub audit: AuditRecord,
}

impl Write for ReplaceApiClient {
    /// False when somebody did; then nothing was written.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        if execute!(tx, UNCHANGED, self.client.id.as_str(), self.read_at.0)? != 1 {
            return Ok(false);
        }
        upsert_client(tx, &self.client).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// Deletes an API client and all it was given.
pub struct DeleteApiClient {
    pub id: ApiClientId,
    pub audit: AuditRecord,
}

impl Write for DeleteApiClient {
    /// True when there was one.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let deleted = execute!(tx, DELETE, self.id.as_str())? == 1;
        if deleted {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(deleted)
    }
}
