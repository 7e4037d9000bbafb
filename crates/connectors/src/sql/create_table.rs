//! The application tables of the demo. Not for production: a real application makes its own.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::{Fault, FaultClass};

const CREATE: &str = "CREATE TABLE IF NOT EXISTS users (login TEXT PRIMARY KEY, password TEXT NOT NULL, \
                      locked INTEGER NOT NULL DEFAULT 0, changed_at INTEGER NOT NULL DEFAULT 0)";
const INSERT: &str = "INSERT INTO users (login, password) VALUES ($1, $2) ON CONFLICT (login) DO NOTHING";

/// Makes a table `users` (login, password, locked, changed_at) in the file, which is made when absent, and adds the
/// logins with their hashes; a login that is there keeps its own.
///
/// # Errors
/// `Configuration` when the file cannot be made or is no database.
pub async fn create_demo_table(path: &Path, rows: &[(&str, &str)]) -> Result<(), Fault> {
    create(path, rows).await.map_err(|error| {
        let detail = format!("sqlite {}: {error}", path.display());
        Fault::new(FaultClass::Configuration, "the table of the demo cannot be made", detail)
    })
}

async fn create(path: &Path, rows: &[(&str, &str)]) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin().await?;
    sqlx::query(CREATE).execute(&mut *transaction).await?;
    for (login, hash) in rows {
        sqlx::query(INSERT).bind(*login).bind(*hash).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    connection.close().await
}

#[cfg(test)]
mod tests {
    use super::create_demo_table;

    #[tokio::test]
    async fn a_second_run_keeps_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crm.sqlite3");
        create_demo_table(&path, &[("abby", "one")]).await.unwrap();
        create_demo_table(&path, &[("abby", "two"), ("bob", "three")]).await.unwrap();
        let url = format!("sqlite://{}", path.display());
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
        let rows: Vec<(String, String)> = sqlx::query_as("SELECT login, password FROM users ORDER BY login")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        assert_eq!(rows, [("abby".into(), "one".into()), ("bob".into(), "three".into())]);
        assert!(create_demo_table(folder.path(), &[]).await.is_err());
    }
}
