//! What users' sign-ins gave to clients, and the secrets that work once.

use passwright_domain::access::ScopeSet;
use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx, Write, audit};

statements! {
    INSERT_GRANT = "INSERT INTO oauth_grant (id, client_id, identity_id, scopes, created_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    GRANT = "SELECT id, client_id, identity_id, scopes, expires_at, revoked_at FROM oauth_grant WHERE id = $1";
    REVOKE = "UPDATE oauth_grant SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    REVOKE_OF_IDENTITY = "UPDATE oauth_grant SET revoked_at = $2 WHERE identity_id = $1 AND revoked_at IS NULL";
    FORGET = "DELETE FROM oauth_grant WHERE expires_at <= $1";
    INSERT_SECRET = "INSERT INTO one_time_secret (digest, kind, grant_id, redirect_uri, challenge, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    CONSUME = "UPDATE one_time_secret SET consumed_at = $3 WHERE digest = $1 AND kind = $2 AND consumed_at IS NULL \
              AND expires_at > $3 RETURNING grant_id, redirect_uri, challenge";
    CONSUMED = "SELECT grant_id FROM one_time_secret WHERE digest = $1 AND kind = $2 AND consumed_at IS NOT NULL";
    OF_SECRET = "SELECT g.id, g.client_id, g.identity_id, g.scopes, g.expires_at, g.revoked_at FROM oauth_grant g \
              JOIN one_time_secret s ON s.grant_id = g.id WHERE s.digest = $1 AND s.kind = 'refresh'";
}

/// What one sign-in gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthGrant {
    /// 32 hex digits; also in the access tokens that came of it.
    pub id: String,
    pub client_id: String,
    pub identity_id: IdentityId,
    pub scopes: ScopeSet,
    pub expires_at: Timestamp,
    pub revoked: bool,
}

type GrantRow = (String, String, String, String, i64, Option<i64>);

fn grant(row: GrantRow) -> Result<OauthGrant, StorageError> {
    const TABLE: &str = "oauth_grant";
    let (key, client_id, identity, scopes, expires_at, revoked_at) = row;
    Ok(OauthGrant {
        id: key,
        client_id,
        identity_id: id(TABLE, &identity)?,
        scopes: from_json::<Vec<String>>(TABLE, &scopes)?.into_iter().collect(),
        expires_at: Timestamp(expires_at),
        revoked: revoked_at.is_some(),
    })
}

/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, id: &str) -> Result<Option<OauthGrant>, StorageError> {
    fetch_optional!(tx, GrantRow, GRANT, id)?.map(grant).transpose()
}

/// The grant a refresh token belongs to, used or not.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_by_refresh_token(tx: &mut Tx<'_>, digest: &str) -> Result<Option<OauthGrant>, StorageError> {
    fetch_optional!(tx, GrantRow, OF_SECRET, digest)?.map(grant).transpose()
}

/// Revokes everything an identity's sign-ins gave; part of the transaction that changes its sign-in password.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke_of_identity(tx: &mut Tx<'_>, identity: &IdentityId, now: Timestamp) -> Result<(), StorageError> {
    execute!(tx, REVOKE_OF_IDENTITY, identity.as_str(), now.0)?;
    Ok(())
}

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Refresh,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Refresh => "refresh",
        }
    }
}

/// A consumed secret's grant, redirect URI and challenge.
type Held = (String, String, String);

/// Uses a secret up: of all who try, one gets what it holds. One conditional UPDATE decides, on both engines.
async fn consume_once(tx: &mut Tx<'_>, digest: &str, kind: Kind, now: Timestamp) -> Result<Option<Held>, StorageError> {
    fetch_optional!(tx, Held, CONSUME, digest, kind.as_str(), now.0)
}

/// Revokes the grant of a secret that was used before: two have it, and one of them stole it.
async fn revoke_when_used_before(
    tx: &mut Tx<'_>,
    digest: &str,
    kind: Kind,
    now: Timestamp,
    record: &AuditRecord,
) -> Result<Redeemed, StorageError> {
    let Some((grant,)) = fetch_optional!(tx, (String,), CONSUMED, digest, kind.as_str())? else {
        return Ok(Redeemed::Unknown);
    };
    if execute!(tx, REVOKE, grant.as_str(), now.0)? == 1 {
        audit::insert(tx, record).await?;
    }
    Ok(Redeemed::UsedBefore)
}

/// A refresh token to be kept, as the SHA-256 of its secret.
pub struct NewRefreshToken {
    pub digest: String,
    pub expires_at: Timestamp,
}

