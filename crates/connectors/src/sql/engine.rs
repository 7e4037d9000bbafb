//! The database of the table, whichever it is.

use futures_util::{Stream, TryStreamExt as _};
use sqlx::{Error, Transaction};

use super::config::Database;
use super::postgres::PostgresTables;
use super::row::{Argument, Row, Unfit};
use super::sqlite::SqliteTables;
use super::statement::Statement;
use crate::{Credential, Fault, FaultClass};

pub(super) enum Engine {
    Sqlite(SqliteTables),
    Postgres(PostgresTables),
}

/// How many rows a change fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Changed {
    None,
    /// It is committed.
    One,
    /// Nothing is changed.
    Several,
}

impl Changed {
    pub(super) fn of(rows: u64) -> Self {
        match rows {
            0 => Self::None,
            1 => Self::One,
            _ => Self::Several,
        }
    }
}

impl Engine {
    /// Opens nothing yet.
    ///
    /// # Errors
    /// `Configuration` when a credential is given that the engine has no use for.
    pub(super) fn new(database: Database, credential: Option<&Credential>) -> Result<Self, Fault> {
        match database {
            Database::Sqlite(_) if credential.is_some() => {
                let reason = "this source takes no service credential";
                Err(Fault::new(FaultClass::Configuration, reason, "sqlite: a credential is set"))
            }
            Database::Sqlite(path) => Ok(Self::Sqlite(SqliteTables::new(path))),
            Database::Postgres(server) => Ok(Self::Postgres(PostgresTables::new(server, credential))),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgresql",
        }
    }

    /// A fault that the engine did not tell itself.
    pub(super) fn fault(&self, class: FaultClass, reason: impl Into<String>, detail: &str) -> Fault {
        Fault::new(class, reason, format!("{}: {detail}", self.name()))
    }

    pub(super) fn unfit(&self, unfit: &Unfit) -> Fault {
        let reason = "the table of this source gives values of an unexpected kind";
        self.fault(FaultClass::Configuration, reason, &unfit.0)
    }

    /// Opens the database and looks whether it would run the statements; runs none.
    pub(super) async fn test(&self, statements: &[&Statement]) -> Result<(), Fault> {
        match self {
            Self::Sqlite(tables) => tables.test(statements).await,
            Self::Postgres(tables) => tables.test(statements).await,
        }
    }

    /// The first rows, `most` of them.
    pub(super) async fn rows(&self, of: &Statement, values: &[Argument<'_>], most: usize) -> Result<Vec<Row>, Fault> {
        match self {
            Self::Sqlite(tables) => tables.rows(of, values, most).await,
            Self::Postgres(tables) => tables.rows(of, values, most).await,
        }
    }

    /// Changes one row, or nothing. `secret` is struck out of errors.
    pub(super) async fn change_one(
        &self,
        of: &Statement,
        values: &[Argument<'_>],
        secret: &str,
    ) -> Result<Changed, Fault> {
        match self {
            Self::Sqlite(tables) => tables.change_one(of, values, secret).await,
            Self::Postgres(tables) => tables.change_one(of, values, secret).await,
        }
    }
}

/// The first rows of a stream, `most` of them.
pub(super) async fn first_rows<R>(
    stream: impl Stream<Item = Result<R, Error>> + Unpin,
    most: usize,
    decode: impl Fn(&R) -> Result<Row, Error>,
) -> Result<Vec<Row>, Error> {
    let mut stream = stream;
    let mut rows = Vec::new();
    while rows.len() < most
        && let Some(row) = stream.try_next().await?
    {
        rows.push(decode(&row)?);
    }
    Ok(rows)
}

/// Commits the change of one row; takes anything else back.
pub(super) async fn conclude<DB: sqlx::Database>(
    transaction: Transaction<'_, DB>,
    rows: u64,
    failed: impl Fn(Error) -> Fault,
) -> Result<Changed, Fault> {
    let changed = Changed::of(rows);
    if changed == Changed::One {
        transaction.commit().await.map_err(|error| failed(error).after_sending())?;
    } else {
        transaction.rollback().await.map_err(failed)?;
    }
    Ok(changed)
}
