//! Browsers that people are signed in with. Of the secret in a cookie only its digest is kept.

use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use crate::rows::id;
use crate::{StorageError, Tx, Write, audit, half_sign_ins};

statements! {
    INSERT = "INSERT INTO session (id, digest, identity_id, browser, address, created_at, proved_at, expires_at, \
              factor, factor_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)";
    BY_DIGEST = "SELECT id, identity_id, browser, address, created_at, proved_at, expires_at, factor, factor_at FROM session \
              WHERE digest = $1 AND expires_at > $2";
    BY_ID = "SELECT id, identity_id, browser, address, created_at, proved_at, expires_at, factor, factor_at FROM session \
              WHERE id = $1 AND expires_at > $2";
    OF_IDENTITY = "SELECT id, identity_id, browser, address, created_at, proved_at, expires_at, factor, factor_at FROM session \
              WHERE identity_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id";
    FORGET = "DELETE FROM session WHERE expires_at <= $1";
    OLDEST = "SELECT id FROM session WHERE identity_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET $2";
    END = "DELETE FROM session WHERE id = $1 AND identity_id = $2";
    END_ALL = "DELETE FROM session WHERE identity_id = $1";
    END_CHANGED = "DELETE FROM session WHERE identity_id = $1 AND survives_until <= $2";
    SURVIVED = "UPDATE session SET survives_until = 0 WHERE identity_id = $1";
    SHOWN = "UPDATE session SET factor = $2, factor_at = $3 WHERE id = $1";
    ROTATE = "UPDATE session SET digest = $2, proved_at = $3, survives_until = $4 WHERE id = $1";
}

/// Sessions of one identity; the oldest ends when there would be more.
const MOST: i64 = 50;

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// 32 hex digits; no secret.
    pub id: String,
    pub identity_id: IdentityId,
    /// The browser in words.
    pub browser: String,
    /// The address it signed in from.
    pub address: String,
    pub created_at: Timestamp,
    pub proved_at: Timestamp,
    /// The end, however much it is used.
    pub expires_at: Timestamp,
    /// The way in which a factor was shown last, besides the password; empty for none.
    pub factor: String,
    pub factor_at: Timestamp,
}

type Row = (String, String, String, String, i64, i64, i64, String, i64);

fn session(row: Row) -> Result<StoredSession, StorageError> {
    let (key, identity, browser, address, created_at, proved_at, expires_at, factor, factor_at) = row;
    Ok(StoredSession {
        id: key,
        identity_id: id("session", &identity)?,
        browser,
        address,
        created_at: Timestamp(created_at),
        proved_at: Timestamp(proved_at),
        expires_at: Timestamp(expires_at),
        factor,
        factor_at: Timestamp(factor_at),
    })
}

/// The session whose cookie has this digest, unless it is over.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_by_digest(
    tx: &mut Tx<'_>,
    digest: &str,
    now: Timestamp,
) -> Result<Option<StoredSession>, StorageError> {
    fetch_optional!(tx, Row, BY_DIGEST, digest, now.0)?.map(session).transpose()
}

/// The session of this id, unless it is over.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<Option<StoredSession>, StorageError> {
    fetch_optional!(tx, Row, BY_ID, id, now.0)?.map(session).transpose()
}

/// An identity's sessions, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>, identity: &IdentityId, now: Timestamp) -> Result<Vec<StoredSession>, StorageError> {
    fetch_all!(tx, Row, OF_IDENTITY, identity.as_str(), now.0)?.into_iter().map(session).collect()
}

/// Ends the sessions of an identity whose sign-in password changes, but for one that asked for it; part of that transaction
/// (requirement R48).
///
/// # Errors
/// When the database does not answer.
pub async fn end_of_changed(tx: &mut Tx<'_>, identity: &IdentityId, now: Timestamp) -> Result<(), StorageError> {
    half_sign_ins::end_of_identity(tx, identity).await?;
    execute!(tx, END_CHANGED, identity.as_str(), now.0)?;
    execute!(tx, SURVIVED, identity.as_str())?;
    Ok(())
}

/// Gives a session another secret, and notes when its person proved who they are; part of the caller's transaction.
///
/// # Errors
/// `Conflict` when the session is over.
pub async fn rotate(tx: &mut Tx<'_>, rotation: &Rotation, now: Timestamp) -> Result<(), StorageError> {
    let (id, digest) = (rotation.id.as_str(), rotation.digest.as_str());
    if execute!(tx, ROTATE, id, digest, now.0, rotation.survives_until.0)? == 1 {
        return Ok(());
    }
    Err(StorageError::Conflict("session".to_owned()))
}

/// Another secret for a session.
#[derive(Debug, Clone)]
pub struct Rotation {
    pub id: String,
    pub digest: String,
    /// A change of the sign-in password that is written before this time leaves the session open; the past for none.
    pub survives_until: Timestamp,
}

/// A sign-in that opens a session.
pub struct CreateSession {
    pub session: StoredSession,
    pub digest: String,
    /// The session that the browser had before.
    pub replaces: Option<String>,
    /// The digest of the half sign-in that it completes.
    pub completes: Option<String>,
    pub audit: AuditRecord,
}

impl Write for CreateSession {
    /// False when the half sign-in could not be completed; then there is no session.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let StoredSession { id, identity_id, browser, address, created_at, expires_at, factor, factor_at, .. } =
            &self.session;
        let identity = identity_id.as_str();
        if let Some(half) = &self.completes
            && !half_sign_ins::complete(tx, half, identity_id, *created_at).await?
        {
            return Ok(false);
        }
        execute!(tx, FORGET, created_at.0)?;
        if let Some(before) = &self.replaces {
            execute!(tx, END, before.as_str(), identity)?;
        }
        if let Some((oldest,)) = fetch_optional!(tx, (String,), OLDEST, identity, MOST - 1)? {
            execute!(tx, END, oldest.as_str(), identity)?;
        }
        execute!(
            tx,
            INSERT,
            id.as_str(),
            self.digest.as_str(),
            identity,
            browser.as_str(),
            address.as_str(),
            created_at.0,
            expires_at.0,
            factor.as_str(),
            factor_at.0
        )?;
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// A factor that was shown in a session, which gets another secret.
pub struct ShowFactor {
    pub rotation: Rotation,
    /// The way in which it was shown.
    pub factor: String,
    pub now: Timestamp,
}

impl Write for ShowFactor {
    type Output = ();

    /// # Errors
    /// `Conflict` when the session is over.
    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        rotate(tx, &self.rotation, self.now).await?;
        execute!(tx, SHOWN, self.rotation.id.as_str(), self.factor.as_str(), self.now.0)?;
        Ok(())
    }
}

/// The end of one session, or of all of an identity.
pub struct EndSessions {
    pub identity_id: IdentityId,
    /// `None`: all.
    pub id: Option<String>,
    pub audit: AuditRecord,
}

impl Write for EndSessions {
    /// How many ended.
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        let identity = self.identity_id.as_str();
        let ended = match &self.id {
            Some(id) => execute!(tx, END, id.as_str(), identity)?,
            None => execute!(tx, END_ALL, identity)?,
        };
        if ended > 0 {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(ended)
    }
}
