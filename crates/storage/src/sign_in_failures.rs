//! The attempts that bound guessing of sign-in passwords. An attempt is counted and committed before it is compared.

use std::time::Duration;

use passwright_domain::audit::AuditRecord;
use passwright_domain::auth_org::{Attempts, LockoutConfig};
use passwright_domain::delivery::Notice;
use passwright_domain::timestamp::Timestamp;

use crate::deliveries::address_mail;
use crate::rows::{from_json, to_json};
use crate::{StorageError, Tx, Write, audit};

statements! {
    // Changes nothing in a row that is there: its lock puts attempts at the same time in an order.
    READ = "INSERT INTO sign_in_attempt (name_key, failed_at, locked_until, forgotten_at) VALUES ($1, '[]', 0, $2) \
            ON CONFLICT (name_key) DO UPDATE SET name_key = excluded.name_key RETURNING failed_at, locked_until";
    SAVE = "UPDATE sign_in_attempt SET failed_at = $2, locked_until = $3, forgotten_at = $4 WHERE name_key = $1";
    CLEAR = "DELETE FROM sign_in_attempt WHERE name_key = $1";
    FORGET = "DELETE FROM sign_in_attempt WHERE forgotten_at <= $1";
}

/// Counts an attempt as failed until it is shown to have been right.
pub struct TakeSignInAttempt {
    /// The canonical name that was given, known or not.
    pub name_key: String,
    pub now: Timestamp,
    pub config: LockoutConfig,
}

impl Write for TakeSignInAttempt {
    /// Whether the attempt locks the name unless it is right; or how long the name is locked still, and it must not be compared.
    type Output = Result<bool, Duration>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        let name = self.name_key.as_str();
        let row = fetch_optional!(tx, (String, i64), READ, name, self.now.0)?;
        let (failed_at, locked_until) = row.unwrap_or_else(|| ("[]".to_owned(), 0));
        let failed_at = from_json("sign_in_attempt", &failed_at)?;
        let mut attempts = Attempts { failed_at, locked_until: Timestamp(locked_until) };
        if let Err(wait) = self.config.take(&mut attempts, self.now) {
            return Ok(Err(wait));
        }
        let forgotten_at = self.config.forgotten_at(&attempts);
        execute!(tx, SAVE, name, to_json(&attempts.failed_at), attempts.locked_until.0, forgotten_at.0)?;
        Ok(Ok(attempts.locked_until > self.now))
    }
}

/// Forgets a name's failures after a right password.
pub struct ClearSignInFailures {
    pub name_key: String,
}

impl Write for ClearSignInFailures {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        execute!(tx, CLEAR, self.name_key.as_str())?;
        Ok(())
    }
}

/// Records that a name was locked, and tells its person; for nobody a mail is written down that goes nowhere.
pub struct TellOfLock {
    pub audit: AuditRecord,
    pub notice: Notice,
    pub now: Timestamp,
}

impl Write for TellOfLock {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        audit::insert(tx, &self.audit).await?;
        let now = tx.now(self.now).await?;
        address_mail(tx, &self.notice, now).await
    }
}

/// Removes attempts that say nothing any more.
pub struct ForgetSignInAttempts {
    pub now: Timestamp,
}

impl Write for ForgetSignInAttempts {
    /// How many names were forgotten.
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        execute!(tx, FORGET, self.now.0)
    }
}
