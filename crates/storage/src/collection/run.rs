use passwright_domain::collection::{Collection, Resource};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Postgres};

use super::Column;
use super::sql::{self, Bound, Engine, Statement};
use crate::{StorageError, Tx};

/// A resource with its table.
pub trait Listed: Resource {
    /// What `SELECT` reads.
    type Row: for<'r> TryFrom<&'r rusqlite::Row<'r>, Error = rusqlite::Error>
        + for<'r> sqlx::FromRow<'r, PgRow>
        + Send
        + Unpin;

    /// `SELECT … FROM …` without conditions.
    const SELECT: &'static str;
    /// `SELECT COUNT(*) FROM …` of the same rows.
    const COUNT: &'static str;
    /// Unique; the last thing rows are ordered by.
    const ID: Column;

    fn column(key: Self::Key) -> Column;
}

/// The rows of the page, and how many match when that was asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn list<R: Listed>(
    tx: &mut Tx<'_>,
    collection: &Collection<R>,
) -> Result<(Vec<R::Row>, Option<u64>), StorageError> {
    let engine = match tx {
        Tx::Sqlite(_) => Engine::Sqlite,
        Tx::Postgres(_) => Engine::Postgres,
    };
    let rows = if collection.page.limit == 0 {
        Vec::new()
    } else {
        fetch::<R::Row>(tx, sql::page(collection, engine)).await?
    };
    if !collection.page.count {
        return Ok((rows, None));
    }
    let counted = fetch::<(i64,)>(tx, sql::count(collection, engine)).await?;
    let total = counted.first().and_then(|(total,)| u64::try_from(*total).ok());
    Ok((rows, total))
}

/// The text comes from [`sql`] alone, which is made of constants.
async fn fetch<Row>(tx: &mut Tx<'_>, statement: Statement) -> Result<Vec<Row>, StorageError>
where
    Row: for<'r> TryFrom<&'r rusqlite::Row<'r>, Error = rusqlite::Error>
        + for<'r> sqlx::FromRow<'r, PgRow>
        + Send
        + Unpin,
{
    match tx {
        Tx::Sqlite(connection) => {
            let values: Vec<&dyn rusqlite::ToSql> = statement
                .values
                .iter()
                .map(|value| match value {
                    Bound::Text(text) => text as &dyn rusqlite::ToSql,
                    Bound::Integer(number) => number,
                    Bound::Boolean(boolean) => boolean,
                })
                .collect();
            connection.fetch(&statement.sql, &values, usize::MAX)
        }
        Tx::Postgres(connection) => {
            // Not kept prepared: there are as many texts as filters.
            let mut query = sqlx::query_as::<Postgres, Row>(AssertSqlSafe(statement.sql)).persistent(false);
            for value in statement.values {
                query = match value {
                    Bound::Text(text) => query.bind(text),
                    Bound::Integer(number) => query.bind(number),
                    Bound::Boolean(boolean) => query.bind(boolean),
                };
            }
            Ok(query.fetch_all(&mut **connection).await?)
        }
    }
}
