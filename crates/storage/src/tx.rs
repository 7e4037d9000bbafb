use passwright_domain::timestamp::Timestamp;
use sqlx::PgConnection;

use crate::{SqliteConnection, StorageError};

/// A connection, in a transaction or reading. The statements are the same on both engines.
pub enum Tx<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Tx<'_> {
    /// The clock that leases and due times are compared with: PostgreSQL's own, so that nodes whose clocks differ agree;
    /// on SQLite, where there is one process, the caller's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn now(&mut self, local: Timestamp) -> Result<Timestamp, StorageError> {
        match self {
            Self::Sqlite(_) => Ok(local),
            Self::Postgres(c) => {
                let (micros,): (i64,) =
                    sqlx::query_as("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
                        .fetch_one(&mut **c)
                        .await?;
                Ok(Timestamp(micros))
            }
        }
    }
}
