use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::collection::{Collection, Field, Request, Resource};
use passwright_domain::directory::Source;
use passwright_domain::ids::PolicyId;
use passwright_domain::policy::PasswordPolicy;
use passwright_storage::directory::{password_policies, sources};

use super::ShownPolicyHolder;
use crate::edit::Listing;
use crate::{Error, Service};

/// A short list inside the source's row, in the order in which exceptions are tried: it offers pages, nothing else.
struct PolicyHolders;

impl Resource for PolicyHolders {
    type Key = ();
    const FIELDS: &'static [Field<()>] = &[];
    const DEFAULT_ORDER: () = ();
}

impl Service {
    /// The policies of a source, in their order.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` for an unknown source; `BadRequest` for a page outside its limits, or any filter or order.
    pub async fn list_policy_holders(
        &self,
        caller: &Caller,
        source: &str,
        request: &Request,
    ) -> Result<Listing<ShownPolicyHolder>, Error> {
        self.require(caller, Action::Administer(Right::ReadPolicyHolders), &format!("source:{source}")).await?;
        let page = Collection::<PolicyHolders>::parse(request)?.page;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let all = sources::list(&mut tx).await?;
        let source = all.iter().find(|known| known.id.as_str() == source).ok_or(Error::NotFound)?;
        let holders = shown(source, &password_policies::list(&mut tx).await?);
        let total = page.count.then_some(holders.len() as u64);
        let (skipped, most) = (usize::try_from(page.offset), usize::try_from(page.limit));
        let items = holders.into_iter().skip(skipped.unwrap_or(usize::MAX)).take(most.unwrap_or(0));
        Ok(Listing { items: items.collect(), total })
    }
}

pub(super) fn shown(source: &Source, policies: &[(PolicyId, PasswordPolicy)]) -> Vec<ShownPolicyHolder> {
    let holders = source.policy_holders.iter().map(|holder| ShownPolicyHolder {
        policy_id: holder.policy_id.to_string(),
        policy_name: policies.iter().find(|(id, _)| *id == holder.policy_id).map(|(_, policy)| policy.name.clone()),
        selectors: holder.selectors.clone().filter(|selectors| !selectors.is_empty()),
    });
    holders.collect()
}
