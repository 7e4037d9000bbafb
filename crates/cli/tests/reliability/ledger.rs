//! The service's database read beside it: what was accepted, in which order, and what became of it.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions as _, Connection as _, FromRow};

/// A target row.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct TargetRow {
    pub(crate) source: String,
    pub(crate) native_identity: String,
    pub(crate) change_id: String,
    pub(crate) state: String,
    pub(crate) attempts: i64,
}

/// A target of a change that has not ended, with what its lane waits for.
#[derive(Debug, Clone, FromRow)]
#[expect(dead_code, reason = "printed when a test fails")]
pub(crate) struct OpenTarget {
    account_id: String,
    seq: i64,
    state: String,
    reason: String,
    attempts: i64,
    due_at: Option<i64>,
    unresolved_until: Option<i64>,
    ready_at: Option<i64>,
    lease_until: i64,
}

/// Reads a database; never writes to it.
#[derive(Debug, Clone)]
pub(crate) enum Ledger {
    Sqlite(PathBuf),
    Postgres(String),
}

/// Its reads are refused by no other transaction, whatever the database's default level is.
const LOOKS_ON: &str = "SET default_transaction_isolation = 'read committed'";

impl Ledger {
    pub(crate) fn file(file: impl Into<PathBuf>) -> Self {
        Self::Sqlite(file.into())
    }

    /// Of the URL in a configuration.
    pub(crate) fn of(url: &str) -> Self {
        match url.strip_prefix("sqlite://") {
            Some(file) => Self::file(file),
            None => Self::Postgres(url.to_owned()),
        }
    }

    /// The rows of a query that both engines understand.
    pub(crate) async fn rows<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        match self {
            Self::Sqlite(file) => {
                let mut connection = open(file).await;
                let rows = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                rows
            }
            Self::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                // The test looks on; it is no party to what the service's transactions do to each other.
                sqlx::query(LOOKS_ON).execute(&mut connection).await.unwrap();
                let rows = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                rows
            }
        }
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let rows: Vec<(Option<i64>,)> = self.rows(sql).await;
        rows[0].0.unwrap_or_default()
    }

    /// Every target, by account and then in the order of acceptance.
    pub(crate) async fn targets(&self) -> Vec<TargetRow> {
        self.rows(
            "SELECT s.name AS source, a.native_identity, t.change_id, t.state, t.attempts FROM change_target t \
             JOIN account a ON a.id = t.account_id JOIN source s ON s.id = a.source_id ORDER BY a.id, t.seq",
        )
        .await
    }

    /// The target of a change; the first one found when it has several.
    pub(crate) async fn target_of(&self, change: &str) -> TargetRow {
        let rows = self.targets().await;
        rows.into_iter().find(|row| row.change_id == change).unwrap_or_else(|| panic!("no target of {change}"))
    }

    /// The ids of all changes.
    pub(crate) async fn changes(&self) -> HashSet<String> {
        let ids: Vec<(String,)> = self.rows("SELECT id FROM password_change").await;
        ids.into_iter().map(|(id,)| id).collect()
    }

    /// Targets of changes that have not ended.
    pub(crate) async fn open_targets(&self) -> Vec<OpenTarget> {
        self.rows(
            "SELECT t.account_id, t.seq, t.state, t.reason, t.attempts, t.due_at, t.unresolved_until, a.ready_at, \
             a.lease_until FROM change_target t JOIN password_change c ON c.id = t.change_id JOIN account a \
             ON a.id = t.account_id WHERE c.ended_at IS NULL ORDER BY t.account_id, t.seq",
        )
        .await
    }

    /// Passwords that still lie sealed.
    pub(crate) async fn waiting_payloads(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM password_change WHERE ciphertext IS NOT NULL OR wrapped_key IS NOT NULL")
            .await
    }

    /// The longest time from acceptance to the end of a change, in milliseconds.
    pub(crate) async fn longest_wait(&self) -> i64 {
        self.number("SELECT MAX(ended_at - accepted_at) / 1000 FROM password_change").await
    }

    /// Each account gave out the numbers 1 to `next_seq`, each once.
    pub(crate) async fn check_sequences(&self) {
        let given: Vec<(String, i64)> = self.rows("SELECT id, next_seq FROM account").await;
        let rows: Vec<(String, i64)> =
            self.rows("SELECT account_id, seq FROM change_target ORDER BY account_id, seq").await;
        let mut taken: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (account, seq) in rows {
            taken.entry(account).or_default().push(seq);
        }
        for (account, next_seq) in given {
            let seqs = taken.remove(&account).unwrap_or_default();
            assert!(seqs.iter().copied().eq(1..=next_seq), "account {account}: next_seq {next_seq}, targets {seqs:?}");
        }
        assert!(taken.is_empty(), "targets without an account: {taken:?}");
    }
}

/// The hash that an application's table holds for a login.
pub(crate) async fn stored_hash(table: &Path, login: &str) -> String {
    let mut connection = open(table).await;
    let hash = sqlx::query_scalar("SELECT password FROM users WHERE login = ?").bind(login).fetch_one(&mut connection);
    let hash = hash.await.unwrap();
    connection.close().await.unwrap();
    hash
}

async fn open(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap()
}