async fn keep(tx: &mut Tx<'_>, grant: &OauthGrant, token: &NewRefreshToken) -> Result<(), StorageError> {
    let end = token.expires_at.min(grant.expires_at).0;
    execute!(tx, INSERT_SECRET, token.digest.as_str(), Kind::Refresh.as_str(), grant.id.as_str(), "", "", end)?;
    Ok(())
}

/// A sign-in that ends with a code.
pub struct CreateGrant {
    pub grant: OauthGrant,
    pub now: Timestamp,
    pub code_digest: String,
    pub code_expires_at: Timestamp,
    pub redirect_uri: String,
    /// The `S256` challenge of RFC 7636.
    pub challenge: String,
    pub audit: AuditRecord,
}

impl Write for CreateGrant {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let grant = &self.grant;
        execute!(tx, FORGET, self.now.0)?;
        execute!(
            tx,
            INSERT_GRANT,
            grant.id.as_str(),
            grant.client_id.as_str(),
            grant.identity_id.as_str(),
            to_json(&grant.scopes.iter().collect::<Vec<_>>()),
            self.now.0,
            grant.expires_at.0
        )?;
        execute!(
            tx,
            INSERT_SECRET,
            self.code_digest.as_str(),
            Kind::Code.as_str(),
            grant.id.as_str(),
            self.redirect_uri.as_str(),
            self.challenge.as_str(),
            self.code_expires_at.0
        )?;
        audit::insert(tx, &self.audit).await
    }
}

/// How a code or a refresh token was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    Granted(OauthGrant),
    /// Never given out, or expired.
    Unknown,
    /// It was used before; the grant is revoked now.
    UsedBefore,
    /// Another client, redirect URI or verifier, or the grant is over; the grant is revoked now.
    NotTheirs,
}

/// Redeems a code.
pub struct RedeemCode {
    pub digest: String,
    pub client_id: String,
    pub redirect_uri: String,
    /// Made from the verifier.
    pub challenge: String,
    pub now: Timestamp,
    pub refresh_token: Option<NewRefreshToken>,
    /// Written when the grant is revoked.
    pub revoked: AuditRecord,
}

impl Write for RedeemCode {
    type Output = Redeemed;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Redeemed, StorageError> {
        let Some((id, redirect_uri, challenge)) = consume_once(tx, &self.digest, Kind::Code, self.now).await? else {
            return revoke_when_used_before(tx, &self.digest, Kind::Code, self.now, &self.revoked).await;
        };
        let bound = redirect_uri == self.redirect_uri && challenge == self.challenge;
        take(tx, &id, bound, &self.client_id, self.now, self.refresh_token.as_ref(), &self.revoked).await
    }
}

/// Redeems a refresh token, and puts another in its place.
pub struct RotateRefreshToken {
    pub digest: String,
    pub client_id: String,
    pub now: Timestamp,
    pub refresh_token: NewRefreshToken,
    /// Written when the grant is revoked.
    pub revoked: AuditRecord,
}

impl Write for RotateRefreshToken {
    type Output = Redeemed;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Redeemed, StorageError> {
        let Some((id, ..)) = consume_once(tx, &self.digest, Kind::Refresh, self.now).await? else {
            return revoke_when_used_before(tx, &self.digest, Kind::Refresh, self.now, &self.revoked).await;
        };
        take(tx, &id, true, &self.client_id, self.now, Some(&self.refresh_token), &self.revoked).await
    }
}

/// Gives a consumed secret's grant to its client, or revokes it.
async fn take(
    tx: &mut Tx<'_>,
    id: &str,
    bound: bool,
    client_id: &str,
    now: Timestamp,
    refresh_token: Option<&NewRefreshToken>,
    revoked: &AuditRecord,
) -> Result<Redeemed, StorageError> {
    let Some(grant) = lookup(tx, id).await? else { return Ok(Redeemed::Unknown) };
    if !bound || grant.client_id != client_id || grant.revoked || grant.expires_at <= now {
        if execute!(tx, REVOKE, id, now.0)? == 1 {
            audit::insert(tx, revoked).await?;
        }
        return Ok(Redeemed::NotTheirs);
    }
    if let Some(token) = refresh_token {
        keep(tx, &grant, token).await?;
    }
    Ok(Redeemed::Granted(grant))
}

/// Revokes a grant.
pub struct RevokeGrant {
    pub id: String,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for RevokeGrant {
    /// True when it was not revoked before.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let revoked = execute!(tx, REVOKE, self.id.as_str(), self.now.0)? == 1;
        if revoked {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(revoked)
    }
}
