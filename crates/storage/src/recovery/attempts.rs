//! Answers are counted and committed before they are compared.

use std::time::Duration;

use passwright_domain::budget::Budget;
use passwright_domain::factors::Lane;
use passwright_domain::timestamp::Timestamp;

use crate::budgets::lock;
use crate::{StorageError, Tx, Write};

statements! {
    DECIDING = "SELECT at FROM proof_attempt WHERE lane = $1 AND name_key = $2 ORDER BY at DESC LIMIT 1 OFFSET $3";
    INSERT = "INSERT INTO proof_attempt (id, lane, name_key, at) VALUES ($1, $2, $3, $4)";
    DELETE = "DELETE FROM proof_attempt WHERE id = $1";
}

/// Counts an answer, or a mail, as failed until it is shown to have been right.
pub struct TakeProofAttempt {
    pub id: String,
    pub lane: Lane,
    /// The canonical name that was given, known or not.
    pub name_key: String,
    pub budgets: Vec<Budget>,
    pub now: Timestamp,
}

impl Write for TakeProofAttempt {
    /// Nothing is counted where there is no budget. How long the name has to wait; then this attempt is not counted, so nobody is kept out longer by it.
    type Output = Option<Duration>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Option<Duration>, StorageError> {
        if self.budgets.is_empty() {
            return Ok(None);
        }
        let (lane, name) = (self.lane.as_str(), self.name_key.as_str());
        lock(tx, &format!("proof_attempt/{lane}/{name}"), self.now).await?;
        let mut wait = None;
        for budget in &self.budgets {
            let deciding = fetch_optional!(tx, (i64,), DECIDING, lane, name, budget.deciding())?;
            wait = wait.max(budget.spent_for(deciding.map(|(at,)| Timestamp(at)), self.now));
        }
        if wait.is_none() {
            execute!(tx, INSERT, self.id.as_str(), lane, name, self.now.0)?;
        }
        Ok(wait)
    }
}

/// The attempt was right: it counts no longer. Part of the transaction that uses up what was answered with.
pub(crate) async fn right(tx: &mut Tx<'_>, attempt: &str) -> Result<(), StorageError> {
    execute!(tx, DELETE, attempt)?;
    Ok(())
}

/// A right answer of what cannot be used up: it counts once by its attempt, which counts as failed no longer.
pub struct PassProofAttempt {
    pub id: String,
}

impl Write for PassProofAttempt {
    /// False when there is no such attempt.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        Ok(execute!(tx, DELETE, self.id.as_str())? > 0)
    }
}
