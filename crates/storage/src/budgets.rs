//! Durable failure budgets: what they are counted by, and the alarms they raise.

use passwright_domain::budget::{KeyWear, PayloadBudget};
use passwright_domain::ids::{PasswordChangeId, RsaKeyId};
use passwright_domain::timestamp::Timestamp;

use crate::rows::id;
use crate::{StorageError, Tx, Write};

statements! {
    STANDING = "SELECT \
        (SELECT at FROM payload_failure WHERE actor = $1 AND at <= $2 ORDER BY at DESC LIMIT 1 OFFSET $3) AS hour, \
        (SELECT at FROM payload_failure WHERE actor = $1 AND at <= $2 ORDER BY at DESC LIMIT 1 OFFSET $4) AS day, \
        (SELECT retired_at FROM rsa_key WHERE id = $5) AS retired_at";
    INSERT_FAILURE = "INSERT INTO payload_failure (change_id, actor, at) SELECT id, actor, released_at \
        FROM password_change WHERE id = $1 AND rsa_key_id IS NOT NULL";
    WEAR_KEY = "UPDATE rsa_key SET payload_failures = payload_failures + 1, \
        retired_at = CASE WHEN retired_at IS NULL AND payload_failures + 1 >= $2 THEN $3 ELSE retired_at END \
        WHERE id = (SELECT rsa_key_id FROM password_change WHERE id = $1) RETURNING id, payload_failures, retired_at";
    RAISE_ALARM = "INSERT INTO alarm (name, raised_at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET \
        raised_at = excluded.raised_at WHERE alarm.raised_at <= $3";
    FORGET_FAILURES = "DELETE FROM payload_failure WHERE at <= $1";
    FORGET_GUESSES = "DELETE FROM digit_token_guess WHERE at <= $1";
    FORGET_WINDOWS = "DELETE FROM request_window WHERE opened_at <= $1";
    FORGET_LOCKS = "DELETE FROM counting_lock WHERE at <= $1";
    LOCK = "INSERT INTO counting_lock (name, at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = excluded.at";
}

/// Where a principal and a key stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadStanding {
    /// The failures that decide on the principal's budgets of an hour and a day.
    pub deciding: [Option<Timestamp>; 2],
    pub key_is_retired: bool,
}

/// Looks up where a principal and a key stand; failures that are not shown yet do not count.
///
/// # Errors
/// When the database does not answer.
pub async fn payload_standing(
    tx: &mut Tx<'_>,
    actor: &str,
    key: &str,
    budget: &PayloadBudget,
    now: Timestamp,
) -> Result<PayloadStanding, StorageError> {
    type Row = (Option<i64>, Option<i64>, Option<i64>);
    let [hour, day] = budget.of_principal().map(passwright_domain::budget::Budget::deciding);
    let row = fetch_optional!(tx, Row, STANDING, actor, now.0, hour, day, key)?;
    let (hour, day, retired_at) = row.unwrap_or_default();
    Ok(PayloadStanding { deciding: [hour, day].map(|at| at.map(Timestamp)), key_is_retired: retired_at.is_some() })
}

/// A key that a failure was counted for and that is worth a word now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WornKey {
    pub id: RsaKeyId,
    pub failures: i64,
    pub wear: KeyWear,
}

/// Counts a change that ended because its payload is no password, for its actor and its key. Only an RSA payload is
/// counted: no one else chooses the bytes of another.
pub(crate) async fn count_failure(
    tx: &mut Tx<'_>,
    change: &PasswordChangeId,
    budget: &PayloadBudget,
    now: Timestamp,
) -> Result<Option<WornKey>, StorageError> {
    type Row = (String, i64, Option<i64>);
    execute!(tx, INSERT_FAILURE, change.as_str())?;
    let row = fetch_optional!(tx, Row, WEAR_KEY, change.as_str(), i64::from(budget.key_most), now.0)?;
    let Some((key, failures, retired_at)) = row else { return Ok(None) };
    let wear = if retired_at == Some(now.0) {
        KeyWear::Retired
    } else if failures == i64::from(budget.key_alarm) {
        KeyWear::Alarm
    } else {
        return Ok(None);
    };
    Ok(Some(WornKey { id: id("rsa_key", &key)?, failures, wear }))
}

/// True for the one who raises the alarm of this name; false when it was raised after `since`.
pub(crate) async fn raise_alarm(
    tx: &mut Tx<'_>,
    name: &str,
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, StorageError> {
    Ok(execute!(tx, RAISE_ALARM, name, now.0, since.0)? == 1)
}

/// Makes transactions that count the same thing wait for each other until they end. On SQLite they do anyway.
pub(crate) async fn lock(tx: &mut Tx<'_>, what: &str, now: Timestamp) -> Result<(), StorageError> {
    if matches!(tx, Tx::Postgres(_)) {
        execute!(tx, LOCK, what, now.0)?;
    }
    Ok(())
}

/// Removes what no budget counts any more.
pub struct ForgetCounted {
    /// Failures and guesses of then and before.
    pub before: Timestamp,
}

impl Write for ForgetCounted {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        for statement in [FORGET_FAILURES, FORGET_GUESSES, FORGET_WINDOWS, FORGET_LOCKS] {
            execute!(tx, statement, self.before.0)?;
        }
        Ok(())
    }
}
