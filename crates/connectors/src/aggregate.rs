//! Reads the accounts of a source, page by page: memory holds one page, however many accounts there are.

use std::collections::BTreeMap;

/// The most accounts of one page.
pub const MOST_PER_PAGE: usize = 1_000;

/// Some accounts, and where the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// The display name; the native identity where the source has none.
    pub name: String,
    /// As text, values in the source's order. Never a password or a hash of one.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// `None` where the source does not tell.
    pub disabled: Option<bool>,
    /// `None` where the source does not tell.
    pub locked: Option<bool>,
}

/// Where a page begins. It counts for the connector that gave it, and only while that one lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub(crate) String);
