//! Every statement of the crate is prepared on both engines.

use passwright_storage::{Tx, all_statements};
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use super::engines::on_both_engines;

#[test]
fn every_statement_prepares() {
    on_both_engines(|database| async move {
        let mut reader = database.store.read().await.unwrap();
        let mut tx = reader.tx();
        let statements = all_statements();
        assert!(statements.len() > 50, "{} statements", statements.len());
        for (module, name, text) in statements {
            let prepared = match &mut tx {
                // SQLite has no such clause; the statement's twin is prepared there.
                Tx::Sqlite(_) if text.contains("engine: postgresql") => Ok(()),
                Tx::Sqlite(c) => c.prepares(text),
                Tx::Postgres(c) => c.prepare(AssertSqlSafe(text).into_sql_str()).await.map(|_| ()).map_err(Into::into),
            };
            assert!(prepared.is_ok(), "{module} {name}: {prepared:?}");
        }
    });
}

#[test]
fn migrations_run_twice_without_effect() {
    on_both_engines(|database| async move {
        passwright_storage::Store::migrate(&database.options).await.unwrap();
        let durability = database.store.durability().await.unwrap();
        assert!(!durability.detail.is_empty());
    });
}

/// PostgreSQL-compatible distributed engines have none; the migrations alone may take one.
#[test]
fn no_statement_takes_an_advisory_lock() {
    for (module, name, text) in all_statements() {
        assert!(!text.to_lowercase().contains("advisory"), "{module} {name}");
    }
}
