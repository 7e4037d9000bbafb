//! Accepting a password change. Answers from public facts only: nothing here, nor anything it calls, uses a private key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use passwright_domain::access::{Action, Caller, Principal};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::change::{NewChange, NewTarget, PayloadKind, SealedPayload, fan_out};
use passwright_domain::directory::Account;
use passwright_domain::ids::{IdentityId, PasswordChangeId, SourceId};
use passwright_storage::budgets::payload_standing;
use passwright_storage::changes::AcceptChange;
use passwright_storage::directory::{accounts, identities};
use passwright_vault::digest::ciphertext_digest;
use passwright_vault::sealing;

use crate::catalog::Catalog;
use crate::keys::LiveRsaKey;
use crate::{Error, Fault, Service};

/// The wire's fields, decoded; all optional there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetPasswordRequest {
    pub identity_id: Option<String>,
    pub encrypted_password: Option<String>,
    pub public_key_id: Option<String>,
    /// The account's native identity.
    pub account_id: Option<String>,
    pub source_id: Option<String>,
    /// Clear the lock of each account in the same step, where its system can.
    pub unlock_account: bool,
}

/// Which accounts of the identity a change is brought to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The named account, and those on the other sources of its password group.
    Group,
    /// Those on the other sources alone: the named account has the password already.
    OtherSources,
}

/// The accepted change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedPasswordChange {
    pub id: PasswordChangeId,
}

impl Service {
    /// Accepts a change: when this returns, the change, its sequence numbers, its targets and its audit record are
    /// committed and synced.
    ///
    /// # Errors
    /// `Forbidden` for another's identity with a user token; `BadRequest` for public faults; `TooManyRequests` after too
    /// many changes that held no password; `Unavailable` when the database does not take it. Then nothing was accepted.
    pub async fn set_password(
        &self,
        caller: &Caller,
        request: SetPasswordRequest,
    ) -> Result<AcceptedPasswordChange, Error> {
        let (identity_id, request) = self.requested_identity(caller, request).await?;
        let change = self.prepare_change(caller, &identity_id, request, Reach::Group).await?;
        let audit = self.accepted_record(caller, "USER_PASSWORD_UPDATE", &change);
        self.accept(caller, AcceptChange { change, audit }).await
    }

    /// Checks the public facts of a request and seals what it holds. Writes nothing.
    pub(super) async fn prepare_change(
        &self,
        caller: &Caller,
        identity_id: &IdentityId,
        request: SetPasswordRequest,
        reach: Reach,
    ) -> Result<NewChange, Error> {
        let handle = required(request.public_key_id, "publicKeyId")?;
        let ciphertext = decode_base64(&required(request.encrypted_password, "encryptedPassword")?)?;
        let mut reader = self.store.read().await?;
        let identity = identities::lookup(&mut reader.tx(), identity_id).await?.ok_or_else(unknown_identity)?;
        let own = accounts::of_identity(&mut reader.tx(), &identity.id).await?;
        drop(reader);
        let key = self.key_behind(&handle, &identity.id).await?;
        let (actor, key_id) = (caller.actor(), key.as_ref().map_or("", |key| key.id.as_str()));
        let (budget, now) = (&self.settings.payload_budget, self.clock.now());
        let mut reader = self.store.read().await?;
        let standing = payload_standing(&mut reader.tx(), &actor, key_id, budget, now).await?;
        drop(reader);
        self.within_payload_budget(caller, &standing)?;
        let catalog = self.catalog().await?;
        let named = named_account(&catalog, &own, request.source_id, request.account_id)?;
        if standing.key_is_retired {
            // Another node retired it; from now on this one hands out another.
            self.refresh_keys().await?;
        }
        let key = key
            .filter(|_| !standing.key_is_retired)
            .ok_or_else(|| Error::bad(Fault::Illegal, "publicKeyId is not a current key of this identity"))?;
        key.private.public_key().check_ciphertext(&ciphertext).map_err(|_| {
            Error::bad(Fault::Illegal, "encryptedPassword is not a ciphertext of the key publicKeyId names")
        })?;
        let unlock = request.unlock_account;
        let mut change = self.new_change(caller, &identity.id, named, &own, &catalog, &key, &ciphertext, unlock)?;
        if reach == Reach::OtherSources {
            change.targets.retain(|target| target.source_id != named.source_id);
        }
        Ok(change)
    }

    /// The audit record of an accepted change.
    pub(crate) fn accepted_record(&self, caller: &Caller, event: &'static str, change: &NewChange) -> AuditRecord {
        self.audit_record(
            caller.actor(),
            event,
            format!("identity:{}", change.identity_id),
            Outcome::Passed,
            &caller.tracking_id,
            format!("change:{} accepted for {} accounts", change.id, change.targets.len()),
        )
    }

    /// Commits an accepted change and rings the worker.
    pub(super) async fn accept(&self, caller: &Caller, accept: AcceptChange) -> Result<AcceptedPasswordChange, Error> {
        let identity = accept.change.identity_id.clone();
        let accepted = match self.store.write(accept).await {
            Ok(accepted) => accepted,
            Err(error) => return Err(self.refused(caller, &identity, error).await),
        };
        if accepted.is_new {
            self.work_waiting.notify_one();
        }
        Ok(AcceptedPasswordChange { id: accepted.id })
    }

