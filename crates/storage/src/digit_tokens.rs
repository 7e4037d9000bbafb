//! Digit tokens at rest, and the counters that bound guessing.

use std::time::Duration;

use passwright_domain::audit::AuditRecord;
use passwright_domain::budget::Budget;
use passwright_domain::ids::{DigitTokenId, IdentityId};
use passwright_domain::timestamp::Timestamp;

use crate::budgets::{lock, raise_alarm};
use crate::rows::id;
use crate::{StorageError, Tx, Write, audit};

statements! {
    COUNT_CREATED = "SELECT COUNT(*) FROM digit_token WHERE identity_id = $1 AND created_at > $2";
    DECIDING_OF_CREATOR = "SELECT created_at FROM digit_token WHERE created_by = $1 ORDER BY created_at DESC \
              LIMIT 1 OFFSET $2";
    DECIDING_GUESS = "SELECT at FROM digit_token_guess ORDER BY at DESC LIMIT 1 OFFSET $1";
    CLOSE_LIVE = "UPDATE digit_token SET closed_at = $2 WHERE identity_id = $1 AND closed_at IS NULL";
    INSERT = "INSERT INTO digit_token (id, identity_id, created_by, salt, digest, length, attempts, created_at, \
              expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)";
    COUNT_GUESSES = "SELECT COUNT(*) FROM digit_token_guess WHERE name_key = $1 AND at > $2";
    INSERT_GUESS = "INSERT INTO digit_token_guess (id, name_key, at) VALUES ($1, $2, $3)";
    DELETE_GUESS = "DELETE FROM digit_token_guess WHERE id = $1";
    TAKE_ATTEMPT = "UPDATE digit_token SET attempts = attempts + 1 WHERE identity_id = $1 AND closed_at IS NULL \
              AND expires_at > $2 AND attempts < $3 RETURNING id, salt, digest";
    CONSUME = "UPDATE digit_token SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL RETURNING id";
    CANCEL = "UPDATE digit_token SET closed_at = $3 WHERE id = $1 AND identity_id = $2 AND closed_at IS NULL \
              AND expires_at > $3";
    OF_IDENTITY = "SELECT id, created_by, length, created_at, expires_at, closed_at FROM digit_token \
              WHERE identity_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
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
    /// What `created_by` may make.
    pub of_creator: Budget,
    pub audit: AuditRecord,
}

/// What became of a token; unless it was made nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    Made,
    /// The identity has had too many tokens.
    TooManyForIdentity,
    /// Its creator has made too many: until this time is over.
    TooManyByCreator(Duration),
}

impl Write for CreateDigitToken {
    type Output = Created;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Created, StorageError> {
        let (identity, creator) = (self.identity_id.as_str(), self.created_by.as_str());
        // In this order always, so that two of them cannot wait for each other.
        lock(tx, &format!("digit_token/identity/{identity}"), self.now).await?;
        lock(tx, &format!("digit_token/creator/{creator}"), self.now).await?;
        let deciding = fetch_optional!(tx, (i64,), DECIDING_OF_CREATOR, creator, self.of_creator.deciding())?;
        if let Some(wait) = self.of_creator.spent_for(deciding.map(|(at,)| Timestamp(at)), self.now) {
            return Ok(Created::TooManyByCreator(wait));
        }
        let (made,) = fetch_optional!(tx, (i64,), COUNT_CREATED, identity, self.since.0)?.unwrap_or_default();
        if made >= self.most {
            return Ok(Created::TooManyForIdentity);
        }
        execute!(tx, CLOSE_LIVE, identity, self.now.0)?;
        execute!(
            tx,
            INSERT,
            self.id.as_str(),
            identity,
            creator,
            self.salt.as_str(),
            self.digest.as_str(),
            self.length,
            self.now.0,
            self.expires_at.0
        )?;
        audit::insert(tx, &self.audit).await?;
        Ok(Created::Made)
    }
}

/// Makes the live token of an identity useless; part of the transaction that ends what it was for.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn close_of_identity(
    tx: &mut Tx<'_>,
    identity: &IdentityId,
    now: Timestamp,
) -> Result<(), StorageError> {
    execute!(tx, CLOSE_LIVE, identity.as_str(), now.0)?;
    Ok(())
}

/// The guess that decides whether a budget of guesses at all names is spent.
///
/// # Errors
/// When the database does not answer.
pub async fn deciding_guess(tx: &mut Tx<'_>, budget: Budget) -> Result<Option<Timestamp>, StorageError> {
    Ok(fetch_optional!(tx, (i64,), DECIDING_GUESS, budget.deciding())?.map(|(at,)| Timestamp(at)))
}

/// Records that a counted guess was wrong, and raises the alarm when there are too many at all names together.
pub struct FailGuess {
    pub audit: AuditRecord,
    /// Of the guesses at all names.
    pub spray: Budget,
    pub now: Timestamp,
}

/// The audit's name for too many wrong guesses at all names.
pub const SPRAY_ALARM: &str = "DIGIT_TOKEN_SPRAY_ALARM";

impl Write for FailGuess {
    /// True when this guess raised the alarm.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        audit::insert(tx, &self.audit).await?;
        let deciding = deciding_guess(tx, self.spray).await?;
        if self.spray.spent_for(deciding, self.now).is_none()
            || !raise_alarm(tx, SPRAY_ALARM, self.spray.forgotten_at(self.now), self.now).await?
        {
            return Ok(false);
        }
        let alarm = AuditRecord {
            id: format!("{}.spray", self.audit.id),
            event: SPRAY_ALARM,
            object: "digit_tokens".to_owned(),
            detail: "too many wrong guesses at all names together; new tokens are longer".to_owned(),
            ..self.audit.clone()
        };
        audit::insert(tx, &alarm).await?;
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
        lock(tx, &format!("digit_token_guess/{name}"), self.now).await?;
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

/// Ends a live token before its time.
pub struct CancelDigitToken {
    pub id: DigitTokenId,
    pub identity_id: IdentityId,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for CancelDigitToken {
    /// True when it was live.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let ended = execute!(tx, CANCEL, self.id.as_str(), self.identity_id.as_str(), self.now.0)? == 1;
        if ended {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(ended)
    }
}

/// A token as the help desk sees it; neither its digits nor their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDigitToken {
    pub id: DigitTokenId,
    pub created_by: String,
    pub length: i64,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Used, replaced, cancelled, or out of attempts.
    pub closed_at: Option<Timestamp>,
}

type KeptRow = (String, String, i64, i64, i64, Option<i64>);

/// An identity's tokens, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>, identity: &IdentityId, most: i64) -> Result<Vec<KeptDigitToken>, StorageError> {
    let rows = fetch_all!(tx, KeptRow, OF_IDENTITY, identity.as_str(), most)?;
    let kept = |(key, created_by, length, created_at, expires_at, closed_at): KeptRow| {
        Ok(KeptDigitToken {
            id: id("digit_token", &key)?,
            created_by,
            length,
            created_at: Timestamp(created_at),
            expires_at: Timestamp(expires_at),
            closed_at: closed_at.map(Timestamp),
        })
    };
    rows.into_iter().map(kept).collect()
}
