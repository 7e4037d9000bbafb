//! Passkeys, and the challenges of people who are signed in.

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use super::enrolled::changed;
use crate::rows::id;
use crate::{StorageError, Tx, Write};

statements! {
    DROP_CHALLENGES = "DELETE FROM passkey_challenge WHERE identity_id = $1 AND purpose = $2";
    ASK = "INSERT INTO passkey_challenge (challenge, identity_id, purpose, expires_at) VALUES ($1, $2, $3, $4)";
    ASKED = "SELECT challenge FROM passkey_challenge WHERE identity_id = $1 AND purpose = $2 AND expires_at > $3 LIMIT 1";
    CONSUME = "DELETE FROM passkey_challenge WHERE challenge = $1 AND identity_id = $2 AND purpose = $3 \
               AND expires_at > $4 RETURNING challenge";
    INSERT = "INSERT INTO passkey (credential_id, identity_id, public_key, sign_count, created_at) \
              VALUES ($1, $2, $3, $4, $5) ON CONFLICT (credential_id) DO NOTHING";
    LIST = "SELECT credential_id FROM passkey WHERE identity_id = $1 ORDER BY created_at, credential_id";
    LOOKUP = "SELECT identity_id, public_key, sign_count FROM passkey WHERE credential_id = $1";
    // One statement, so that of two answers with one count one is taken.
    TAKE = "UPDATE passkey SET sign_count = $3, last_used_at = $4 WHERE credential_id = $1 AND identity_id = $2 \
            AND (sign_count < $3 OR (sign_count = 0 AND $3 = 0)) RETURNING credential_id";
}

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyPurpose {
    Enrol,
    Prove,
}

impl PasskeyPurpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::Prove => "prove",
        }
    }
}

/// A stored passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPasskey {
    pub identity_id: IdentityId,
    /// COSE in base64.
    pub public_key: String,
    pub sign_count: i64,
}

/// # Errors
/// When the database does not answer.
pub async fn lookup_passkey(tx: &mut Tx<'_>, credential_id: &str) -> Result<Option<StoredPasskey>, StorageError> {
    let row = fetch_optional!(tx, (String, String, i64), LOOKUP, credential_id)?;
    let Some((identity, public_key, sign_count)) = row else { return Ok(None) };
    Ok(Some(StoredPasskey { identity_id: id("passkey", &identity)?, public_key, sign_count }))
}

/// The credential ids of an identity.
///
/// # Errors
/// When the database does not answer.
pub async fn list_passkeys(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<Vec<String>, StorageError> {
    Ok(fetch_all!(tx, (String,), LIST, identity.as_str())?.into_iter().map(|(id,)| id).collect())
}

/// The challenge that waits for an answer.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_challenge(
    tx: &mut Tx<'_>,
    identity: &IdentityId,
    purpose: PasskeyPurpose,
    now: Timestamp,
) -> Result<Option<String>, StorageError> {
    let row = fetch_optional!(tx, (String,), ASKED, identity.as_str(), purpose.as_str(), now.0)?;
    Ok(row.map(|(challenge,)| challenge))
}

/// Asks a person's browser; an earlier question for the same is void.
pub struct AskPasskey {
    pub challenge: String,
    pub identity_id: IdentityId,
    pub purpose: PasskeyPurpose,
    pub expires_at: Timestamp,
}

impl Write for AskPasskey {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let (identity, purpose) = (self.identity_id.as_str(), self.purpose.as_str());
        execute!(tx, DROP_CHALLENGES, identity, purpose)?;
        execute!(tx, ASK, self.challenge.as_str(), identity, purpose, self.expires_at.0)?;
        Ok(())
    }
}

/// Keeps a passkey whose answer was verified.
pub struct EnrolPasskey {
    pub challenge: String,
    pub identity_id: IdentityId,
    pub credential_id: String,
    pub public_key: String,
    pub sign_count: i64,
    pub now: Timestamp,
    pub audit: AuditRecord,
    pub notice: Notice,
}

impl Write for EnrolPasskey {
    /// False when the question was answered before, is too old, or the credential is somebody's already.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let (identity, credential) = (self.identity_id.as_str(), self.credential_id.as_str());
        let (challenge, purpose) = (self.challenge.as_str(), PasskeyPurpose::Enrol.as_str());
        if fetch_optional!(tx, (String,), CONSUME, challenge, identity, purpose, self.now.0)?.is_none() {
            return Ok(false);
        }
        let (key, count) = (self.public_key.as_str(), self.sign_count);
        if execute!(tx, INSERT, credential, identity, key, count, self.now.0)? == 0 {
            return Ok(false);
        }
        changed(tx, &self.identity_id, &self.audit, &self.notice, self.now).await?;
        Ok(true)
    }
}

/// Takes a verified answer of a passkey: its counter, and the question it was for where that is a row.
pub struct UsePasskey {
    pub identity_id: IdentityId,
    pub credential_id: String,
    pub sign_count: i64,
    /// `None`: the question is a step of a flow, which is taken once.
    pub challenge: Option<String>,
    pub now: Timestamp,
}

impl Write for UsePasskey {
    /// False when the question was answered before, or the counter is not above the one that is kept.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let identity = self.identity_id.as_str();
        if let Some(challenge) = &self.challenge {
            let purpose = PasskeyPurpose::Prove.as_str();
            if fetch_optional!(tx, (String,), CONSUME, challenge.as_str(), identity, purpose, self.now.0)?.is_none() {
                return Ok(false);
            }
        }
        let (credential, count) = (self.credential_id.as_str(), self.sign_count);
        Ok(fetch_optional!(tx, (String,), TAKE, credential, identity, count, self.now.0)?.is_some())
    }
}
