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
    /// The first is written first; the others wait for it.
    pub targets: Vec<NewTarget>,
}

/// An open target as a claimed lane sees it.
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
    pub seq: i64,
    /// 0 is the first target.
    pub position: i64,
    pub state: TargetState,
    /// Attempts begun so far.
    pub attempts: i64,
    /// When it may be tried; `None` while it waits for the change's first target.
    pub due_at: Option<Timestamp>,
    /// A write was begun and its outcome is not known.
    pub maybe_written: bool,
    /// Until then an earlier attempt may still reach the system; on the queue's clock.
    pub unresolved_until: Option<Timestamp>,
    pub source_ids: Vec<SourceId>,
}

/// An account's queue, held under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub account_id: AccountId,
    pub source_id: SourceId,
    /// Grows with each claim; a write with an older fence is refused.
    pub fence: i64,
    /// Newest first.
    pub targets: Vec<OpenTarget>,
}
