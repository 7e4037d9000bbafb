use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::directory::{Feature, PolicyHolder, Source};
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{password_policies, sources};
use passwright_storage::{StorageError, Tx, Write, audit, settings};

use super::ShownPolicyHolder;
use super::list::shown;
use crate::edit::{Stop, settled};
use crate::password_policies::Users;
use crate::{Error, Fault, Service};

/// Most policies of one source; each is looked at when a password is checked.
const MOST_HOLDERS: usize = 100;
/// Most selectors of one exception.
const MOST_SELECTORS: usize = 20;

struct SaveHolders {
    source: SourceId,
    holders: Vec<PolicyHolder>,
    now: Timestamp,
    audit: AuditRecord,
}

impl SaveHolders {
    async fn save(&self, tx: &mut Tx<'_>) -> Result<Vec<ShownPolicyHolder>, Stop> {
        let users = Users::read(tx).await?;
        let source = users.sources.iter().find(|source| source.id == self.source).ok_or(Error::NotFound)?;
        if !source.features.contains(&Feature::Password) {
            return Err(Error::bad(Fault::Illegal, "the source does not have the feature PASSWORD").into());
        }
        if self.holders.iter().any(|holder| holder.selectors.is_some()) && users.group_of(source).is_some() {
            return Err(Error::bad(Fault::Illegal, "exceptions cannot be used for a source in a password group").into());
        }
        let policies = password_policies::list(tx).await?;
        for holder in &self.holders {
            if policies.iter().all(|(id, _)| *id != holder.policy_id) {
                let message = format!("policyId: there is no password policy {}", holder.policy_id);
                return Err(Error::bad(Fault::UnknownReference, message).into());
            }
        }
        let source = Source { policy_holders: self.holders.clone(), ..source.clone() };
        sources::upsert(tx, &source, self.now).await?;
        audit::insert(tx, &self.audit).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        Ok(shown(&source, &policies))
    }
}

impl Write for SaveHolders {
    type Output = Result<Vec<ShownPolicyHolder>, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.save(tx).await)
    }
}

/// What can be said without looking at anything else.
fn checked(given: Vec<ShownPolicyHolder>) -> Result<Vec<PolicyHolder>, Error> {
    if given.len() > MOST_HOLDERS {
        return Err(Error::bad(Fault::OutOfBounds, format!("a source has {MOST_HOLDERS} policies at most")));
    }
    let holders = given.into_iter().map(|holder| {
        let selectors = holder.selectors.filter(|selectors| !selectors.is_empty());
        for (name, value) in selectors.iter().flatten() {
            if name.trim().is_empty() || value.trim().is_empty() {
                return Err(Error::bad(Fault::Missing, "identityAttr: name and value are required"));
            }
        }
        if selectors.as_ref().is_some_and(|selectors| selectors.len() > MOST_SELECTORS) {
            return Err(Error::bad(Fault::OutOfBounds, format!("identityAttr has {MOST_SELECTORS} entries at most")));
        }
        let policy_id = holder.policy_id.parse();
        let policy_id = policy_id.map_err(|_| Error::bad(Fault::UnknownReference, "policyId names no such object"))?;
        Ok(PolicyHolder { policy_id, selectors })
    });
    let holders = holders.collect::<Result<Vec<_>, _>>()?;
    if holders.iter().filter(|holder| holder.selectors.is_none()).count() > 1 {
        return Err(Error::bad(Fault::Illegal, "more than one policy has no selectors; one is for everyone"));
    }
    Ok(holders)
}

impl Service {
    /// Replaces the policies of a source.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` for an unknown source; `BadRequest` for an unknown policy, two policies for everyone, a
    /// source without the feature `PASSWORD`, or exceptions of a source in a password group.
    pub async fn update_policy_holders(
        &self,
        caller: &Caller,
        source: &str,
        given: Vec<ShownPolicyHolder>,
    ) -> Result<Vec<ShownPolicyHolder>, Error> {
        let object = format!("source:{source}");
        self.require(caller, Action::Administer(Right::ManagePolicyHolders), &object).await?;
        let source = source.parse().map_err(|_| Error::NotFound)?;
        let holders = checked(given)?;
        let detail = format!("{} policies", holders.len());
        let audit = self.changed(caller, "SOURCE_PASSWORD_POLICY_ASSIGNED", object, &detail);
        let shown = self.store.write(SaveHolders { source, holders, now: self.now(), audit }).await??;
        self.recheck_catalog();
        Ok(shown)
    }
}
