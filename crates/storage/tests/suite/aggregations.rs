//! What an aggregation reads and writes, on both engines.

use std::collections::BTreeMap;

use passwright_domain::aggregation::{AggregationCounts, AggregationSettings, AggregationState, CorrelationRule};
use passwright_domain::ids::{AccountId, AggregationId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::aggregations::accounts::{self, KnownAccount};
use passwright_storage::aggregations::runs::{self, Run};
use passwright_storage::aggregations::settings;
use passwright_storage::directory::{accounts as owned, identities};
use passwright_storage::{StorageError, Store, Tx, Write};

use super::engines::on_both_engines;
use super::fixture::{account, identity, seed, source};

fn id(n: u8) -> AggregationId {
    AggregationId::from_random([n; 16])
}

fn run(n: u8, of: u8) -> Run {
    Run {
        id: id(n),
        source_id: source(of).id,
        source_name: source(of).name,
        actor: "client:c".into(),
        optimized: true,
        state: AggregationState::Running,
        reason: String::new(),
        known: 3,
        counts: AggregationCounts::default(),
        started_at: Timestamp(100 + i64::from(n)),
        ended_at: None,
    }
}

fn new_account(n: u8) -> KnownAccount {
    KnownAccount {
        id: AccountId::from_random([n; 16]),
        identity_id: None,
        native_identity: format!("CN={n}"),
        native_key: Some(format!("cn={n}")),
        uuid: Some(format!("uuid-{n}")),
        name: format!("N{n}"),
        attributes: BTreeMap::from([("mail".to_owned(), "a@x".into())]),
        disabled: true,
        locked: false,
        manually_correlated: false,
        removed: false,
    }
}

/// Everything in one transaction: the tests look at what one write leaves.
struct Accounts;

impl Write for Accounts {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let (of, began) = (source(1).id, Timestamp(50));
        // That of the fixture has no key until it is given one.
        assert_eq!(accounts::by_key(tx, &of, "cn=abby1").await?, None);
        assert!(accounts::by_native(tx, &of, "cn=abby1").await?.is_some_and(|known| known.native_key.is_none()));
        assert!(!accounts::set_keys(tx, &of, 10, str::to_uppercase).await?);
        let abby = accounts::by_key(tx, &of, "CN=ABBY1").await?.unwrap();
        assert_eq!((abby.id.clone(), abby.identity_id.clone()), (account(1).id, Some(identity().id)));

        accounts::insert(tx, &of, &new_account(7), &id(1), Timestamp(10)).await?;
        assert_eq!(accounts::by_uuid(tx, &of, "uuid-7").await?, Some(new_account(7)));
        assert_eq!(accounts::by_uuid(tx, &source(2).id, "uuid-7").await?, None, "of this source");
        assert_eq!(accounts::count(tx, &of).await?, 2);
        // Neither was read by the second aggregation; one was made after it began.
        assert_eq!(accounts::count_gone(tx, &of, &id(2), began).await?, 2);
        assert_eq!(accounts::count_gone(tx, &of, &id(2), Timestamp(5)).await?, 1);
        accounts::mark(tx, &abby.id, &id(2)).await?;
        assert_eq!(accounts::remove_gone(tx, &of, &id(2), began, Timestamp(60)).await?, 1);
        assert_eq!(accounts::count(tx, &of).await?, 1);
        let gone = accounts::by_key(tx, &of, "cn=7").await?.unwrap();
        assert!(gone.removed);
        // It comes back, renamed, and belongs to somebody.
        let back = KnownAccount {
            identity_id: Some(identity().id),
            native_identity: "CN=8".into(),
            native_key: Some("cn=8".into()),
            ..new_account(7)
        };
        accounts::update(tx, &back, &id(3), Timestamp(70)).await?;
        assert_eq!(accounts::by_uuid(tx, &of, "uuid-7").await?, Some(back));
        assert!(owned::lookup_native(tx, &of, "CN=8").await?.is_some());
        assert_eq!(owned::of_identity(tx, &identity().id).await?.len(), 4);
        accounts::vacate(tx, &abby.id).await?;
        assert_eq!(accounts::by_native(tx, &of, "cn=abby1").await?, None);
        assert!(!accounts::is_changing(tx, &abby.id).await?);
        let after = identities::after(tx, None, 10).await?;
        assert_eq!(after, [identity()]);
        assert!(identities::after(tx, Some(&identity().id), 10).await?.is_empty());
        Ok(())
    }
}

