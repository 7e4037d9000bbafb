//! Reads the accounts of the table, page by page, each behind the last key of the one before.

use std::collections::BTreeMap;

use passwright_domain::directory::is_secret_attribute;

use super::passwords::Sql;
use super::row::{Argument, Row, Unfit};
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
            return Err(self.engine.fault(FaultClass::Configuration, reason, "no statement accounts"));
        };
        let after = cursor.map(Cursor::text).transpose()?.unwrap_or_default();
        let mut values = vec![Argument::Text(&after); statement.parameters.len()];
        values.push(Argument::Number(i64::try_from(PER_PAGE).unwrap_or(i64::MAX)));
        let rows = self.engine.rows(statement, &values, PER_PAGE).await?;
        let is_full = rows.len() == PER_PAGE;
        let mut accounts = Vec::new();
        for row in rows {
            let key = row.0.first().and_then(|(_, value)| value.text().ok().flatten()).filter(|key| !key.is_empty());
            let key = key.ok_or_else(|| self.unfit("the first column of an account is empty or no text"))?;
            if key == after {
                return Err(self.unfit("it gives the account of :after again"));
            }
            accounts.push(read(&row, key, wanted).map_err(|unfit| self.engine.unfit(&unfit))?);
        }
        let last = accounts.last().map(|account| account.native_identity.clone());
        Ok(AccountPage { accounts, next: last.filter(|_| is_full).map(Cursor::after) })
    }

    fn unfit(&self, why: &str) -> Fault {
        let reason = format!("the setting `accounts` of this source cannot be used: {why}");
        self.engine.fault(FaultClass::Configuration, reason, &format!("accounts: {why}"))
    }
}

fn read(row: &Row, key: String, wanted: &[String]) -> Result<ReadAccount, Unfit> {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|other| other.eq_ignore_ascii_case(name));
    let mut attributes = BTreeMap::new();
    let mut name = None;
    for (column, value) in &row.0 {
        let is_name = column == NAME;
        if !is_name && (!is_wanted(column) || STATES.contains(&column.as_str()) || is_secret_attribute(column)) {
            continue;
        }
        let unread =
            |kind: &str| Unfit(format!("the column {column} is of the type {kind}; CAST({column} AS TEXT) is read"));
        let value = value.text().map_err(unread)?.filter(|value| keeps(value));
        if is_name {
            name = value.filter(|value| !value.trim().is_empty());
        } else {
            attributes.extend(value.map(|value| (column.clone(), vec![value])));
        }
    }
    Ok(ReadAccount {
        name: name.unwrap_or_else(|| key.clone()),
        disabled: row.flag("disabled")?,
        locked: row.flag("locked")?,
        native_identity: key,
        uuid: None,
        attributes,
    })
}
