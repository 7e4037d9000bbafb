//! The look before the first write: each account there, each password short enough to be kept whole. What can be known to
//! fail is refused while nothing is changed yet. A system that does not answer does not hold up the others: its own
//! target retries later; only the target at hand must answer.

use futures_util::future::join_all;
use passwright_connectors::{AccountState, Fault, FaultClass};
use passwright_domain::change::OpenTarget;
use passwright_domain::directory::Account;
use passwright_domain::timestamp::Timestamp;
use passwright_vault::secret::Password;

use super::attempt::bounded;
use super::breaker;
use super::world::{Case, World};
use crate::passwords::rfc3339;

/// What the look came to.
pub(super) enum Checked {
    /// How the account at hand is.
    Ready(AccountState),
    /// The target at hand cannot be written now, or never.
    AtHand(Fault),
    /// The change cannot succeed everywhere; one plain sentence for each system that is in the way.
    InTheWay(Vec<String>),
}

/// Looks at the target at hand and, before the change's first attempt, at all the others.
pub(super) async fn check<W: World>(
    world: &W,
    case: &Case,
    target: &OpenTarget,
    is_first: bool,
    password: &Password,
) -> Checked {
    // A source that is known not to answer would only make the others wait.
    let is_looked_at = |a: &Account| is_first && world.breakers().is_closed(&a.source_id);
    let looked_at = case.accounts.iter().filter(|(a, _)| a.id == case.account.id || is_looked_at(a));
    let looks =
        join_all(looked_at.map(|(account, name)| async move { (account, name, look(world, case, account).await) }));
    let mut reasons = Vec::new();
    let mut at_hand = AccountState::default();
    for (account, name, looked) in looks.await {
        match looked {
            Ok(state) => {
                if let Some(most) = state.max_password_bytes
                    && password.expose().len() > most
                {
                    reasons.push(format!("{name}: a password may have at most {most} bytes there"));
                }
                // Our own write may be what made it young.
                if let Some(until) = state.too_young_until.filter(|_| !target.maybe_written) {
                    let until = rfc3339(Timestamp(until).rounded_up_to_second());
                    reasons.push(format!(
                        "{name}: the password was changed too recently; it can be changed from {until} on"
                    ));
                }
                if account.id == case.account.id {
                    at_hand = state;
                }
            }
            Err(fault) if account.id == case.account.id => return Checked::AtHand(fault),
            Err(fault) if fault.class == FaultClass::Permanent => reasons.push(format!("{name}: {}", fault.reason)),
            Err(_) => {}
        }
    }
    if reasons.is_empty() { Checked::Ready(at_hand) } else { Checked::InTheWay(reasons) }
}

/// A bounded look at one account.
pub(super) async fn look<W: World>(world: &W, case: &Case, account: &Account) -> Result<AccountState, Fault> {
    let system = world.system(account).await?;
    let looked = bounded(system.check(Case::reference(account))).await.unwrap_or_else(Err);
    // What the target at hand answers is reported with the outcome of its attempt.
    if account.id != case.account.id {
        breaker::report_look(world, &account.source_id, looked.as_ref().err()).await;
    }
    looked
}
