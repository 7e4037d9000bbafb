//! Reads the accounts of the table, page by page, each behind the last key of the one before.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use passwright_domain::directory::is_secret_attribute;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Column as _, Row as _, Sqlite};

use super::passwords::{Sql, number};
use crate::aggregate::{AccountPage, Cursor, PER_PAGE, ReadAccount, keeps};
use crate::{Fault, FaultClass};

/// The column of the display name.
const NAME: &str = "account_name";
const STATES: [&str; 2] = ["locked", "disabled"];

impl Sql {
    /// A page of accounts. The cursor is the native identity of the last one.
    ///
    /// # Errors
    /// `Configuration` without the setting `accounts`, or when its statement does not move on.
    pub async fn read_accounts(&self, wanted: &[String], cursor: Option<Cursor>) -> Result<AccountPage, Fault> {
        let Some(statement) = &self.accounts else {
            let reason = "the setting `accounts` of this source does not say how its accounts are read";
            return Err(Fault::new(FaultClass::Configuration, reason, "sqlite: no statement accounts"));
        };
        let after = cursor.map(Cursor::text).transpose()?.unwrap_or_default();
        let failed = |error: sqlx::Error| self.connection.failed(&error, "");
        let pool = self.connection.pool().await?;
        let mut query = sqlx::query::<Sqlite>(AssertSqlSafe(statement.text.as_str()));
        for _ in &statement.parameters {
            query = query.bind(after.as_str());
        }
        let mut rows = query.bind(i64::try_from(PER_PAGE).unwrap_or(i64::MAX)).fetch(&pool);
        let (mut accounts, mut last, mut count) = (Vec::new(), None, 0);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let key = text(&row, 0).filter(|key| !key.is_empty());
            let key = key.ok_or_else(|| unfit("the first column of an account is empty or no text"))?;
            if key == after {
                return Err(unfit("it gives the account of :after again"));
            }
            accounts.push(read(&row, key.clone(), wanted).map_err(failed)?);
            last = Some(key);
            count += 1;
        }
        Ok(AccountPage { accounts, next: last.filter(|_| count == PER_PAGE).map(Cursor::after) })
    }
}

fn unfit(why: &str) -> Fault {
    let reason = format!("the setting `accounts` of this source cannot be used: {why}");
    Fault::new(FaultClass::Configuration, reason, format!("sqlite: accounts: {why}"))
}

fn read(row: &SqliteRow, key: String, wanted: &[String]) -> Result<ReadAccount, sqlx::Error> {
    let state = |column| Ok::<_, sqlx::Error>(number(row, column)?.map(|number| number != 0));
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|other| other.eq_ignore_ascii_case(name));
    let mut attributes = BTreeMap::new();
    let mut name = None;
    for column in row.columns() {
        let value = || text(row, column.ordinal()).filter(|value| keeps(value));
        if column.name() == NAME {
            name = value().filter(|value| !value.trim().is_empty());
        } else if is_wanted(column.name()) && !STATES.contains(&column.name()) && !is_secret_attribute(column.name()) {
            attributes.extend(value().map(|value| (column.name().to_owned(), vec![value])));
        }
    }
    Ok(ReadAccount {
        name: name.unwrap_or_else(|| key.clone()),
        disabled: state("disabled")?,
        locked: state("locked")?,
        native_identity: key,
        uuid: None,
        attributes,
    })
}

/// A value as text, a number in decimal; `None` when it is NULL or bytes that are no text.
fn text(row: &SqliteRow, column: usize) -> Option<String> {
    row.try_get_unchecked::<Option<String>, _>(column).ok().flatten()
}
