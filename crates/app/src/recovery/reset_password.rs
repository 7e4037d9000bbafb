//! The new password: the grant is used up in the transaction that accepts the change, and everything the old one opened ends in it.

use passwright_domain::audit::Outcome;
use passwright_domain::change::fan_out;
use passwright_domain::directory::{Account, Identity};
use passwright_domain::ids::{PasswordChangeId, SourceId};
use passwright_domain::policy::{PolicyContext, Violation, evaluate};
use passwright_domain::reset::{Goal, Grant, Method, Refusal};
use passwright_storage::changes::AcceptChange;
use passwright_storage::directory::accounts;
use passwright_storage::recovery::{RedeemFlow, Redeemed, ResetEffect, StoredFlow};
use passwright_vault::secret::Password;

use super::direct_change::Wanted;
use super::facts::Facts;
use super::show_reset::SHOWN_FOR;
use super::{Browser, News, Told, actor};
use crate::catalog::Catalog;
use crate::passwords::AccountVerdict;
use crate::worker::payload::is_password;
use crate::{Error, Service};

/// Longest password that a change carries, in bytes: what fits into the payload of the API with its smallest key.
const LONGEST: usize = 245;

/// What the form says.
pub struct NewPassword {
    /// Of an account in [`Service::list_reset_accounts`]; `None`: the identity's own sign-in password.
    pub account: Option<(SourceId, String)>,
    pub password: Password,
}

/// An account whose password can be reset, with what changes along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetAccount {
    pub source_id: SourceId,
    pub native_identity: String,
    /// The name of the account's source.
    pub source_name: String,
    /// The names of the sources that get the same password.
    pub along: Vec<String>,
    /// It is the one that people sign in here with.
    pub is_sign_in: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reset {
    /// Accepted; how it goes on is shown as for any change.
    Accepted(PasswordChangeId),
    /// Nothing was done and the grant is there still: the password breaks rules, or is none that can be carried.
    Broken(Vec<AccountVerdict>),
    Refused(Told),
}

