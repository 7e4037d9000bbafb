//! What a step of a flow is judged by, besides the flow: read anew for each request.

use passwright_domain::directory::{Identity, IdentityStatus};
use passwright_domain::ids::IdentityId;
use passwright_domain::reset::{Flow, ResetPolicy, Standing, Subject};
use passwright_storage::directory::identities;
use passwright_storage::factors::enrolled;
use passwright_storage::recovery::generations;

use crate::{Error, Service};

pub(super) struct Facts {
    pub(super) policy: ResetPolicy,
    pub(super) revoke_tokens: bool,
    pub(super) standing: Standing,
    /// Of the credentials, now.
    pub(super) generation: i64,
    /// The person, while they may reset.
    pub(super) identity: Option<Identity>,
}

/// Stands where there is nobody: no row has this id.
pub(crate) fn nobody() -> IdentityId {
    IdentityId::from_random([0; 16])
}

impl Service {
    /// The same statements whether the flow is for somebody or not.
    pub(super) async fn facts(&self, flow: &Flow) -> Result<Facts, Error> {
        let subject = flow.named().map_or(Subject::Nobody, |named| named.subject.clone());
        let id = subject.identity().cloned().unwrap_or_else(nobody);
        let settings = self.recovery_settings().await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let identity = identities::lookup(&mut tx, &id).await?.filter(may_reset);
        let has = enrolled(&mut tx, &id).await?;
        let generation = generations::lookup(&mut tx, &id).await?;
        drop(reader);
        let standing = Standing {
            enrolled: has.factors.into_iter().map(passwright_domain::factors::Factor::method).collect(),
            is_privileged: identity.as_ref().is_some_and(|identity| !identity.levels.is_empty()),
        };
        let policy = self.offered(&settings).await?;
        Ok(Facts { policy, revoke_tokens: settings.revoke_tokens, standing, generation, identity })
    }
}

pub(super) fn may_reset(identity: &Identity) -> bool {
    identity.status == IdentityStatus::Active
}
