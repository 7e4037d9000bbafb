//! Reads the accounts of a source, page by page: memory holds one page, however many accounts there are.

use std::collections::BTreeMap;

use passwright_domain::directory::is_secret_attribute;

use crate::csv_file::CsvAccounts;
use crate::ldap::Pages;
use crate::{Fault, FaultClass};

/// The most accounts of one page.
pub const MOST_PER_PAGE: usize = 1_000;

/// Asked for at once; a source may give fewer.
pub(crate) const PER_PAGE: usize = 500;

/// The longest value that is read, in bytes: a photograph is left at its source.
const LONGEST_VALUE: usize = 4_096;

/// The most values that are read of one attribute.
pub(crate) const MOST_VALUES: usize = 10_000;

/// Some accounts, and where the next ones begin.
#[derive(Debug, Default)]
pub struct AccountPage {
    /// At most [`MOST_PER_PAGE`]; may be none although more follow.
    pub accounts: Vec<ReadAccount>,
    /// `None` after the last page.
    pub next: Option<Cursor>,
}

/// An account as its source tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadAccount {
    /// What names the account to [`Connector`](crate::Connector) later; never empty.
    pub native_identity: String,
    /// What stays with the account when it is renamed or moved: `objectGUID`, `entryUUID`; `None` where the source has none.
    pub uuid: Option<String>,
    /// The display name; the native identity where the source has none.
    pub name: String,
    /// As text, values in the source's order. Never a password or a hash of one.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// `None` where the source does not tell.
    pub disabled: Option<bool>,
    /// `None` where the source does not tell.
    pub locked: Option<bool>,
}

/// Where a page begins. It counts for the connector that gave it, once, and only while that one lives.
#[derive(Debug)]
pub struct Cursor(pub(crate) Place);

#[derive(Debug)]
pub(crate) enum Place {
    /// The key of the last account, or a number.
    After(String),
    /// A search that goes on.
    Pages(Pages),
    /// A file that is read on.
    File(Box<CsvAccounts>),
}

impl Cursor {
    pub(crate) fn after(text: impl Into<String>) -> Self {
        Self(Place::After(text.into()))
    }

    /// The text of a cursor that is one.
    pub(crate) fn text(self) -> Result<String, Fault> {
        match self.0 {
            Place::After(text) => Ok(text),
            Place::Pages(_) | Place::File(_) => Err(lost("the cursor is that of another kind of source")),
        }
    }
}

pub(crate) fn lost(detail: &str) -> Fault {
    Fault::new(FaultClass::Transient, "the place in the list of accounts was lost", detail)
}

/// Whether a value can be kept: short enough, and text that every database takes.
pub(crate) fn keeps(value: &str) -> bool {
    value.len() <= LONGEST_VALUE && !value.contains('\0')
}

/// The names that may be read: `defaults` where none is given, and never one of a secret.
pub(crate) fn readable<'a>(wanted: &'a [String], defaults: &'a [&'a str]) -> Vec<&'a str> {
    let given = wanted.iter().map(String::as_str).filter(|name| !is_secret_attribute(name));
    if wanted.is_empty() { defaults.to_vec() } else { given.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_asked_for() {
        let wanted = ["mail", "userPassword", "unicodePwd", "cn"].map(str::to_owned);
        assert_eq!(readable(&wanted, &["uid"]), ["mail", "cn"]);
        assert_eq!(readable(&[], &["uid"]), ["uid"]);
        // Nothing but secrets is nothing, and not everything.
        assert!(readable(&["userPassword".to_owned()], &["uid"]).is_empty());
    }

    #[test]
    fn values_that_cannot_be_kept() {
        assert!(keeps("") && keeps(&"x".repeat(4_096)));
        assert!(!keeps(&"x".repeat(4_097)) && !keeps("a\0b"));
    }
}
