//! Digit tokens at rest, and the counters that bound guessing.

use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::{DigitTokenId, IdentityId};
use passwright_domain::timestamp::Timestamp;

use crate::rows::id;
use crate::{StorageError, Tx, Write, audit};

statements! {
    COUNT_CREATED = "SELECT COUNT(*) FROM digit_token WHERE identity_id = $1 AND created_at > $2";
    CLOSE_LIVE = "UPDATE digit_token SET closed_at = $2 WHERE identity_id = $1 AND closed_at IS NULL";
    INSERT = "INSERT INTO digit_token (id, identity_id, created_by, salt, digest, length, attempts, created_at, \
              expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)";
    COUNT_GUESSES = "SELECT COUNT(*) FROM digit_token_guess WHERE name_key = $1 AND at > $2";
    INSERT_GUESS = "INSERT INTO digit_token_guess (id, name_key, at) VALUES ($1, $2, $3)";
    DELETE_GUESS = "DELETE FROM digit_token_guess WHERE id = $1";
    TAKE_ATTEMPT = "UPDATE digit_token SET attempts = attempts + 1 WHERE identity_id = $1 AND closed_at IS NULL \
              AND expires_at > $2 AND attempts < $3 RETURNING id, salt, digest";
    CONSUME = "UPDATE digit_token SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL RETURNING id";
}

/// A token to be kept; its digits are not in it.
pub struct CreateDigitToken {
    pub id: DigitTokenId,
    pub identity_id: IdentityId,
    pub created_by: String,
    pub salt: String,
    pub digest: String,
    pub length: i64,
    pub now: Timestamp,
    pub expires_at: Timestamp,
    /// Tokens of this identity made since `since` may not reach `most`.
    pub since: Timestamp,
    pub most: i64,
    pub audit: AuditRecord,
}

impl Write for CreateDigitToken {
    /// False when the identity has had too many tokens; then nothing was written.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let identity = self.identity_id.as_str();
        let (made,) = fetch_optional!(tx, (i64,), COUNT_CREATED, identity, self.since.0)?.unwrap_or_default();
        if made >= self.most {
            return Ok(false);
        }
        execute!(tx, CLOSE_LIVE, identity, self.now.0)?;
        execute!(
            tx,
            INSERT,
            self.id.as_str(),
            identity,
            self.created_by.as_str(),
            self.salt.as_str(),
            self.digest.as_str(),
            self.length,
            self.now.0,
            self.expires_at.0
        )?;
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// Counts a guess before it is compared, and gives what to compare with. Committed first: a crash keeps the count.
pub struct TakeAttempt {
    pub guess_id: String,
    /// The canonical name that was given, known or not.
    pub name_key: String,
    pub identity_id: Option<IdentityId>,
    pub now: Timestamp,
    /// Attempts a token allows.
    pub most_attempts: i64,
    /// Failed guesses a name allows since `since`.
    pub since: Timestamp,
    pub most_guesses: i64,
}

/// The answer to a counted guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Compare with this: token, salt, digest.
    Compare(DigitTokenId, String, String),
    /// No live token; do the same work all the same.
    Nothing,
    /// Too many failed guesses for this name.
    TooMany,
}

impl Write for TakeAttempt {
    type Output = Attempt;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Attempt, StorageError> {
        let name = self.name_key.as_str();
        let (guesses,) = fetch_optional!(tx, (i64,), COUNT_GUESSES, name, self.since.0)?.unwrap_or_default();
        if guesses >= self.most_guesses {
            return Ok(Attempt::TooMany);
        }
        execute!(tx, INSERT_GUESS, self.guess_id.as_str(), name, self.now.0)?;
        let Some(identity) = &self.identity_id else { return Ok(Attempt::Nothing) };
        let row = fetch_optional!(
            tx,
            (String, String, String),
            TAKE_ATTEMPT,
            identity.as_str(),
            self.now.0,
            self.most_attempts
        )?;
        Ok(match row {
            Some((key, salt, digest)) => Attempt::Compare(id("digit_token", &key)?, salt, digest),
            None => Attempt::Nothing,
        })
    }
}

/// Uses a token up. Exactly one caller gets true; its guess no longer counts as failed.
pub struct ConsumeDigitToken {
    pub id: DigitTokenId,
    pub guess_id: String,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for ConsumeDigitToken {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let won = fetch_optional!(tx, (String,), CONSUME, self.id.as_str(), self.now.0)?.is_some();
        if won {
            execute!(tx, DELETE_GUESS, self.guess_id.as_str())?;
            audit::insert(tx, &self.audit).await?;
        }
        Ok(won)
    }
}
