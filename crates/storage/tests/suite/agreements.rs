//! A second operator's agreement: given by somebody else, in time, used once.

use std::time::Duration;

use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::Store;
use passwright_storage::help_approvals::{Approve, AskApproval, UseApproval, live};

use super::engines::on_both_engines;
use super::fixture::{audit, identity, now, seed};

const LASTS: Duration = Duration::from_secs(600);

async fn ask(store: &Store, id: &str, by: &str, at: Timestamp) {
    let (person, reason) = (identity().id, "why".to_owned());
    let number = 900 + u64::from(id.as_bytes()[0]);
    let ask = AskApproval { id: id.to_owned(), person, asked_by: by.to_owned(), reason, now: at, audit: audit(number) };
    store.write(ask).await.unwrap();
}

async fn approve(store: &Store, id: &str, by: &str, at: Timestamp, number: u64) -> bool {
    let (person, approved_by) = (identity().id, by.to_owned());
    let approve = Approve { id: id.to_owned(), person, approved_by, now: at, lasts: LASTS, audit: audit(number) };
    store.write(approve).await.unwrap()
}

async fn take(store: &Store, by: &str, at: Timestamp) -> bool {
    let used = UseApproval { person: identity().id, asked_by: by.to_owned(), now: at, lasts: LASTS };
    store.write(used).await.unwrap()
}

#[test]
fn an_agreement_is_of_somebody_else_in_time_and_used_once() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let start = now();
        let after = |seconds| start + Duration::from_secs(seconds);
        ask(&store, "a", "identity:h", start).await;
        assert!(!take(&store, "identity:h", start).await, "nobody agreed");
        assert!(!approve(&store, "a", "identity:h", start, 950).await, "not by the one who asks");
        assert!(!approve(&store, "b", "identity:o", start, 951).await, "nothing of that name was asked");
        assert!(!approve(&store, "a", "identity:o", after(600), 952).await, "too late");
        assert!(approve(&store, "a", "identity:o", after(599), 953).await);
        assert!(!approve(&store, "a", "identity:p", after(599), 954).await, "once");
        assert!(!take(&store, "identity:o", after(600)).await, "of the one who asked");
        assert!(!take(&store, "identity:h", after(1199)).await, "too late");
        let mut reader = store.read().await.unwrap();
        let shown = live(&mut reader.tx(), &identity().id, after(700), LASTS).await.unwrap();
        assert_eq!((shown.len(), shown[0].approved_by.as_deref()), (1, Some("identity:o")));
        let nobody = IdentityId::from_random([9; 16]);
        assert!(live(&mut reader.tx(), &nobody, after(700), LASTS).await.unwrap().is_empty());
        drop(reader);
        assert!(take(&store, "identity:h", after(1198)).await);
        assert!(!take(&store, "identity:h", after(1198)).await, "used");
        ask(&store, "c", "identity:h", after(90_000)).await;
        let mut reader = store.read().await.unwrap();
        let shown = live(&mut reader.tx(), &identity().id, after(90_000), Duration::from_secs(100_000)).await.unwrap();
        assert_eq!(shown.len(), 1, "what is a day old is forgotten");
    });
}
