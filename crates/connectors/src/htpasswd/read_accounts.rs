//! Reads the users of the file. It tells nothing of them but their names.

use super::passwords::{Htpasswd, blocking};
use super::{file, lines};
use crate::Fault;
use crate::aggregate::{AccountPage, Cursor, PER_PAGE, ReadAccount};

impl Htpasswd {
    /// A page of accounts. The cursor is the name of the last one, so the file may change between two pages.
    ///
    /// # Errors
    /// `Configuration` or `Transient` when the file cannot be read.
    pub async fn read_accounts(&self, cursor: Option<Cursor>) -> Result<AccountPage, Fault> {
        let after = cursor.map(Cursor::text).transpose()?.unwrap_or_default();
        let path = self.path.clone();
        let users = blocking(move || Ok(lines::users(&file::read(&path)?.text, &after, PER_PAGE))).await?;
        let next = users.last().filter(|_| users.len() == PER_PAGE).map(Cursor::after);
        let account = |name: String| ReadAccount { native_identity: name.clone(), name, ..ReadAccount::default() };
        Ok(AccountPage { accounts: users.into_iter().map(account).collect(), next })
    }
}
