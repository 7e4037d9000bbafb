//! One attempt on the newest due target of a lane.

use std::sync::Arc;

use passwright_connectors::{AccountRef, Fault, FaultClass, Proof, SetPassword};
use passwright_domain::audit::Outcome;
use passwright_domain::change::{EndReason, INVALID_PAYLOAD, Lane, OpenTarget, TargetState};
use passwright_domain::directory::{Account, Identity};
use passwright_domain::policy::{PolicyContext, evaluate};
use passwright_storage::changes::{BeginWrite, Begun, FailChange, FinishTarget, Resolution};
use passwright_storage::directory::{accounts, identities};
use passwright_vault::secret::Password;

use super::built_in::BuiltIn;
use super::check::{self, Checked};
use super::payload::{self, Opened};
use super::resolve::{Met, resolve};
use super::{CALL, LEASE};
use crate::catalog::Catalog;
use crate::{Error, Service, Target};

const WORKER: &str = "system:worker";

/// Everything an attempt needs to know, read before the password is opened.
pub(super) struct Context {
    pub(super) account: Account,
    named: Account,
    identity: Identity,
    pub(super) catalog: Arc<Catalog>,
    /// All accounts of the identity: the policy of every target is checked before the first write.
    pub(super) own: Vec<Account>,
}

impl Context {
    /// What talks to an account's source; `None` for the built-in one.
    pub(super) fn connector(&self, account: &Account) -> Result<Option<Arc<dyn Target>>, Fault> {
        match self.catalog.source(&account.source_id) {
            Some(source) => source.target(),
            None => Err(Fault::new(FaultClass::Permanent, "the system is no longer connected", "no such source")),
        }
    }

    pub(super) fn reference(account: &Account) -> AccountRef<'_> {
        AccountRef { native_identity: &account.native_identity, name: &account.name }
    }
}

/// Makes the attempt and records what it came to.
pub(super) async fn attempt(service: &Service, lane: &Lane, target: &OpenTarget) -> Result<(), Error> {
    let context = read_context(service, lane, target).await?;
    let password = match payload::open(service, target, &context.named) {
        Opened::Password(password) => password,
        Opened::Invalid => {
            return fail(service, lane, target, EndReason::Payload, vec![INVALID_PAYLOAD.to_owned()]).await;
        }
        Opened::KeyGone => {
            let reason = "the time to open the password was over".to_owned();
            return finish(service, lane, target, Resolution::Ended(TargetState::Failed, reason)).await;
        }
    };
    // The first target speaks for all: what follows it was judged already.
    if target.position == 0 {
        let broken = broken_rules(&context, target, &password);
        if !broken.is_empty() {
            return fail(service, lane, target, EndReason::Policy, broken).await;
        }
    }
    match check::check(service, &context, target, &password).await {
        Checked::Ready => {}
        Checked::Later(fault) => {
            let resolution = resolution(service, lane, target, Met::Fault(fault));
            return finish(service, lane, target, resolution).await;
        }
        Checked::Never(reasons) => return fail(service, lane, target, EndReason::Policy, reasons).await,
    }
    let begin = BeginWrite {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        seq: target.seq,
        now: service.clock.now(),
        lease: LEASE,
    };
    match service.store.write(begin).await? {
        Begun::Go => {}
        Begun::Outranked => {
            let superseded = Resolution::Ended(TargetState::Superseded, String::new());
            return finish(service, lane, target, superseded).await;
        }
        Begun::Wait => {
            let at = service.clock.now() + CALL;
            return finish(service, lane, target, Resolution::Postponed { at }).await;
        }
    }
    let met = bring(service, &context, target, &password).await;
    drop(password);
    finish(service, lane, target, resolution(service, lane, target, met)).await
}

/// Tells the log what went wrong, and decides what becomes of the target.
fn resolution(service: &Service, lane: &Lane, target: &OpenTarget, met: Met) -> Resolution {
    let attempt = target.attempts + 1;
    if let Met::Fault(fault) | Met::Written(Err(fault)) = &met {
        tracing::warn!(
            change.id = %target.change_id, account.id = %lane.account_id, tracking.id = %target.tracking_id, attempt,
            fault = %fault, "an attempt did not succeed"
        );
    }
    let mut jitter = [0; 2];
    service.rng.fill(&mut jitter);
    let begun = OpenTarget { attempts: attempt, ..target.clone() };
    resolve(&begun, met, service.clock.now(), u16::from_be_bytes(jitter))
}