impl Service {
    /// The accounts to choose from, once the proofs are enough; before, none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_reset_accounts(&self, browser: &Browser) -> Result<Vec<ResetAccount>, Error> {
        let Some((mut stored, facts)) = self.flow_of(browser).await? else { return Ok(Vec::new()) };
        let step = stored.flow.step();
        let Ok((_, identity)) = self.grant(browser, &mut stored, &facts, step) else { return Ok(Vec::new()) };
        let (catalog, own) = (self.catalog().await?, self.own_accounts(&identity).await?);
        let mut seen = Vec::new();
        let mut found = Vec::new();
        for account in &own {
            let Some(source) = catalog.source(&account.source_id).filter(|s| s.takes_passwords() && s.owns(account))
            else {
                continue;
            };
            if seen.contains(&account.id) {
                continue;
            }
            let reached = reached(&catalog, account, &own);
            seen.extend(reached.iter().map(|account| account.id.clone()));
            let name = |account: &&Account| catalog.source(&account.source_id).map(|s| s.source.name.clone());
            found.push(ResetAccount {
                source_id: account.source_id.clone(),
                native_identity: account.native_identity.clone(),
                source_name: source.source.name.clone(),
                is_sign_in: source.source.is_built_in(),
                along: reached.iter().filter(|other| other.id != account.id).filter_map(name).collect(),
            });
        }
        Ok(found)
    }

    /// Sets the new password with the flow's grant, which is used up if the change is accepted.
    ///
    /// # Errors
    /// `BadRequest` for an account that is not the identity's; when the database does not answer.
    pub async fn reset_password(&self, browser: &Browser, step: u32, wanted: NewPassword) -> Result<Reset, Error> {
        let Some((mut stored, facts)) = self.flow_of(browser).await? else {
            return Ok(Reset::Refused(Told::no_flow()));
        };
        let before = stored.flow.clone();
        let granted = self.grant(browser, &mut stored, &facts, step);
        let (grant, identity) = match granted {
            Ok((grant, identity)) if grant.goal() == Goal::SetPassword => (grant, identity),
            Ok(_) => return Ok(Reset::Refused(self.told(&before, &facts, News::Refused(Refusal::OutOfOrder)))),
            Err(refusal) => return Ok(Reset::Refused(self.told(&before, &facts, News::Refused(refusal)))),
        };
        let (catalog, own) = (self.catalog().await?, self.own_accounts(&identity).await?);
        let (source, native) = wanted.account.map(|(source, native)| (source.to_string(), native)).unzip();
        let named = crate::passwords::named_account(&catalog, &own, source, native)?;
        let verdicts = verdicts(&catalog, &identity, &reached(&catalog, named, &own), &wanted.password);
        let text = wanted.password.expose();
        if !is_password(text) || text.len() > LONGEST || verdicts.iter().any(|verdict| !verdict.broken.is_empty()) {
            return Ok(Reset::Broken(verdicts));
        }
        let (actor, now) = (actor(&before), self.clock.now());
        let tracking_id = &browser.tracking_id;
        let change = Wanted {
            actor: actor.clone(),
            tracking_id,
            identity: grant.identity(),
            named,
            own: &own,
            password: &wanted.password,
        };
        let change = self.direct_change(&catalog, &change)?;
        let object = format!("identity:{}", grant.identity());
        let detail =
            format!("change:{} for {} accounts, proved by {}", change.id, change.targets.len(), proved(&grant));
        let audit = self.audit_record(actor, "USER_PASSWORD_RESET", object, Outcome::Passed, tracking_id, detail);
        let redeem = RedeemFlow {
            flow: stored,
            identity_id: grant.identity().clone(),
            generation: grant.generation(),
            effect: ResetEffect::SetPassword {
                accept: Box::new(AcceptChange { change, audit }),
                revoke_tokens: facts.revoke_tokens,
                shown_until: now + SHOWN_FOR,
            },
            now,
        };
        match self.store.write(redeem).await? {
            Redeemed::Accepted(accepted) => {
                self.work_waiting.notify_one();
                Ok(Reset::Accepted(accepted.id))
            }
            Redeemed::Unlock | Redeemed::Overtaken => Ok(Reset::Refused(self.overtaken(&before).await?)),
        }
    }

    /// Takes the flow's grant, in memory: it counts when the flow is stored with its effect.
    pub(super) fn grant(
        &self,
        browser: &Browser,
        stored: &mut StoredFlow,
        facts: &Facts,
        step: u32,
    ) -> Result<(Grant, Identity), Refusal> {
        let request = browser.at(self.clock.now(), step);
        let grant = stored.flow.redeem(request, &facts.policy, &facts.standing, facts.generation)?;
        let identity = facts.identity.clone().filter(|identity| identity.id == *grant.identity());
        identity.map(|identity| (grant, identity)).ok_or(Refusal::Overtaken)
    }

    /// The person whose password this browser's flow may set, while it may.
    pub(crate) async fn resetting(&self, browser: &Browser) -> Result<Option<Identity>, Error> {
        let Some((mut stored, facts)) = self.flow_of(browser).await? else { return Ok(None) };
        let step = stored.flow.step();
        let granted = self.grant(browser, &mut stored, &facts, step).ok();
        Ok(granted.filter(|(grant, _)| grant.goal() == Goal::SetPassword).map(|(_, identity)| identity))
    }

    pub(crate) async fn own_accounts(&self, identity: &Identity) -> Result<Vec<Account>, Error> {
        let mut reader = self.store.read().await?;
        Ok(accounts::of_identity(&mut reader.tx(), &identity.id).await?)
    }
}

/// How the person proved themselves, for the audit.
pub(super) fn proved(grant: &Grant) -> String {
    grant.methods().iter().copied().map(Method::as_str).collect::<Vec<_>>().join(", ")
}

pub(crate) fn reached<'a>(catalog: &Catalog, named: &'a Account, own: &'a [Account]) -> Vec<&'a Account> {
    let group = catalog.source(&named.source_id).and_then(|source| source.group.as_deref());
    fan_out(named, own, group, |source| catalog.write_order(source)).accounts
}

fn verdicts(catalog: &Catalog, identity: &Identity, accounts: &[&Account], password: &Password) -> Vec<AccountVerdict> {
    let judged = accounts.iter().filter_map(|account| {
        let source = catalog.source(&account.source_id)?;
        let facts = PolicyContext::of_account(identity, account);
        let policy = catalog.policy_for(source, identity);
        let broken: Option<Vec<Violation>> =
            policy.map(|policy| evaluate(&[policy], &facts, catalog.dictionary.as_ref(), password.expose()));
        Some(AccountVerdict {
            source_id: account.source_id.clone(),
            source_name: source.source.name.clone(),
            native_identity: account.native_identity.clone(),
            account_name: account.name.clone(),
            broken: broken.unwrap_or_default(),
        })
    });
    judged.collect()
}
