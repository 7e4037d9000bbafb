//! Reads all accounts of a standard LDAP directory.

use std::collections::BTreeMap;

use ldap3::SearchEntry;

use crate::Fault;
use crate::aggregate::{AccountPage, Cursor, MOST_VALUES, ReadAccount, keeps, readable};
use crate::ldap::Ldap;
use crate::ldap::accounts::first;
use crate::ldap::passwords::{DISABLED, LOCKED_AT};

/// Read where nobody says what (RFC 4519, RFC 2798).
const COMMON: [&str; 12] = [
    "uid",
    "cn",
    "sn",
    "givenName",
    "displayName",
    "mail",
    "employeeNumber",
    "employeeType",
    "title",
    "departmentNumber",
    "telephoneNumber",
    "manager",
];
const PERSONS: &str = "(objectClass=person)";
/// The first of these that an entry has is its name.
const NAMES: [&str; 3] = ["displayName", "cn", "uid"];
/// RFC 4530.
const UUID: &str = "entryUUID";

impl Ldap {
    /// A page of accounts. The native identity is the distinguished name.
    ///
    /// # Errors
    /// `Configuration` where the settings do not say where the accounts are, or the server knows no pages.
    pub async fn read_accounts(&self, wanted: &[String], cursor: Option<Cursor>) -> Result<AccountPage, Fault> {
        let wanted = readable(wanted, &COMMON);
        let mut asked = wanted.clone();
        asked.extend(NAMES.into_iter().chain([UUID, LOCKED_AT, DISABLED]));
        let (entries, next) = self.directory.page_of_accounts(cursor, PERSONS, &asked).await?;
        let accounts = entries.into_iter().map(|entry| read(&entry, &wanted)).collect();
        Ok(AccountPage { accounts, next })
    }
}

fn read(entry: &SearchEntry, wanted: &[&str]) -> ReadAccount {
    let is_true = |name| first(entry, name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    ReadAccount {
        native_identity: entry.dn.clone(),
        uuid: first(entry, UUID).map(str::to_lowercase),
        name: name_of(entry, &NAMES),
        attributes: attributes(entry, wanted),
        disabled: Some(is_true(DISABLED)),
        locked: Some(first(entry, LOCKED_AT).is_some()),
    }
}

/// The first of these attributes that the entry has; without one its distinguished name.
pub(crate) fn name_of(entry: &SearchEntry, names: &[&str]) -> String {
    let named =
        names.iter().find_map(|name| first(entry, name).filter(|value| !value.trim().is_empty() && keeps(value)));
    named.unwrap_or(&entry.dn).to_owned()
}

/// The wanted attributes in the spelling in which they are wanted; `dn` is the distinguished name.
pub(crate) fn attributes(entry: &SearchEntry, wanted: &[&str]) -> BTreeMap<String, Vec<String>> {
    let of = |name: &str| -> Vec<String> {
        if name.eq_ignore_ascii_case("dn") {
            return vec![entry.dn.clone()];
        }
        let found = entry.attrs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let values = found.map(|(_, values)| values.iter().filter(|value| keeps(value)).take(MOST_VALUES).cloned());
        values.map(Iterator::collect).unwrap_or_default()
    };
    let all = wanted.iter().map(|name| ((*name).to_owned(), of(name)));
    all.filter(|(_, values)| !values.is_empty()).collect()
}