async fn read_context(service: &Service, lane: &Lane, target: &OpenTarget) -> Result<Context, Error> {
    let catalog = service.catalog().await?;
    let mut reader = service.store.read().await?;
    let mut tx = reader.tx();
    let gone = |what: &str| Error::Internal(format!("the {what} of an open change is gone"));
    let identity = identities::lookup(&mut tx, &target.identity_id).await?.ok_or_else(|| gone("identity"))?;
    let own = accounts::of_identity(&mut tx, &identity.id).await?;
    let find = |id| own.iter().find(|a| a.id == id).cloned();
    let account = find(lane.account_id.clone()).ok_or_else(|| gone("account"))?;
    let named = find(target.named_account_id.clone()).ok_or_else(|| gone("named account"))?;
    Ok(Context { account, named, identity, catalog, own })
}

/// Every rule the password breaks at any target of the change, one plain sentence each.
fn broken_rules(context: &Context, target: &OpenTarget, password: &Password) -> Vec<String> {
    let catalog = &context.catalog;
    let mut broken: Vec<String> = Vec::new();
    for account in context.own.iter().filter(|a| target.source_ids.contains(&a.source_id)) {
        let Some(source) = catalog.source(&account.source_id) else { continue };
        let Some(policy) = catalog.policy_for(source, &context.identity) else { continue };
        let facts = PolicyContext::of_account(&context.identity, account);
        for violation in evaluate(&[policy], &facts, catalog.dictionary.as_ref(), password.expose()) {
            if !broken.contains(&violation.message) {
                broken.push(violation.message);
            }
        }
    }
    broken
}

/// Writes and proves. A write whose outcome is unknown from before is proved first: it may be there already, and a
/// system that keeps a history would refuse to take it twice.
async fn bring(service: &Service, context: &Context, target: &OpenTarget, password: &Password) -> Met {
    let built_in = BuiltIn::new(service);
    let connector = match context.connector(&context.account) {
        Ok(connector) => connector,
        Err(fault) => return Met::Fault(fault),
    };
    let system: &dyn Target = connector.as_deref().unwrap_or(&built_in);
    let account = Context::reference(&context.account);
    if target.maybe_written
        && let Ok(Proof::Proved) = bounded(system.prove(account, password.expose())).await
    {
        return Met::Written(Ok(Proof::Proved));
    }
    if let Err(fault) = bounded(system.set_password(account, password.expose(), SetPassword::default())).await {
        return Met::Fault(fault);
    }
    Met::Written(bounded(system.prove(account, password.expose())).await)
}

pub(super) async fn bounded<T>(call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    match tokio::time::timeout(CALL, call).await {
        Ok(answer) => answer,
        Err(_) => Err(Fault::new(FaultClass::Transient, "the system did not answer in time", "no answer within 5 s")
            .after_sending()),
    }
}

async fn fail(
    service: &Service,
    lane: &Lane,
    target: &OpenTarget,
    reason: EndReason,
    errors: Vec<String>,
) -> Result<(), Error> {
    let detail = format!("change:{} {}", target.change_id, reason.as_str());
    let object = format!("identity:{}", target.identity_id);
    let event = "USER_PASSWORD_UPDATE_FAILED";
    let audit = service.audit_record(WORKER.to_owned(), event, object, Outcome::Failed, &target.tracking_id, detail);
    let fail = FailChange {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        change_id: target.change_id.clone(),
        reason,
        errors,
        now: service.clock.now(),
        audit,
    };
    Ok(service.store.write(fail).await?)
}

async fn finish(service: &Service, lane: &Lane, target: &OpenTarget, resolution: Resolution) -> Result<(), Error> {
    let record = |event, outcome, why: &str| {
        let object = format!("account:{}", lane.account_id);
        let detail = format!("change:{} {why}", target.change_id);
        service.audit_record(WORKER.to_owned(), event, object, outcome, &target.tracking_id, detail)
    };
    let audit = match &resolution {
        Resolution::Confirmed(state, _) => {
            service.work_waiting.notify_one();
            Some(record("ACCOUNT_PASSWORD_RESET_PASSED", Outcome::Passed, state.as_str()))
        }
        Resolution::Ended(state, reason) => {
            let why = format!("{} {reason}", state.as_str());
            Some(record("ACCOUNT_PASSWORD_RESET_FAILED", Outcome::Failed, &why))
        }
        Resolution::Retry { .. } | Resolution::Postponed { .. } => None,
    };
    let finish = FinishTarget {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        change_id: target.change_id.clone(),
        seq: target.seq,
        position: target.position,
        resolution,
        now: service.clock.now(),
        audit,
    };
    match service.store.write(finish).await {
        // Another worker holds the lane now and will resolve the attempt; nothing of ours may be recorded.
        Err(passwright_storage::StorageError::LeaseLost) => {
            tracing::warn!(change.id = %target.change_id, account.id = %lane.account_id, "the lease of a lane was lost");
            Ok(())
        }
        other => Ok(other?),
    }
}
