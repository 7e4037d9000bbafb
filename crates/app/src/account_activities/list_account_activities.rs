use passwright_domain::access::{Action, Caller};
use passwright_domain::change::{PasswordChangeKey, PasswordChanges};
use passwright_domain::collection::{Collection, Filter, Request, Sorter};
use passwright_domain::ids::IdentityId;
use passwright_storage::changes::{activities, lookup_with_targets};

use super::{AccountActivity, activity};
use crate::edit::Listing;
use crate::{Error, Fault, Service};

/// Whose activities; `me` is the caller, as the vendor's API has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountActivityQuery {
    pub requested_for: Option<String>,
    pub requested_by: Option<String>,
    /// The one who asked or the one it was for; not together with the others.
    pub regarding: Option<String>,
    pub collection: Request,
}

impl Service {
    /// A part of the activities, newest first unless sorters say otherwise.
    ///
    /// # Errors
    /// `Forbidden` for an API client, and for a user without `ORG_ADMIN` who asks for more than what concerns themselves;
    /// `BadRequest` for a query that is not offered.
    pub async fn list_account_activities(
        &self,
        caller: &Caller,
        query: AccountActivityQuery,
    ) -> Result<Listing<AccountActivity>, Error> {
        let AccountActivityQuery { requested_for, requested_by, regarding, collection } = query;
        let both = regarding.is_some() && (requested_for.is_some() || requested_by.is_some());
        let [requested_for, requested_by, regarding] =
            [requested_for, requested_by, regarding].map(|given| given.map(|text| named(caller, &text)));
        // Each of them alone narrows the list to what concerns that identity, so one that is the caller's own is enough.
        let named = [&requested_for, &requested_by, &regarding];
        let own = named.into_iter().flatten().find(|id| id.as_ref() == caller.identity_id());
        let about = own.or_else(|| named.into_iter().flatten().next()).and_then(Option::as_ref);
        let object = about.map_or_else(|| "change:all".to_owned(), |id| format!("identity:{id}"));
        self.require(caller, Action::ListAccountActivities { identity: about }, &object).await?;
        if both {
            let message = "regarding-identity must not be given together with requested-for or requested-by";
            return Err(Error::bad(Fault::Illegal, message));
        }
        let mut wanted = Collection::<PasswordChanges>::parse(&collection)?;
        if wanted.sorters.is_empty() {
            wanted.sorters.push(Sorter { key: PasswordChangeKey::Created, descending: true });
        }
        let unknown = |field: &str| Error::bad(Fault::UnknownReference, format!("{field} does not name an identity"));
        let target = |id: &IdentityId| Filter::is(PasswordChangeKey::IdentityId, id.as_str());
        let actor = |id: &IdentityId| Filter::is(PasswordChangeKey::Actor, format!("identity:{id}"));
        if let Some(id) = requested_for {
            wanted = wanted.and(target(&id.ok_or_else(|| unknown("requested-for"))?));
        }
        if let Some(id) = requested_by {
            wanted = wanted.and(actor(&id.ok_or_else(|| unknown("requested-by"))?));
        }
        if let Some(id) = regarding {
            let id = id.ok_or_else(|| unknown("regarding-identity"))?;
            wanted = wanted.and(Filter::Any(vec![target(&id), actor(&id)]));
        }
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let (ids, total) = activities::page(&mut tx, &wanted).await?;
        let now = tx.now(self.clock.now()).await?;
        let mut items = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(stored) = lookup_with_targets(&mut tx, &id).await? {
                items.push(activity(&mut tx, stored, now).await?);
            }
        }
        Ok(Listing { items, total })
    }
}

/// The identity a text names; `None` for one that names none.
fn named(caller: &Caller, text: &str) -> Option<IdentityId> {
    if text == "me" { caller.identity_id().cloned() } else { text.parse().ok() }
}
