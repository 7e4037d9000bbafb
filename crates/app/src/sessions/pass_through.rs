//! Signing in with the password of a source: it is asked, and keeps no secret here.
//!
//! A source with the feature `AUTHENTICATE` is one of pass-through authentication for everybody with one account there;
//! the others have the sign-in password of this service.

use std::sync::Arc;
use std::time::Duration;

use passwright_connectors::{AccountRef, FaultClass, Proof};
use passwright_domain::directory::{Account, Feature, Identity};
use passwright_vault::secret::Password;

use crate::{Error, Service, Target};

/// When to try again at a source that does not answer.
const AGAIN: Duration = Duration::from_secs(5);
/// Longest wait for it.
const LONGEST: Duration = Duration::from_secs(15);

/// The source that a person's password is shown to, with their account there.
pub(super) struct PassThrough {
    target: Arc<dyn Target>,
    native_identity: String,
    name: String,
}

impl Service {
    /// Where this person's password is asked for; `None` for one whose password is kept here. Nobody is asked for where most
    /// are, as an account that is not there, so that it takes as long.
    pub(super) async fn pass_through(
        &self,
        identity: Option<&Identity>,
        own: &[Account],
    ) -> Result<Option<PassThrough>, Error> {
        let catalog = self.catalog().await?;
        let mut sources: Vec<_> = catalog
            .sources()
            .filter(|known| !known.source.is_built_in() && known.source.features.contains(&Feature::Authenticate))
            .collect();
        sources.sort_by(|a, b| a.source.name.cmp(&b.source.name));
        let unavailable = |fault: passwright_connectors::Fault| Error::Unavailable {
            retry_after: AGAIN,
            cause: format!("the source people sign in with: {fault}"),
        };
        for source in sources {
            let mut there = own.iter().filter(|account| source.owns(account));
            let account = match (identity, there.next(), there.next()) {
                (None, ..) => None,
                (Some(_), Some(account), None) => Some(account),
                (Some(_), ..) => continue,
            };
            let Some(target) = source.target().map_err(unavailable)? else { continue };
            let nobody = self.tracking_id();
            let (native_identity, name) = match account {
                Some(account) => (account.native_identity.clone(), account.name.clone()),
                None => (nobody.clone(), nobody),
            };
            return Ok(Some(PassThrough { target, native_identity, name }));
        }
        Ok(None)
    }
}

impl PassThrough {
    /// Asks the source.
    pub(super) async fn is_right(&self, password: &Password) -> Result<bool, Error> {
        let account = AccountRef { native_identity: &self.native_identity, name: &self.name };
        let asked = tokio::time::timeout(LONGEST, self.target.prove(account, password.expose())).await;
        match asked {
            Ok(Ok(Proof::Proved)) => Ok(true),
            // Right, but the account may not be used: disabled, locked, or it has to be changed first.
            Ok(Ok(Proof::NotProvable(_) | Proof::Rejected)) => Ok(false),
            // There is no such account, or the source cannot say.
            Ok(Err(fault)) if fault.class != FaultClass::Transient => Ok(false),
            Ok(Err(fault)) => Err(Error::Unavailable { retry_after: AGAIN, cause: fault.to_string() }),
            Err(_) => Err(Error::Unavailable { retry_after: AGAIN, cause: "the source did not answer".to_owned() }),
        }
    }
}
