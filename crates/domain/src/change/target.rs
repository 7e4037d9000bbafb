use crate::change::TargetState;
use crate::ids::{AccountId, IdentityId, PasswordChangeId, RsaKeyId, SourceId};
use crate::timestamp::Timestamp;

/// What lies in a sealed payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayloadKind {
    /// An RSA ciphertext for this key.
    Rsa(RsaKeyId),
    /// The password itself, taken over TLS in our own pages.
    Direct,
}

/// A waiting password as it lies in the database: two base64 texts only the vault can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPayload {
    pub kind: PayloadKind,
    pub epoch: i64,
    pub wrapped_key: String,
    pub ciphertext: String,
}

/// A target of a change to be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTarget {
    pub account_id: AccountId,
    pub source_id: SourceId,
}

/// A change to be accepted: everything that one transaction writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    pub id: PasswordChangeId,
    pub identity_id: IdentityId,
    /// The acting party, `Caller::actor`.
    pub actor: String,
    pub tracking_id: String,
    pub accepted_at: Timestamp,
    pub payload: SealedPayload,
    /// SHA-256 of the canonical ciphertext, base64; `None` for a direct payload.
    pub ciphertext_digest: Option<String>,
    /// The account the caller named.
    pub named_account_id: AccountId,
    /// Clear the lock of each account in the same step, where its system can.
    pub unlock: bool,
    /// The first is written first; the others wait for it.
    pub targets: Vec<NewTarget>,
}

/// An open target as a claimed lane sees it. Its times are of the queue's clock, if nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTarget {
    pub change_id: PasswordChangeId,
    pub identity_id: IdentityId,
    pub actor: String,
    pub tracking_id: String,
    pub accepted_at: Timestamp,
    pub payload: SealedPayload,
    /// The account the payload is bound to: the one the caller named.
    pub named_account_id: AccountId,
    /// Clear the account's lock in the same step, where its system can.
    pub unlock: bool,
    pub seq: i64,
    /// 0 is the first target.
    pub position: i64,
    pub state: TargetState,
    /// Attempts begun so far.
    pub attempts: i64,
    /// When it may be tried; `None` while it waits for the change's first target.
    pub due_at: Option<Timestamp>,
    /// A write was begun and its outcome is not known; or the change was released after a restore and may have been written by what
    /// the database does not know of.
    pub maybe_written: bool,
    /// Until then an earlier attempt may still reach the system.
    pub unresolved_until: Option<Timestamp>,
    /// The lane's fence when the last attempt began.
    pub begun_fence: Option<i64>,
    /// When the account's password had last been changed when that attempt began, or once it was answered; on the
    /// system's clock. `None` where that is not known.
    pub seen: Option<Timestamp>,
    /// It was released after a restore and not tried since: there may have been attempts that the database does not know of, of this
    /// change and of others.
    pub restored: bool,
    /// When the last attempt of another change on this account began.
    pub others_begun_at: Option<Timestamp>,
    /// The lane's fence then.
    pub others_begun_fence: Option<i64>,
    pub source_ids: Vec<SourceId>,
}

impl OpenTarget {
    /// The same where `claimed_at` is `now`: on the clock of who claimed it. What is given back to the queue unchanged
    /// (`due_at`, `unresolved_until`) stays as it is.
    #[must_use]
    pub fn on_clock(self, claimed_at: Timestamp, now: Timestamp) -> Self {
        let local = |at: Timestamp| Timestamp(at.0.saturating_sub(claimed_at.0).saturating_add(now.0));
        Self { accepted_at: local(self.accepted_at), others_begun_at: self.others_begun_at.map(local), ..self }
    }
}

/// An account's queue, held under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub account_id: AccountId,
    pub source_id: SourceId,
    /// Grows with each claim; a write with an older fence is refused.
    pub fence: i64,
    /// When it was claimed, on the queue's clock.
    pub claimed_at: Timestamp,
    /// Newest first.
    pub targets: Vec<OpenTarget>,
}
