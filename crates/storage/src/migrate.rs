//! Bringing the tables of SQLite up to date, with the same records as `sqlx` keeps on PostgreSQL.

use std::time::Instant;

use sqlx::migrate::{MigrateError, Migrator};

use crate::{SqliteConnection, StorageError};

const CREATE: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, \
    execution_time BIGINT NOT NULL)";
const APPLIED: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";
const INSERT: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
    VALUES ($1, $2, TRUE, $3, $4)";

/// Applies what was not applied yet, each in a transaction of its own.
///
/// # Errors
/// When the database was written by a newer program, an applied migration is not the one of this program, or a
/// statement fails.
pub(crate) fn run(connection: &SqliteConnection, migrator: &Migrator) -> Result<(), StorageError> {
    connection.batch(CREATE)?;
    let applied: Vec<(i64, Vec<u8>)> = connection.fetch(APPLIED, &[], usize::MAX)?;
    for (version, checksum) in &applied {
        let known = migrator.iter().find(|m| m.version == *version);
        let known = known.ok_or(MigrateError::VersionMissing(*version))?;
        if known.checksum.as_ref() != checksum.as_slice() {
            return Err(MigrateError::VersionMismatch(*version).into());
        }
    }
    for migration in migrator.iter().filter(|m| applied.iter().all(|(version, _)| *version != m.version)) {
        let started = Instant::now();
        connection.batch("BEGIN IMMEDIATE")?;
        // SQLite knows no such tables; it has no other process that would share one.
        let text = migration.sql.as_str().replace("CREATE UNLOGGED TABLE", "CREATE TABLE");
        let done = connection.batch(&text).and_then(|()| {
            let nanos = i64::try_from(started.elapsed().as_nanos()).unwrap_or(i64::MAX);
            let (description, checksum) = (&*migration.description, &*migration.checksum);
            connection.execute(INSERT, &[&migration.version, &description, &checksum, &nanos])?;
            connection.batch("COMMIT")
        });
        if done.is_err() {
            let _ = connection.batch("ROLLBACK");
        }
        done?;
    }
    Ok(())
}
