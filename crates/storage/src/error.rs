/// What storage can say. Messages hold no bound value.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database does not answer, is full, or refused the commit: nothing was written.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// A unique name or a reference is in the way.
    #[error("{0} conflicts with an existing row")]
    Conflict(String),
    /// The lane's lease was lost: another worker holds it now.
    #[error("the lease of the lane was lost")]
    LeaseLost,
    /// A ciphertext belongs to another principal or identity.
    #[error("the ciphertext was used by another caller or identity")]
    CiphertextTaken,
    /// A row does not read back: written by a newer version, or damaged.
    #[error("{table} holds a value that does not read back: {detail}")]
    Corrupt { table: &'static str, detail: String },
    /// A statement is wrong: a defect of this program.
    #[error("a statement failed")]
    Statement(#[source] sqlx::Error),
    #[error("the migration failed")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The writer has stopped.
    #[error("the database writer has stopped")]
    Stopped,
}

impl StorageError {
    /// PostgreSQL asks to run the transaction again (40001 serialization failure, 40P01 deadlock).
    pub(crate) fn asks_for_retry(&self) -> bool {
        match self {
            Self::Statement(sqlx::Error::Database(e)) | Self::Unavailable(sqlx::Error::Database(e)) => {
                matches!(e.code().as_deref(), Some("40001" | "40P01"))
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() || e.is_foreign_key_violation() => {
                Self::Conflict(e.constraint().or_else(|| e.table()).unwrap_or("a value").to_owned())
            }
            // SQLite: 5 busy, 6 locked, 8 read-only, 10 I/O error (and its extended codes), 13 full, 14 cannot open.
            sqlx::Error::Database(e)
                if e.code().and_then(|c| c.parse::<i32>().ok()).is_some_and(|c| {
                    e.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
                        && matches!(c & 0xff, 5 | 6 | 8 | 10 | 13 | 14)
                }) =>
            {
                Self::Unavailable(error)
            }
            // PostgreSQL: class 08 connection, 53 resources, 57 operator intervention, 58 system error, 25006 read-only.
            sqlx::Error::Database(e)
                if e.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some_and(|e| {
                    matches!(e.code().get(..2), Some("08" | "53" | "57" | "58")) || e.code() == "25006"
                }) =>
            {
                Self::Unavailable(error)
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Unavailable(error),
            _ => Self::Statement(error),
        }
    }
}
