//! Writes and proves a password in an application's table.

use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Executor as _, Row as _, SqlSafeStr as _, Sqlite};
use zeroize::Zeroizing;

use super::config::{Checked, SqlConfig};
use super::connection::Connection;
use super::statement::{Parameter, Statement};
use crate::hash::{HashScheme, background};
use crate::{
    AccountRef, AccountState, Credential, Fault, FaultClass, Fencing, Proof, Provability, SetPassword, SignIns,
};

/// The connector.
pub struct Sql {
    pub(super) connection: Connection,
    update: Statement,
    select: Statement,
    pub(super) accounts: Option<Statement>,
    scheme: HashScheme,
}

/// What the `select` statement gave for one account.
struct Stored {
    /// `None` when the account has no password.
    hash: Option<Zeroizing<String>>,
    state: AccountState,
}

impl Sql {
    pub const PROVABILITY: Provability = Provability::SignIn;

    /// Checks the settings; opens nothing.
    ///
    /// # Errors
    /// `Configuration`, naming the setting and what is wrong with it; also when a credential is given, as SQLite has none.
    #[expect(clippy::needless_pass_by_value, reason = "all connectors are built alike")]
    pub fn new(config: &SqlConfig, credential: Option<Credential>) -> Result<Self, Fault> {
        if credential.is_some() {
            let reason = "this source takes no service credential";
            return Err(Fault::new(FaultClass::Configuration, reason, "sqlite: a credential is set"));
        }
        let Checked { database, update, select, accounts, scheme } = config.check()?;
        Ok(Self { connection: Connection::new(database), update, select, accounts, scheme })
    }

    /// Strong where the update compares `:seq`.
    #[must_use]
    pub fn fencing(&self) -> Fencing {
        if self.update.parameters.contains(&Parameter::Seq) {
            Fencing::Strong
        } else if self.select.text.contains("changed_at") {
            Fencing::Verify
        } else {
            Fencing::None
        }
    }

    /// Opens the database and prepares its statements, so that a wrong table or column is named; runs none.
    ///
    /// # Errors
    /// `Configuration` or `Transient`.
    pub async fn test(&self) -> Result<(), Fault> {
        let pool = self.connection.pool().await?;
        self.connection.writable()?;
        for statement in [&self.update, &self.select].into_iter().chain(&self.accounts) {
            let text = AssertSqlSafe(statement.text.as_str()).into_sql_str();
            pool.prepare(text).await.map_err(|error| self.connection.failed(&error, ""))?;
        }
        Ok(())
    }

    /// Looks at the account's row.
    ///
    /// # Errors
    /// `Permanent` when there is no row, or more than one.
    pub async fn check(&self, account: AccountRef<'_>) -> Result<AccountState, Fault> {
        Ok(self.read(account).await?.state)
    }

    /// Hashes the password and writes it to exactly one row.
    ///
    /// # Errors
    /// `Refused` before anything is sent when the scheme cannot keep the password whole; `Permanent` when not exactly one
    /// row fits, and then nothing is changed; `Transient` when the database stays locked for five seconds.
    pub async fn set_password(&self, account: AccountRef<'_>, new: &str, options: SetPassword) -> Result<(), Fault> {
        let hash = background::hash(self.scheme, new).await?;
        let failed = |error: sqlx::Error| self.connection.failed(&error, &hash);
        let pool = self.connection.pool().await?;
        // IMMEDIATE waits for the other writer here; a plain BEGIN would fail at once when it turns into a writer late.
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let mut query = sqlx::query::<Sqlite>(AssertSqlSafe(self.update.text.as_str()));
        for parameter in &self.update.parameters {
            query = match parameter {
                Parameter::PasswordHash => query.bind(hash.as_str()),
                Parameter::Account => query.bind(account.native_identity),
                Parameter::ChangedAt => query.bind(now_micros()),
                Parameter::Unlock => query.bind(options.unlock),
                Parameter::MustChange => query.bind(options.must_change),
                Parameter::Seq => query.bind(options.order),
                Parameter::After => query.bind(""),
            };
        }
        let rows = query.execute(&mut *transaction).await.map_err(failed)?.rows_affected();
        if rows != 1 {
            transaction.rollback().await.map_err(failed)?;
            if rows == 0 && self.fencing() == Fencing::Strong {
                // There or not: only then is it known what no row means.
                self.read(account).await?;
                let reason = "a newer password change has reached this system";
                return Err(Fault::new(FaultClass::Refused, reason, "sqlite: no row with a smaller :seq"));
            }
            return Err(not_one_row(rows > 1));
        }
        transaction.commit().await.map_err(|error| failed(error).after_sending())
    }

