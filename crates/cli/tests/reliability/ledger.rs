//! The service's SQLite database read beside it: what was accepted, in which order, and what became of it.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

/// A target row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct TargetRow {
    pub(crate) source: String,
    pub(crate) native_identity: String,
    pub(crate) change_id: String,
    pub(crate) state: String,
    pub(crate) attempts: i64,
}

/// Reads a database file; never writes to it.
pub(crate) struct Ledger(PathBuf);

impl Ledger {
    pub(crate) fn new(file: impl Into<PathBuf>) -> Self {
        Self(file.into())
    }

    async fn open(&self) -> SqliteConnection {
        open(&self.0).await
    }

    /// Every target, by account and then in the order of acceptance.
    pub(crate) async fn targets(&self) -> Vec<TargetRow> {
        let mut connection = self.open().await;
        let rows = sqlx::query_as(
            "SELECT s.name AS source, a.native_identity, t.change_id, t.state, t.attempts FROM change_target t \
             JOIN account a ON a.id = t.account_id JOIN source s ON s.id = a.source_id ORDER BY a.id, t.seq",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        rows
    }

    /// The targets of one account, oldest first.
    pub(crate) async fn lane(&self, source: &str, native_identity: &str) -> Vec<TargetRow> {
        let mut rows = self.targets().await;
        rows.retain(|row| row.source == source && row.native_identity == native_identity);
        rows
    }

    /// The target of a change; the first one found when it has several.
    pub(crate) async fn target_of(&self, change: &str) -> TargetRow {
        let rows = self.targets().await;
        rows.into_iter().find(|row| row.change_id == change).unwrap_or_else(|| panic!("no target of {change}"))
    }

    /// The ids of all changes.
    pub(crate) async fn changes(&self) -> HashSet<String> {
        let mut connection = self.open().await;
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM password_change").fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        ids.into_iter().collect()
    }

    /// Passwords that still lie sealed.
    pub(crate) async fn waiting_payloads(&self) -> i64 {
        let mut connection = self.open().await;
        let count = sqlx::query_scalar(
            "SELECT COUNT(*) FROM password_change WHERE ciphertext IS NOT NULL OR wrapped_key IS NOT NULL",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        count
    }

    /// Each account gave out the numbers 1 to `next_seq`, each once.
    pub(crate) async fn check_sequences(&self) {
        let mut connection = self.open().await;
        let given: Vec<(String, i64)> =
            sqlx::query_as("SELECT id, next_seq FROM account").fetch_all(&mut connection).await.unwrap();
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT account_id, seq FROM change_target ORDER BY account_id, seq")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        connection.close().await.unwrap();
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
