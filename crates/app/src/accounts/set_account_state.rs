use std::sync::Arc;
use std::time::Duration;

use passwright_connectors::{AccountRef, AccountState, Fault as SourceFault, FaultClass, StateChange};
use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::ids::AccountId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::account_states;
use passwright_storage::{StorageError, Tx, Write, audit};

use super::ListedAccount;
use crate::{Error, Fault, Service};

/// Longest wait for the source: the connectors' own limits are shorter, and the caller waits too.
const LONGEST: Duration = Duration::from_secs(20);
/// When a caller should try again at a source that did not answer.
const AGAIN: Duration = Duration::from_secs(5);

/// What is wanted of an account at its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    Unlock,
    Enable,
    Disable,
    /// To look at it anew.
    Reload,
}

impl AccountChange {
    fn at_source(self) -> Option<StateChange> {
        match self {
            Self::Unlock => Some(StateChange::Unlock),
            Self::Enable => Some(StateChange::Enable),
            Self::Disable => Some(StateChange::Disable),
            Self::Reload => None,
        }
    }

    fn event(self) -> &'static str {
        match self {
            Self::Unlock => "UnlockAccount",
            Self::Enable => "EnableAccount",
            Self::Disable => "DisableAccount",
            Self::Reload => "ReloadAccount",
        }
    }

    fn failure(self) -> &'static str {
        match self {
            Self::Unlock => "UnlockAccountFailure",
            Self::Enable => "EnableAccountFailure",
            Self::Disable => "DisableAccountFailure",
            Self::Reload => "ReloadAccountFailure",
        }
    }
}

/// Keeps what was seen, with the record of what was done.
struct KeepState {
    id: AccountId,
    /// `None`: nothing was seen.
    seen: Option<AccountState>,
    now: Timestamp,
    audit: AuditRecord,
}

impl Write for KeepState {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        if let Some(seen) = &self.seen {
            account_states::set(tx, &self.id, seen.disabled, seen.locked, self.now).await?;
        }
        audit::insert(tx, &self.audit).await
    }
}

impl Service {
    /// Unlocks, enables or disables an account at its source, or looks at it anew; it is done when this returns. Gives the id of
    /// the audit record. `forced` asks for a further right; the source is asked whatever the state seems to be.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` when the source cannot or will not; `Unavailable` when it does not answer.
    pub async fn set_account_state(
        self: &Arc<Self>,
        caller: &Caller,
        id: &str,
        change: AccountChange,
        forced: bool,
    ) -> Result<String, Error> {
        let object = format!("account:{id}");
        self.require(caller, Action::Administer(Right::ManageAccountStates), &object).await?;
        if forced {
            self.require(caller, Action::Administer(Right::ForceAccountStates), &object).await?;
        }
        let account = self.stored_account(id).await?;
        let (service, caller) = (self.clone(), caller.clone());
        // A caller that hangs up ends its request, and what was done at the source would have no record.
        let work = tokio::spawn(async move { service.change_and_record(&caller, account, change, object).await });
        work.await.map_err(|e| Error::Internal(e.to_string()))?
    }

    async fn change_and_record(
        &self,
        caller: &Caller,
        account: ListedAccount,
        change: AccountChange,
        object: String,
    ) -> Result<String, Error> {
        let done = tokio::time::timeout(LONGEST, self.change_at_source(&account, change)).await;
        let done = done.unwrap_or_else(|_| {
            let fault = SourceFault::new(FaultClass::Transient, "the source does not answer", "no answer in time");
            Err(Refusal::Source(fault))
        });
        let (event, outcome, detail) = match &done {
            Ok(_) => (change.event(), Outcome::Passed, String::new()),
            Err(refusal) => (change.failure(), Outcome::Failed, refusal.reason().to_owned()),
        };
        let audit = self.audit_record(caller.actor(), event, object, outcome, &caller.tracking_id, detail);
        let task = audit.id.clone();
        let seen = done.as_ref().ok().cloned();
        self.store.write(KeepState { id: account.id, seen, now: self.now(), audit }).await?;
        match done {
            Ok(_) => Ok(task),
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn change_at_source(&self, account: &ListedAccount, change: AccountChange) -> Result<AccountState, Refusal> {
        let catalog = self.catalog().await.map_err(Refusal::Own)?;
        let source = catalog.source(&account.source_id).ok_or(Refusal::Own(Error::NotFound))?;
        let connector = match source.connector() {
            None => return Err(Refusal::Cannot("the account is the sign-in to this service, which has no such state")),
            Some(Err(fault)) => return Err(Refusal::Source(fault)),
            Some(Ok(connector)) => connector,
        };
        let reference = AccountRef { native_identity: &account.native_identity, name: &account.name };
        let wanted = change.at_source();
        if wanted.is_some() && !connector.has_states() {
            return Err(Refusal::Cannot("this kind of source cannot unlock, enable or disable accounts"));
        }
        let done = async {
            if let Some(wanted) = wanted {
                connector.set_state(reference, wanted).await?;
            }
            connector.check(reference).await
        };
        let done = done.await;
        if let Err(fault) = &done
            && fault.stops_source
        {
            self.stop_source(&account.source_id, fault).await;
        }
        done.map_err(Refusal::Source)
    }
}

/// Why nothing was done, or it is not known what.
enum Refusal {
    Cannot(&'static str),
    Source(SourceFault),
    Own(Error),
}

impl Refusal {
    fn reason(&self) -> &str {
        match self {
            Self::Cannot(why) => why,
            Self::Source(fault) => &fault.reason,
            Self::Own(_) => "the service could not look up the source",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Cannot(why) => Self::bad(Fault::Semantic, why),
            Refusal::Own(error) => error,
            Refusal::Source(fault) if fault.class == FaultClass::Transient => {
                Self::Unavailable { retry_after: AGAIN, cause: fault.to_string() }
            }
            Refusal::Source(fault) => Self::bad(Fault::Semantic, fault.reason),
        }
    }
}
