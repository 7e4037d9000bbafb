//! Finds one account and reads it.

use serde_json::Value;

use crate::scim::config::FindBy;
use crate::scim::user::User;
use crate::scim::{Scim, faults};
use crate::{AccountRef, Fault};

/// What a look at an account needs.
const STATE: &str = "userName,externalId,active,meta";

impl Scim {
    /// The account with its state.
    pub(super) async fn find(&self, account: AccountRef<'_>) -> Result<User, Fault> {
        let given = account.native_identity;
        let attribute = match self.find_by {
            FindBy::Id => return self.by_id(given, &[("attributes", STATE)]).await,
            FindBy::UserName => "userName",
            FindBy::ExternalId => "externalId",
        };
        if given.is_empty() {
            return Err(faults::no_name());
        }
        // A JSON text is what a filter wants (RFC 7644 section 3.4.2.2).
        let filter = format!("{attribute} eq {}", Value::from(given));
        let found = self.service.list(&[("filter", &filter), ("attributes", STATE), ("count", "2")]).await?;
        if found.total_results > 1 || found.resources.len() > 1 {
            return Err(faults::several());
        }
        let Some(resource) = found.resources.into_iter().next() else {
            return Err(faults::not_there("the search found no account"));
        };
        let user = User::new(resource, None).ok_or_else(|| faults::not_scim("an account without id"))?;
        // A service that does not heed the filter must not get the password for the only account it shows.
        let named = user.text(attribute).unwrap_or_default();
        let same = match self.find_by {
            FindBy::UserName => named.to_lowercase() == given.to_lowercase(),
            FindBy::Id | FindBy::ExternalId => named == given,
        };
        if same { Ok(user) } else { Err(faults::other_account(attribute)) }
    }

    /// The account with this id, with everything the service shows of it when no attributes are named.
    pub(super) async fn by_id(&self, id: &str, query: &[(&str, &str)]) -> Result<User, Fault> {
        let (resource, etag) = self.service.user(id, query).await?;
        let user = User::new(resource, etag).ok_or_else(|| faults::not_scim("an account without id"))?;
        if user.id() == id { Ok(user) } else { Err(faults::other_account("id")) }
    }
}
