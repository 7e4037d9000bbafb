//! Unlocking: the grant is used up first; then each system is asked, and what it answered is recorded.

use std::sync::Arc;

use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::directory::Identity;
use passwright_domain::reset::{Goal, Refusal};
use passwright_storage::recovery::{RedeemFlow, Redeemed, ResetEffect};
use passwright_storage::sign_in_failures::ClearSignInFailures;

use super::reset_password::proved;
use super::{Browser, News, Told, actor};
use crate::accounts::AccountChange;
use crate::{Error, Service};

/// What became of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockedAccount {
    pub source_name: String,
    pub account_name: String,
    /// One plain sentence; `None`: it is unlocked.
    pub fault: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlocked {
    /// The grant was used; each account that its system can unlock, with what it answered.
    Asked(Vec<UnlockedAccount>),
    Refused(Told),
}

impl Service {
    /// Unlocks the identity's accounts wherever a system can, and its sign-in here.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unlock_accounts(self: &Arc<Self>, browser: &Browser, step: u32) -> Result<Unlocked, Error> {
        let Some((mut stored, facts)) = self.flow_of(browser).await? else {
            return Ok(Unlocked::Refused(Told::no_flow()));
        };
        let before = stored.flow.clone();
        let (grant, identity) = match self.grant(browser, &mut stored, &facts, step) {
            Ok((grant, identity)) if grant.goal() == Goal::Unlock => (grant, identity),
            Ok(_) => return Ok(Unlocked::Refused(self.told(&before, &facts, News::Refused(Refusal::OutOfOrder)))),
            Err(refusal) => return Ok(Unlocked::Refused(self.told(&before, &facts, News::Refused(refusal)))),
        };
        let (actor, object) = (actor(&before), format!("identity:{}", identity.id));
        let detail = format!("proved by {}", proved(&grant));
        let (event, tracking) = ("USER_UNLOCK_GRANTED", &browser.tracking_id);
        let audit = self.audit_record(actor.clone(), event, object, Outcome::Passed, tracking, detail);
        let redeem = RedeemFlow {
            flow: stored,
            identity_id: identity.id.clone(),
            generation: grant.generation(),
            effect: ResetEffect::Unlock { audit },
            now: self.clock.now(),
        };
        if self.store.write(redeem).await? != Redeemed::Unlock {
            return Ok(Unlocked::Refused(self.overtaken(&before).await?));
        }
        let name_key = passwright_domain::canonical::canonical(&identity.alias);
        self.store.write(ClearSignInFailures { name_key }).await?;
        // The grant is used up: a browser that hangs up now must not leave systems unasked, nor answers unrecorded.
        let (service, tracking) = (self.clone(), browser.tracking_id.clone());
        let work = tokio::spawn(async move { service.unlock_everywhere(&identity, actor, &tracking).await });
        Ok(Unlocked::Asked(work.await.map_err(|e| Error::Internal(e.to_string()))??))
    }

    async fn unlock_everywhere(
        &self,
        identity: &Identity,
        actor: String,
        tracking: &Trace,
    ) -> Result<Vec<UnlockedAccount>, Error> {
        let catalog = self.catalog().await?;
        let mut asked = Vec::new();
        for account in self.own_accounts(identity).await? {
            let Some(source) = catalog.source(&account.source_id) else { continue };
            let can = match source.connector() {
                None => false,
                Some(Ok(connector)) => connector.has_states(),
                Some(Err(_)) => true,
            };
            if !can {
                continue;
            }
            let (source_name, account_name) = (source.source.name.clone(), account.name.clone());
            let done = self.change_and_record(actor.clone(), tracking, account.into(), AccountChange::Unlock).await?;
            let fault = done.err().map(|refusal| refusal.reason().to_owned());
            asked.push(UnlockedAccount { source_name, account_name, fault });
        }
        Ok(asked)
    }
}
