//! One identity with three accounts on three sources, and changes for them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::change::{Lane, NewChange, NewTarget, PayloadKind, SealedPayload};
use passwright_domain::directory::{Account, Feature, Identity, IdentityStatus, Source};
use passwright_domain::ids::{AccountId, IdentityId, PasswordChangeId, RsaKeyId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{
    AcceptChange, Accepted, BeginWrite, Begun, ChangeStatus, ClaimLanes, FinishTarget, Resolution, TargetStatus,
    lookup_change, targets_of,
};
use passwright_storage::directory::{accounts, identities, sources};
use passwright_storage::{StorageError, Store, Tx, Write};

pub(crate) const LEASE: Duration = Duration::from_secs(20);

pub(crate) fn now() -> Timestamp {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
    Timestamp(0) + elapsed
}

pub(crate) fn identity() -> Identity {
    Identity {
        id: IdentityId::from_random([1; 16]),
        alias: "Abby.Smith".into(),
        name: "Abby Smith".into(),
        email: Some("abby@acme.test".into()),
        status: IdentityStatus::Active,
        levels: BTreeSet::new(),
        attributes: BTreeMap::from([("department".into(), "Sales".into())]),
    }
}

pub(crate) fn source(n: u8) -> Source {
    Source {
        id: SourceId::from_random([n; 16]),
        name: format!("Source {n}"),
        description: String::new(),
        features: BTreeSet::from([Feature::Password]),
        connector: Some("{}".into()),
        sealed_credential: None,
        policy_holders: Vec::new(),
    }
}

pub(crate) fn account(n: u8) -> Account {
    Account {
        id: AccountId::from_random([n; 16]),
        identity_id: identity().id,
        source_id: source(n).id,
        native_identity: format!("cn=abby{n}"),
        name: "Abby".into(),
        attributes: BTreeMap::new(),
    }
}

pub(crate) fn audit(n: u64) -> AuditRecord {
    AuditRecord {
        id: format!("{n:032x}"),
        at: Timestamp(5),
        actor: "client:c".into(),
        event: "USER_PASSWORD_UPDATE",
        object: "identity:i".into(),
        outcome: Outcome::Passed,
        tracking_id: "t".into(),
        address: None,
        detail: String::new(),
    }
}

struct Seed;

impl Write for Seed {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        identities::upsert(tx, &identity(), Timestamp(1)).await?;
        for n in 1..=3 {
            sources::upsert(tx, &source(n), Timestamp(1)).await?;
            accounts::upsert(tx, &account(n), Timestamp(1)).await?;
        }
        Ok(())
    }
}

pub(crate) async fn seed(store: &Store) {
    store.write(Seed).await.unwrap();
}

/// A change number `n` for these accounts, with its own ciphertext.
pub(crate) fn change(n: u8, targets: &[u8]) -> AcceptChange {
    AcceptChange {
        change: NewChange {
            id: PasswordChangeId::from_random([n; 16]),
            identity_id: identity().id,
            actor: "client:c".into(),
            tracking_id: format!("tracking{n}"),
            accepted_at: now(),
            payload: SealedPayload {
                kind: PayloadKind::Rsa(RsaKeyId::from_random([9; 16])),
                epoch: 7,
                wrapped_key: "d3JhcHBlZA==".into(),
                ciphertext: "Y2lwaGVydGV4dA==".into(),
            },
            ciphertext_digest: Some(format!("digest{n}")),
            named_account_id: account(targets[0]).id,
            unlock: false,
            targets: targets
                .iter()
                .map(|t| NewTarget { account_id: account(*t).id, source_id: source(*t).id })
                .collect(),
        },
        audit: audit(u64::from(n)),
    }
}

pub(crate) async fn accept(store: &Store, n: u8, targets: &[u8]) -> Accepted {
    store.write(change(n, targets)).await.unwrap()
}

pub(crate) async fn claim(store: &Store) -> Vec<Lane> {
    let mut lanes = store
        .write(ClaimLanes { now: now(), sources: (1..=3).map(|n| (source(n).id, 10)).collect(), lease: LEASE })
        .await
        .unwrap();
    lanes.sort_by(|a, b| a.account_id.cmp(&b.account_id));
    lanes
}

pub(crate) async fn begin(store: &Store, lane: &Lane, seq: i64) -> Result<Begun, StorageError> {
    begin_after(store, lane, seq, now(), None).await
}

/// Begins an attempt after a look at this time.
pub(crate) async fn begin_after(
    store: &Store,
    lane: &Lane,
    seq: i64,
    claimed_at: Timestamp,
    seen: Option<Timestamp>,
) -> Result<Begun, StorageError> {
    let begin = BeginWrite {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        seq,
        now: now(),
        lease: LEASE,
        claimed_at,
        seen,
        resolved_within: LEASE,
    };
    store.write(begin).await
}

/// Finishes the lane's newest due target.
pub(crate) async fn finish(store: &Store, lane: &Lane, resolution: Resolution) -> Result<(), StorageError> {
    let target = &lane.targets[0];
    let finish = FinishTarget {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        change_id: target.change_id.clone(),
        seq: target.seq,
        position: target.position,
        resolution,
        unresolved_for: None,
        earlier_unresolved: target.unresolved_until,
        now: now(),
        audit: None,
    };
    store.write(finish).await
}

pub(crate) async fn status(store: &Store, n: u8) -> ChangeStatus {
    let mut reader = store.read().await.unwrap();
    lookup_change(&mut reader.tx(), &PasswordChangeId::from_random([n; 16])).await.unwrap().unwrap()
}

pub(crate) async fn targets(store: &Store, n: u8) -> Vec<TargetStatus> {
    let mut reader = store.read().await.unwrap();
    targets_of(&mut reader.tx(), &PasswordChangeId::from_random([n; 16])).await.unwrap()
}
