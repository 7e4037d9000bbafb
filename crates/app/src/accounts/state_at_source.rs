//! The state of an account at its source: changed or looked at there, kept, and recorded; the one way for administrators and for
//! people who proved who they are.

use std::time::Duration;

use passwright_connectors::{AccountRef, AccountState, Fault as SourceFault, FaultClass, StateChange};
use passwright_domain::audit::{AuditRecord, Outcome, Trace};
use passwright_domain::directory::Account;
use passwright_domain::ids::{AccountId, SourceId};
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
    /// The person has to choose another password at the next sign-in there.
    ExpirePassword,
    /// To look at it anew.
    Reload,
}

impl AccountChange {
    fn wanted(self) -> Option<StateChange> {
        match self {
            Self::Unlock => Some(StateChange::Unlock),
            Self::Enable => Some(StateChange::Enable),
            Self::Disable => Some(StateChange::Disable),
            Self::ExpirePassword => Some(StateChange::ExpirePassword),
            Self::Reload => None,
        }
    }

    fn event(self) -> &'static str {
        match self {
            Self::Unlock => "UnlockAccount",
            Self::Enable => "EnableAccount",
            Self::Disable => "DisableAccount",
            Self::ExpirePassword => "ExpirePassword",
            Self::Reload => "ReloadAccount",
        }
    }

    pub(crate) fn failure(self) -> &'static str {
        match self {
            Self::Unlock => "UnlockAccountFailure",
            Self::Enable => "EnableAccountFailure",
            Self::Disable => "DisableAccountFailure",
            Self::ExpirePassword => "ExpirePasswordFailure",
            Self::Reload => "ReloadAccountFailure",
        }
    }
}

/// An account as its source knows it.
pub(crate) struct AtSource {
    id: AccountId,
    source_id: SourceId,
    native_identity: String,
    name: String,
}

impl From<ListedAccount> for AtSource {
    fn from(account: ListedAccount) -> Self {
        let ListedAccount { id, source_id, native_identity, name, .. } = account;
        Self { id, source_id, native_identity, name }
    }
}

impl From<Account> for AtSource {
    fn from(account: Account) -> Self {
        let Account { id, source_id, native_identity, name, .. } = account;
        Self { id, source_id, native_identity, name }
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
    /// Asks the source, keeps what was seen and records it for `actor`: to be run apart from the request (`tokio::spawn`), as a
    /// caller that hangs up would else leave an effect without its record. Gives the id of the record, or why nothing was done.
    ///
    /// # Errors
    /// When the database does not take the record.
    pub(crate) async fn change_and_record(
        &self,
        actor: String,
        tracking_id: &Trace,
        account: AtSource,
        change: AccountChange,
    ) -> Result<Result<String, Refusal>, Error> {
        let done = tokio::time::timeout(LONGEST, self.change_at_source(&account, change)).await;
        let done = done.unwrap_or_else(|_| {
            let fault = SourceFault::new(FaultClass::Transient, "the source does not answer", "no answer in time");
            Err(Refusal::Source(fault))
        });
        let (event, outcome, detail) = match &done {
            Ok(_) => (change.event(), Outcome::Passed, String::new()),
            Err(refusal) => (change.failure(), Outcome::Failed, refusal.reason().to_owned()),
        };
        let audit = self.audit_record(actor, event, format!("account:{}", account.id), outcome, tracking_id, detail);
        let task = audit.id.clone();
        let seen = done.as_ref().ok().cloned();
        self.store.write(KeepState { id: account.id, seen, now: self.now(), audit }).await?;
        Ok(done.map(|_| task))
    }

    async fn change_at_source(&self, account: &AtSource, change: AccountChange) -> Result<AccountState, Refusal> {
        let catalog = self.catalog().await.map_err(Refusal::Own)?;
        let source = catalog.source(&account.source_id).ok_or(Refusal::Own(Error::NotFound))?;
        let connector = match source.connector() {
            None => return Err(Refusal::Cannot("the account is the sign-in to this service, which has no such state")),
            Some(Err(fault)) => return Err(Refusal::Source(fault)),
            Some(Ok(connector)) => connector,
        };
        let reference = AccountRef { native_identity: &account.native_identity, name: &account.name };
        let wanted = change.wanted();
        if wanted == Some(StateChange::ExpirePassword) && !connector.can_expire_passwords() {
            return Err(Refusal::Cannot("this kind of source cannot ask for another password"));
        }
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
pub(crate) enum Refusal {
    Cannot(&'static str),
    Source(SourceFault),
    Own(Error),
}

impl Refusal {
    /// One plain sentence, for people.
    pub(crate) fn reason(&self) -> &str {
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
