/// What a driver said.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What storage can say. Messages hold no bound value.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database does not answer, is full, or refused the commit: nothing was written.
    #[error("the database is unavailable")]
    Unavailable(#[source] Cause),
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
    /// PostgreSQL cannot hold a text of the caller's: what is wrong with it.
    #[error("{0}")]
    Unstorable(&'static str),
    /// A statement is wrong: a defect of this program.
    #[error("a statement failed")]
    Statement(#[source] Cause),
    /// PostgreSQL asks to run the transaction again (40001 serialization failure, 40P01 deadlock).
    #[error("the transaction met another one")]
    RunAgain(#[source] Cause),
    #[error("the migration failed")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The writer has stopped.
    #[error("the database writer has stopped")]
    Stopped,
    /// A write waited for something that is not the database: a defect of this program.
    #[error("a write waited for something that is not the database")]
    Waits,
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, ConstraintViolation, DatabaseBusy, DatabaseLocked, DiskFull, ReadOnly, SystemIoFailure,
        };
        // Extended codes of ConstraintViolation: a reference, a primary key, a unique index, a row id.
        const IN_THE_WAY: [i32; 4] = [787, 1555, 2067, 2579];
        let rusqlite::Error::SqliteFailure(cause, text) = &error else {
            return Self::Statement(error.into());
        };
        match cause.code {
            ConstraintViolation if IN_THE_WAY.contains(&cause.extended_code) => {
                // "UNIQUE constraint failed: source.name_key": columns, never values.
                let columns = text.as_deref().and_then(|text| text.split_once("failed: ")).map(|(_, columns)| columns);
                Self::Conflict(columns.unwrap_or("a value").to_owned())
            }
            DatabaseBusy | DatabaseLocked | ReadOnly | SystemIoFailure | DiskFull | CannotOpen => {
                Self::Unavailable(error.into())
            }
            _ => Self::Statement(error.into()),
        }
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() || e.is_foreign_key_violation() => {
                Self::Conflict(e.constraint().or_else(|| e.table()).unwrap_or("a value").to_owned())
            }
            sqlx::Error::Database(e) => {
                let code = e.code().unwrap_or_default();
                match (code.get(..2), &*code) {
                    (_, "40001" | "40P01") => Self::RunAgain(error.into()),
                    // Class 08 connection, 53 resources, 57 operator intervention, 58 system error; read-only.
                    (Some("08" | "53" | "57" | "58"), _) | (_, "25006") => Self::Unavailable(error.into()),
                    // SQLite holds both; for a caller they are a fault of the request, not of the service.
                    (_, "22021") => Self::Unstorable("a text holds the character U+0000"),
                    (_, "54000") => Self::Unstorable("a text is too long to be looked up"),
                    _ => Self::Statement(error.into()),
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Unavailable(error.into()),
            _ => Self::Statement(error.into()),
        }
    }
}
