use passwright_domain::audit::AuditRecord;
use passwright_domain::client::PersonalAccessToken;
use passwright_domain::delivery::Notice;
use passwright_domain::ids::{IdentityId, PersonalAccessTokenId};
use passwright_domain::timestamp::Timestamp;

use super::{scopes, scopes_text};
use crate::deliveries::publish;
use crate::rows::id;
use crate::{StorageError, Tx, Write, audit};

statements! {
    UPSERT = "INSERT INTO personal_access_token (id, owner_id, name, secret_sha256, scopes, token_seconds, \
              created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET \
              owner_id = excluded.owner_id, name = excluded.name, secret_sha256 = excluded.secret_sha256, \
              scopes = excluded.scopes, token_seconds = excluded.token_seconds, expires_at = excluded.expires_at";
    TOKEN = "SELECT id, owner_id, name, secret_sha256, scopes, token_seconds, created_at, expires_at, last_used_at \
              FROM personal_access_token WHERE id = $1";
    TOKENS = "SELECT id, owner_id, name, secret_sha256, scopes, token_seconds, created_at, expires_at, last_used_at \
              FROM personal_access_token ORDER BY owner_id, name";
    TOKENS_OF = "SELECT id, owner_id, name, secret_sha256, scopes, token_seconds, created_at, expires_at, \
              last_used_at FROM personal_access_token WHERE owner_id = $1 ORDER BY name";
    LOCK_OWNER = "UPDATE identity SET modified_at = modified_at WHERE id = $1";
    COUNT = "SELECT COUNT(*) FROM personal_access_token WHERE owner_id = $1";
    CHANGE = "UPDATE personal_access_token SET name = $2, scopes = $3, token_seconds = $4, expires_at = $5 \
              WHERE id = $1 AND owner_id = $6";
    DELETE = "DELETE FROM personal_access_token WHERE id = $1";
    DELETE_OF = "DELETE FROM personal_access_token WHERE owner_id = $1";
    TOKEN_USED = "UPDATE personal_access_token SET last_used_at = $2 WHERE id = $1";
    CLIENT_USED = "UPDATE api_client SET last_used_at = $2 WHERE id = $1";
}

const TABLE: &str = "personal_access_token";

row! {
    struct Row {
        id: String,
        owner_id: String,
        name: String,
        secret_sha256: String,
        scopes: String,
        token_seconds: i64,
        created_at: i64,
        expires_at: i64,
        last_used_at: Option<i64>,
    }
}

fn token(row: Row) -> Result<PersonalAccessToken, StorageError> {
    Ok(PersonalAccessToken {
        id: id(TABLE, &row.id)?,
        owner_id: id(TABLE, &row.owner_id)?,
        name: row.name,
        secret_sha256: row.secret_sha256,
        scopes: scopes(TABLE, &row.scopes)?,
        token_seconds: row.token_seconds,
        created_at: Timestamp(row.created_at),
        expires_at: Timestamp(row.expires_at),
        last_used_at: row.last_used_at.map(Timestamp),
    })
}

/// Deletes all tokens of an identity; part of the transaction of a reset.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn delete_tokens_of(tx: &mut Tx<'_>, owner: &IdentityId) -> Result<(), StorageError> {
    execute!(tx, DELETE_OF, owner.as_str())?;
    Ok(())
}

/// Inserts or replaces a personal access token; when it was last used stays as it is.
///
/// # Errors
/// `Conflict` when its owner has another of that name, or does not exist.
pub async fn upsert_token(tx: &mut Tx<'_>, token: &PersonalAccessToken) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT,
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
    fetch_optional!(tx, Row, TOKEN, key)?.map(token).transpose()
}

/// The tokens of one owner, or all.
///
/// # Errors
/// When the database does not answer.
pub async fn list_tokens(
    tx: &mut Tx<'_>,
    owner: Option<&IdentityId>,
) -> Result<Vec<PersonalAccessToken>, StorageError> {
    let rows = match owner {
        Some(owner) => fetch_all!(tx, Row, TOKENS_OF, owner.as_str())?,
        None => fetch_all!(tx, Row, TOKENS)?,
    };
    rows.into_iter().map(token).collect()
}

/// Deletes a personal access token; true when there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_token(tx: &mut Tx<'_>, key: &str) -> Result<bool, StorageError> {
    Ok(execute!(tx, DELETE, key)? == 1)
}

/// A new personal access token.
pub struct CreatePersonalAccessToken {
    pub token: PersonalAccessToken,
    /// Its owner may have so many, this one included.
    pub most: i64,
    pub audit: AuditRecord,
    pub notice: Notice,
}

/// Whether there was room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreatedToken {
    Created,
    TooMany,
}

impl Write for CreatePersonalAccessToken {
    type Output = CreatedToken;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<CreatedToken, StorageError> {
        let owner = self.token.owner_id.as_str();
        // Two at the same time must not both see room for one.
        execute!(tx, LOCK_OWNER, owner)?;
        let (count,) = fetch_optional!(tx, (i64,), COUNT, owner)?.unwrap_or_default();
        if count >= self.most {
            return Ok(CreatedToken::TooMany);
        }
        upsert_token(tx, &self.token).await?;
        audit::insert(tx, &self.audit).await?;
        let now = tx.now(self.token.created_at).await?;
        publish(tx, &self.notice, now).await?;
        Ok(CreatedToken::Created)
    }
}

/// New name, scopes, lifetime and end of a personal access token.
pub struct PatchPersonalAccessToken {
    pub token: PersonalAccessToken,
    pub audit: AuditRecord,
}

impl Write for PatchPersonalAccessToken {
    /// False when it is gone.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let token = &self.token;
        let changed = execute!(
            tx,
            CHANGE,
            token.id.as_str(),
            token.name.as_str(),
            scopes_text(&token.scopes),
            token.token_seconds,
            token.expires_at.0,
            token.owner_id.as_str()
        )? == 1;
        if changed {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(changed)
    }
}

/// [`delete_token`] with its record.
pub struct DeletePersonalAccessToken {
    pub id: PersonalAccessTokenId,
    pub audit: AuditRecord,
}

impl Write for DeletePersonalAccessToken {
    /// True when there was one.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let deleted = delete_token(tx, self.id.as_str()).await?;
        if deleted {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(deleted)
    }
}

/// Notes that a client or a token was used. Losing one in a power cut loses nothing but the note.
pub struct MarkUsed {
    /// Id of an API client or of a personal access token.
    pub client_id: String,
    pub now: Timestamp,
}

impl Write for MarkUsed {
    type Output = ();
    const SYNCED: bool = false;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        execute!(tx, CLIENT_USED, self.client_id.as_str(), self.now.0)?;
        execute!(tx, TOKEN_USED, self.client_id.as_str(), self.now.0)?;
        Ok(())
    }
}
