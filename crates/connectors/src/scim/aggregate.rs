//! Reads all accounts, page by page (RFC 7644 section 3.4.2.4).

use crate::Fault;
use crate::aggregate::{AccountPage, Cursor, MOST_PER_PAGE, PER_PAGE, ReadAccount, keeps, lost};
use crate::scim::config::FindBy;
use crate::scim::user::User;
use crate::scim::{Scim, faults};

impl Scim {
    /// A page of accounts with these attributes, all where none is named. The cursor is the index of its first account.
    ///
    /// # Errors
    /// `Configuration` when what answers is no list of accounts.
    pub async fn read_accounts(&self, wanted: &[String], cursor: Option<Cursor>) -> Result<AccountPage, Fault> {
        let start: u64 = match cursor {
            None => 1,
            Some(cursor) => cursor.text()?.parse().map_err(|_| lost("the cursor is no number"))?,
        };
        let found = self.service.list(&[("startIndex", &start.to_string()), ("count", &PER_PAGE.to_string())]).await?;
        let given = found.resources.len();
        if given > MOST_PER_PAGE {
            return Err(faults::too_many(given));
        }
        // Some services give the same page again behind the last one: what they say of the whole counts.
        let next = start + u64::try_from(given).unwrap_or(u64::MAX);
        let next = (given > 0 && next <= found.total_results).then(|| Cursor::after(next.to_string()));
        let mut accounts = Vec::with_capacity(given);
        for resource in found.resources {
            let user = User::new(resource, None).ok_or_else(|| faults::not_scim("an account without id"))?;
            // One that cannot be named by the settings' attribute cannot be asked for later.
            accounts.extend(self.read(&user, wanted));
        }
        Ok(AccountPage { accounts, next })
    }

    fn read(&self, user: &User, wanted: &[String]) -> Option<ReadAccount> {
        let named = match self.find_by {
            FindBy::Id => Some(user.id()),
            FindBy::UserName => user.text("userName"),
            FindBy::ExternalId => user.text("externalId"),
        };
        let native_identity = named.filter(|name| !name.is_empty())?.to_owned();
        let name = user.text("displayName").or_else(|| user.text("userName")).filter(|name| !name.is_empty());
        let mut attributes = user.attributes();
        attributes.retain(|key, _| wanted.is_empty() || wanted.iter().any(|name| name.eq_ignore_ascii_case(key)));
        attributes.values_mut().for_each(|values| values.retain(|value| keeps(value)));
        Some(ReadAccount {
            name: name.unwrap_or(&native_identity).to_owned(),
            uuid: Some(user.id().to_owned()),
            attributes,
            disabled: user.active().map(|active| !active),
            locked: None,
            native_identity,
        })
    }
}
