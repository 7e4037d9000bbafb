//! Reads all accounts of a domain.

use ldap3::SearchEntry;

use crate::Fault;
use crate::active_directory::ActiveDirectory;
use crate::active_directory::passwords::{ACCOUNT_CONTROL, COMPUTED_CONTROL, DISABLED, LOCKED_AT, is_locked};
use crate::aggregate::{AccountPage, Cursor, ReadAccount, readable};
use crate::ldap::accounts::first;
use crate::ldap::read_accounts::{attributes, name_of};

/// Read where nobody says what.
const COMMON: [&str; 14] = [
    "sAMAccountName",
    "userPrincipalName",
    "displayName",
    "cn",
    "givenName",
    "sn",
    "mail",
    "employeeID",
    "department",
    "title",
    "telephoneNumber",
    "manager",
    ACCOUNT_CONTROL,
    "pwdLastSet",
];
/// Users; neither computers, which are users too, nor contacts.
const PERSONS: &str = "(&(objectCategory=person)(objectClass=user))";
/// The first of these that an entry has is its name.
const NAMES: [&str; 3] = ["displayName", "cn", "sAMAccountName"];
const GUID: &str = "objectGUID";

impl ActiveDirectory {
    /// A page of accounts. The native identity is the distinguished name.
    ///
    /// # Errors
    /// `Configuration` when the service account may not read them.
    pub async fn read_accounts(&self, wanted: &[String], cursor: Option<Cursor>) -> Result<AccountPage, Fault> {
        let wanted = readable(wanted, &COMMON);
        let mut asked = wanted.clone();
        asked.extend(NAMES.into_iter().chain([GUID, ACCOUNT_CONTROL, COMPUTED_CONTROL, LOCKED_AT]));
        let (entries, next) = self.directory.page_of_accounts(cursor, PERSONS, &asked).await?;
        let mut accounts = Vec::with_capacity(entries.len());
        for entry in entries {
            accounts.push(read(&self.whole(entry).await?, &wanted));
        }
        Ok(AccountPage { accounts, next })
    }
}

fn read(entry: &SearchEntry, wanted: &[&str]) -> ReadAccount {
    let control = first(entry, ACCOUNT_CONTROL).and_then(|value| value.parse::<i64>().ok());
    let uuid = guid(entry);
    let mut attributes = attributes(entry, wanted);
    // Of its sixteen bytes some happen to be text and most do not.
    if let Some(name) = wanted.iter().find(|name| name.eq_ignore_ascii_case(GUID)) {
        attributes.remove(*name);
        attributes.extend(uuid.clone().map(|uuid| ((*name).to_owned(), vec![uuid])));
    }
    ReadAccount {
        native_identity: entry.dn.clone(),
        uuid,
        name: name_of(entry, &NAMES),
        attributes,
        // Hidden from this service account, it is not told.
        disabled: control.map(|flags| flags & DISABLED != 0),
        locked: Some(is_locked(entry)),
    }
}

/// The GUID as it is printed: its first three parts are stored with their last byte first (MS-DTYP 2.3.4.2).
fn guid(entry: &SearchEntry) -> Option<String> {
    let is_guid = |key: &&String| key.eq_ignore_ascii_case(GUID);
    let binary = entry.bin_attrs.iter().find(|(key, _)| is_guid(key)).and_then(|(_, values)| values.first());
    let text = entry.attrs.iter().find(|(key, _)| is_guid(key)).and_then(|(_, values)| values.first());
    let bytes: [u8; 16] = match (binary, text) {
        (Some(bytes), _) => bytes.as_slice().try_into().ok()?,
        (None, Some(text)) => text.as_bytes().try_into().ok()?,
        (None, None) => return None,
    };
    let hex = |part: &[u8]| part.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let reversed = |part: &[u8]| hex(&part.iter().rev().copied().collect::<Vec<_>>());
    let (first, rest) = bytes.split_at_checked(4)?;
    let (second, rest) = rest.split_at_checked(2)?;
    let (third, rest) = rest.split_at_checked(2)?;
    let (clock, node) = rest.split_at_checked(2)?;
    let [first, second, third] = [first, second, third].map(reversed);
    Some(format!("{first}-{second}-{third}-{}-{}", hex(clock), hex(node)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_guid_is_printed_as_windows_prints_it() {
        let bytes: Vec<u8> = (0..16).collect();
        let expected = Some("03020100-0504-0706-0809-0a0b0c0d0e0f".to_owned());
        let mut entry = SearchEntry { dn: String::new(), attrs: HashMap::new(), bin_attrs: HashMap::new() };
        assert_eq!(guid(&entry), None);
        // The same bytes, as the library gives what is text by chance.
        entry.attrs.insert("objectGUID".to_owned(), vec![String::from_utf8(bytes.clone()).unwrap()]);
        assert_eq!(guid(&entry), expected);
        entry.attrs.clear();
        entry.bin_attrs.insert("objectguid".to_owned(), vec![bytes]);
        assert_eq!(guid(&entry), expected);
        entry.bin_attrs.insert("objectguid".to_owned(), vec![vec![1, 2]]);
        assert_eq!(guid(&entry), None);
    }
}