    /// Verifies the password against the stored hash, as the application does at a sign-in.
    ///
    /// # Errors
    /// As [`Self::check`]; `Configuration` when the stored text is no hash we know.
    pub async fn prove(&self, account: AccountRef<'_>, password: &str) -> Result<Proof, Fault> {
        let Stored { hash, state } = self.read(account).await?;
        let Some(hash) = hash else { return Ok(Proof::Rejected) };
        if password.is_empty() || !background::verify(&hash, password).await? {
            return Ok(Proof::Rejected);
        }
        Ok(match state {
            AccountState { disabled: true, .. } => Proof::NotProvable("the account is disabled".to_owned()),
            AccountState { locked: true, .. } => Proof::NotProvable("the account is locked".to_owned()),
            _ => Proof::Proved,
        })
    }

    async fn read(&self, account: AccountRef<'_>) -> Result<Stored, Fault> {
        let failed = |error: sqlx::Error| self.connection.failed(&error, "");
        let pool = self.connection.pool().await?;
        let mut query = sqlx::query::<Sqlite>(AssertSqlSafe(self.select.text.as_str()));
        for _ in &self.select.parameters {
            query = query.bind(account.native_identity);
        }
        let mut rows = query.fetch(&pool);
        let row = rows.try_next().await.map_err(failed)?.ok_or_else(|| not_one_row(false))?;
        if rows.try_next().await.map_err(failed)?.is_some() {
            return Err(not_one_row(true));
        }
        self.decode(&row).map_err(failed)
    }

    fn decode(&self, row: &SqliteRow) -> Result<Stored, sqlx::Error> {
        let hash = match row.try_get::<Option<Vec<u8>>, _>(0)? {
            Some(bytes) if !bytes.is_empty() => {
                let bytes = Zeroizing::new(bytes);
                let text = std::str::from_utf8(&bytes).map_err(|error| sqlx::Error::Decode(error.into()))?;
                Some(Zeroizing::new(text.to_owned()))
            }
            _ => None,
        };
        let state = AccountState {
            locked: number(row, "locked")?.is_some_and(|number| number != 0),
            disabled: number(row, "disabled")?.is_some_and(|number| number != 0),
            password_changed_at: number(row, "changed_at")?,
            // The hash is compared here, behind the application's back.
            sign_ins: SignIns::NeverLock,
            max_password_bytes: self.scheme.max_password_bytes(),
            ..AccountState::default()
        };
        Ok(Stored { hash, state })
    }
}

/// The whole number in a column; `None` when it is NULL or the statement gives no such column.
pub(super) fn number(row: &SqliteRow, column: &str) -> Result<Option<i64>, sqlx::Error> {
    match row.try_get::<Option<i64>, _>(column) {
        Err(sqlx::Error::ColumnNotFound(_)) => Ok(None),
        result => result,
    }
}

fn not_one_row(several: bool) -> Fault {
    if several {
        let reason = "more than one account fits, so none was changed";
        return Fault::new(FaultClass::Permanent, reason, "sqlite: more than one row");
    }
    Fault::new(FaultClass::Permanent, "the account does not exist at the source", "sqlite: no row")
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
