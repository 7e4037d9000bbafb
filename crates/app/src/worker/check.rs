//! The look before the first write: each account there, each password short enough to be kept whole. What can be known to
//! fail is refused while nothing is changed yet. A system that does not answer does not hold up the others: its own
//! target retries later; only the target at hand must answer.

use futures_util::future::join_all;
use passwright_connectors::{AccountState, Fault, FaultClass};
use passwright_domain::change::OpenTarget;
use passwright_domain::directory::Account;
use passwright_vault::secret::Password;

use super::attempt::{Context, bounded};
use super::built_in::BuiltIn;
use crate::{Service, Target};

/// What the look came to.
pub(super) enum Checked {
    Ready,
    /// The target at hand cannot be written now.
    Later(Fault),
    /// The change cannot succeed everywhere; one plain sentence for each system that is in the way.
    Never(Vec<String>),
}

/// Looks at the target at hand and, for the first target of a change, at all the others.
pub(super) async fn check(service: &Service, context: &Context, target: &OpenTarget, password: &Password) -> Checked {
    let is_first = target.position == 0;
    let others = context
        .own
        .iter()
        .filter(|a| is_first && a.id != context.account.id && target.source_ids.contains(&a.source_id));
    let accounts: Vec<&Account> = std::iter::once(&context.account).chain(others).collect();
    let looks = join_all(accounts.iter().map(|account| look(service, context, account))).await;
    let mut in_the_way = Vec::new();
    for (account, looked) in accounts.into_iter().zip(looks) {
        let at_hand = account.id == context.account.id;
        let name = context.catalog.source(&account.source_id).map_or("", |s| s.source.name.as_str());
        match looked {
            Ok(state) => {
                if let Some(most) = state.max_password_bytes
                    && password.expose().len() > most
                {
                    in_the_way.push(format!("{name}: a password may have at most {most} bytes there"));
                }
            }
            Err(fault) if at_hand => return Checked::Later(fault),
            Err(fault) if fault.class == FaultClass::Permanent => in_the_way.push(format!("{name}: {}", fault.reason)),
            Err(_) => {}
        }
    }
    if in_the_way.is_empty() { Checked::Ready } else { Checked::Never(in_the_way) }
}

async fn look(service: &Service, context: &Context, account: &Account) -> Result<AccountState, Fault> {
    let built_in = BuiltIn::new(service);
    let connector = context.connector(account)?;
    let system: &dyn Target = connector.as_deref().unwrap_or(&built_in);
    bounded(system.check(Context::reference(account))).await
}
