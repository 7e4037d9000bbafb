//! Reads all accounts, page by page (RFC 7644 section 3.4.2.4).

use crate::aggregate::{AccountPage, Cursor, MOST_PER_PAGE, ReadAccount};
use crate::scim::config::FindBy;
use crate::scim::user::User;
use crate::scim::{Scim, faults};
use crate::{Fault, FaultClass};

/// Asked for at once; a service may give fewer.
const PER_PAGE: usize = 500;

impl Scim {
    /// A page of accounts. The cursor is the index of its first account.
    ///
    /// # Errors
    /// `Configuration` when what answers is no list of accounts.
    pub async fn read_accounts(&self, cursor: Option<Cursor>) -> Result<AccountPage, Fault> {
        let start: u64 = match cursor {
            None => 1,
            Some(Cursor(text)) => text.parse().map_err(|_| {
                Fault::new(FaultClass::Transient, "the place in the list of accounts was lost", "cursor is no number")
            })?,
        };
        let found = self.service.list(&[("startIndex", &start.to_string()), ("count", &PER_PAGE.to_string())]).await?;
        let given = found.resources.len();
        if given > MOST_PER_PAGE {
            return Err(faults::too_many(given));
        }
        // Some services give the same page again behind the last one: what they say of the whole counts.
        let next = start + u64::try_from(given).unwrap_or(u64::MAX);
        let next = (given > 0 && next <= found.total_results).then(|| Cursor(next.to_string()));
        let mut accounts = Vec::with_capacity(given);
        for resource in found.resources {
            let user = User::new(resource, None).ok_or_else(|| faults::not_scim("an account without id"))?;
            // One that cannot be named by the settings' attribute cannot be asked for later.
            accounts.extend(self.read(&user));
        }
        Ok(AccountPage { accounts, next })
    }

    fn read(&self, user: &User) -> Option<ReadAccount> {
        let named = match self.find_by {
            FindBy::Id => Some(user.id()),
            FindBy::UserName => user.text("userName"),
            FindBy::ExternalId => user.text("externalId"),
        };
        let native_identity = named.filter(|name| !name.is_empty())?.to_owned();
        let name = user.text("displayName").or_else(|| user.text("userName")).filter(|name| !name.is_empty());
        Some(ReadAccount {
            name: name.unwrap_or(&native_identity).to_owned(),
            attributes: user.attributes(),
            disabled: user.active().map(|active| !active),
            locked: None,
            native_identity,
        })
    }
}