#[test]
fn accounts_come_go_and_come_back() {
    on_both_engines(|database| async move {
        seed(&database.store).await;
        database.store.write(Accounts).await.unwrap();
    });
}

struct Begin(Run);

impl Write for Begin {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        runs::insert(tx, &self.0).await
    }
}

struct Runs;

impl Write for Runs {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let counts = AggregationCounts {
            read: 9,
            created: 1,
            changed: 2,
            removed: 0,
            uncorrelated: 3,
            identities_created: 4,
            identities_changed: 5,
        };
        assert!(runs::progress(tx, &id(1), &counts, Timestamp(200)).await?);
        assert_eq!(runs::lookup(tx, &id(1)).await?, Some(Run { counts, ..run(1, 1) }));
        assert_eq!(runs::interrupt(tx, Timestamp(200), "gone", Timestamp(300)).await?, 1, "the silent one");
        let held = AggregationState::Held;
        assert!(runs::finish(tx, &id(1), held, "too much", 7, Timestamp(301)).await?);
        assert!(!runs::finish(tx, &id(1), AggregationState::Completed, "", 7, Timestamp(302)).await?, "once");
        assert!(!runs::progress(tx, &id(1), &counts, Timestamp(303)).await?);
        let first = runs::lookup(tx, &id(1)).await?.unwrap();
        assert_eq!((first.state, first.reason.as_str(), first.counts.removed), (held, "too much", 7));
        let states = |runs: Vec<Run>| runs.into_iter().map(|run| (run.id, run.state)).collect::<Vec<_>>();
        let all = states(runs::list(tx, None, 10, 0).await?);
        assert_eq!(all, [(id(2), AggregationState::Interrupted), (id(1), held)], "the latest first");
        assert_eq!(states(runs::list(tx, None, 1, 1).await?), [(id(1), held)]);
        assert_eq!(states(runs::list(tx, Some(&source(2).id), 10, 0).await?).len(), 1);
        Ok(())
    }
}

async fn begin(store: &Store, run: Run) -> Result<(), StorageError> {
    store.write(Begin(run)).await
}

#[test]
fn one_aggregation_of_a_source_at_a_time() {
    on_both_engines(|database| async move {
        let store = &database.store;
        seed(store).await;
        begin(store, run(1, 1)).await.unwrap();
        begin(store, run(2, 2)).await.unwrap();
        assert!(matches!(begin(store, run(3, 1)).await, Err(StorageError::Conflict(_))));
        store.write(Runs).await.unwrap();
        begin(store, run(3, 1)).await.unwrap();
    });
}

struct Kept;

impl Write for Kept {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        assert_eq!(settings::lookup(tx, &source(1).id).await?, (false, AggregationSettings::default()));
        let rule = CorrelationRule { account: "mail".into(), identity: "email".into(), case_sensitive: true };
        let wanted = (true, AggregationSettings { correlation: vec![rule], removal_limit: 3, ..Default::default() });
        settings::set(tx, &source(1).id, &wanted).await?;
        assert_eq!(settings::lookup(tx, &source(1).id).await?, wanted);
        assert_eq!(settings::list(tx).await?.len(), 3);
        Ok(())
    }
}

#[test]
fn settings_are_kept() {
    on_both_engines(|database| async move {
        seed(&database.store).await;
        database.store.write(Kept).await.unwrap();
    });
}