    /// The right is checked on the id alone, before anything is looked up: a refusal tells nothing of what exists.
    /// Gives the rest of the request back.
    pub(super) async fn requested_identity(
        &self,
        caller: &Caller,
        mut request: SetPasswordRequest,
    ) -> Result<(IdentityId, SetPasswordRequest), Error> {
        let parsed = match (request.identity_id.take().filter(|t| !t.is_empty()), &caller.principal) {
            (Some(text), _) => text.parse::<IdentityId>().ok(),
            (None, Principal::User { identity_id, .. }) => Some(identity_id.clone()),
            (None, Principal::ApiClient { .. }) => {
                // The scope comes first even when the field is missing.
                let nobody = IdentityId::from_random([0; 16]);
                self.require(caller, Action::SetPassword { identity: &nobody }, "identity:unknown").await?;
                return Err(Error::bad(Fault::Missing, "identityId is required"));
            }
        };
        let subject = parsed.clone().unwrap_or_else(|| IdentityId::from_random([0; 16]));
        self.require(caller, Action::SetPassword { identity: &subject }, &format!("identity:{subject}")).await?;
        Ok((parsed.ok_or_else(unknown_identity)?, request))
    }

    #[expect(clippy::too_many_arguments, reason = "the public facts of one request, used once")]
    fn new_change(
        &self,
        caller: &Caller,
        identity: &IdentityId,
        named: &Account,
        own: &[Account],
        catalog: &Catalog,
        key: &LiveRsaKey,
        ciphertext: &[u8],
        unlock: bool,
    ) -> Result<NewChange, Error> {
        let accepted_at = self.clock.now();
        let id = PasswordChangeId::from_random(self.rng.id_bytes(accepted_at));
        let group = catalog.source(&named.source_id).and_then(|s| s.group.as_deref());
        let targets = fan_out(named, own, group, |source| catalog.write_order(source))
            .accounts
            .into_iter()
            .map(|a| NewTarget { account_id: a.id.clone(), source_id: a.source_id.clone() })
            .collect();
        let (epoch, kek) = self.epochs.current(accepted_at);
        let kind = PayloadKind::Rsa(key.id.clone());
        let bound_to = payload_binding(&id, identity, named, &kind, unlock);
        let sealed =
            sealing::seal(&kek, bound_to.as_bytes(), ciphertext).map_err(|e| Error::Internal(e.to_string()))?;
        Ok(NewChange {
            id,
            identity_id: identity.clone(),
            actor: caller.actor(),
            tracking_id: caller.tracking_id.id.clone(),
            accepted_at,
            payload: SealedPayload { kind, epoch, wrapped_key: sealed.wrapped_key, ciphertext: sealed.ciphertext },
            ciphertext_digest: Some(ciphertext_digest(&key.id, ciphertext)),
            named_account_id: named.id.clone(),
            unlock,
            targets,
        })
    }
}

/// What a sealed payload is bound to: it opens for this change, identity, account and key alone, and as it was asked for.
pub(crate) fn payload_binding(
    change: &PasswordChangeId,
    identity: &IdentityId,
    named: &Account,
    kind: &PayloadKind,
    unlock: bool,
) -> String {
    let key = match kind {
        PayloadKind::Rsa(key) => key.as_str(),
        PayloadKind::Direct => "direct",
    };
    let unlock = if unlock { "/unlock" } else { "" };
    format!("payload/{change}/{identity}/{}/{key}{unlock}", named.id)
}

fn required(value: Option<String>, field: &str) -> Result<String, Error> {
    value.filter(|v| !v.is_empty()).ok_or_else(|| Error::bad(Fault::Missing, format!("{field} is required")))
}

pub(super) fn unknown_identity() -> Error {
    Error::bad(Fault::UnknownReference, "identityId does not name an identity")
}

/// Line breaks and spaces are allowed: `openssl base64` wraps its lines.
fn decode_base64(text: &str) -> Result<Vec<u8>, Error> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    BASE64.decode(compact).map_err(|_| Error::bad(Fault::Illegal, "encryptedPassword is not base64"))
}

/// The account the request names. Both absent: the identity's own sign-in password. The source alone: its one account there.
pub(crate) fn named_account<'a>(
    catalog: &Catalog,
    own: &'a [Account],
    source_id: Option<String>,
    account_id: Option<String>,
) -> Result<&'a Account, Error> {
    let source_id = source_id.filter(|s| !s.is_empty());
    let account_id = account_id.filter(|s| !s.is_empty());
    let source = match (&source_id, &account_id) {
        (Some(id), _) => id.parse::<SourceId>().ok().and_then(|id| catalog.source(&id)),
        (None, None) => catalog.built_in(),
        (None, Some(_)) => return Err(Error::bad(Fault::Missing, "sourceId is required with accountId")),
    };
    let source = source.ok_or_else(|| Error::bad(Fault::UnknownReference, "sourceId does not name a source"))?;
    if !source.takes_passwords() {
        return Err(Error::bad(Fault::Semantic, "the source does not have the feature PASSWORD"));
    }
    let mut there = own.iter().filter(|a| source.owns(a));
    match account_id {
        Some(native) => there.find(|a| a.native_identity == native).ok_or_else(|| {
            Error::bad(Fault::UnknownReference, "accountId does not name an account of the identity on the source")
        }),
        None => match (there.next(), there.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(Error::bad(
                Fault::Missing,
                "accountId is required: the identity has several accounts on the source",
            )),
            (None, _) => Err(Error::bad(Fault::UnknownReference, "the identity has no account on the source")),
        },
    }
}
