//! Failure budgets: what is counted, when it counts, and that counting holds when all come at once.

use std::time::Duration;

use passwright_domain::budget::{Budget, DAY, HOUR, KeyWear, PayloadBudget};
use passwright_domain::change::{EndReason, INVALID_PAYLOAD};
use passwright_domain::ids::{DigitTokenId, RsaKeyId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::budgets::{ForgetCounted, PayloadStanding, WornKey, payload_standing};
use passwright_storage::changes::FailChange;
use passwright_storage::digit_tokens::{
    Attempt, ConsumeDigitToken, CreateDigitToken, Created, FailGuess, SPRAY_ALARM, TakeAttempt,
};
use passwright_storage::keys::{AddRsaKey, StoredRsaKey};
use passwright_storage::request_windows::TakeRequests;
use passwright_storage::{Store, Write, audit as audit_records};

use super::engines::on_both_engines;
use super::fixture::{accept, audit, claim, identity, now, seed, status};

const BUDGET: PayloadBudget = PayloadBudget { per_hour: 1, per_day: 2, key_alarm: 2, key_most: 3 };

/// The key of the fixture's changes.
fn key() -> RsaKeyId {
    RsaKeyId::from_random([9; 16])
}

async fn add_key(store: &Store) {
    let key = StoredRsaKey {
        id: key(),
        created_at: Timestamp(50),
        public_key: "p".into(),
        sealed_private_key: "s".into(),
        retired_at: None,
    };
    assert!(store.write(AddRsaKey { key, unless_newer_than: Timestamp(10) }).await.unwrap());
}

/// Accepts change `n` and ends it for this reason.
async fn fail(store: &Store, n: u8, reason: EndReason) -> Option<WornKey> {
    accept(store, n, &[1]).await;
    let lane = &claim(store).await[0];
    let fail = FailChange {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        change_id: lane.targets[0].change_id.clone(),
        reason,
        errors: vec![INVALID_PAYLOAD.to_owned()],
        now: now(),
        audit: audit(u64::from(n) + 1000),
        counted: (reason == EndReason::Payload).then_some(BUDGET),
    };
    store.write(fail).await.unwrap()
}

async fn standing(store: &Store, actor: &str, now: Timestamp) -> PayloadStanding {
    let mut reader = store.read().await.unwrap();
    payload_standing(&mut reader.tx(), actor, key().as_str(), &BUDGET, now).await.unwrap()
}

async fn events(store: &Store) -> Vec<String> {
    let mut reader = store.read().await.unwrap();
    let records = audit_records::list(&mut reader.tx(), 0, 1000).await.unwrap();
    records.into_iter().map(|record| record.2).filter(|event| event != "USER_PASSWORD_UPDATE").collect()
}

#[test]
fn payload_failures_count_for_actor_and_key() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        add_key(&store).await;
        assert_eq!(fail(&store, 1, EndReason::Policy).await, None);
        let mut worn = Vec::new();
        for n in 2..6 {
            worn.push(fail(&store, n, EndReason::Payload).await.map(|worn| (worn.id, worn.failures, worn.wear)));
        }
        let at = |failures, wear| Some((key(), failures, wear));
        assert_eq!(worn, [None, at(2, KeyWear::Alarm), at(3, KeyWear::Retired), None], "each is told once");
        assert_eq!(events(&store).await, [KeyWear::Alarm.event(), KeyWear::Retired.event()]);

        let last = status(&store, 5).await.released_at.unwrap();
        let late = last + Duration::from_secs(1);
        let second = Some(status(&store, 4).await.released_at.unwrap());
        let third = Some(status(&store, 3).await.released_at.unwrap());
        assert_eq!(standing(&store, "client:c", late).await.deciding, [second, third]);
        assert!(standing(&store, "client:c", late).await.key_is_retired);
        let early = last - Duration::from_secs(3600);
        assert_eq!(standing(&store, "client:c", early).await.deciding, [None, None], "not before it is shown");
        assert_eq!(standing(&store, "client:d", late).await.deciding, [None, None], "another principal");

        store.write(ForgetCounted { before: last }).await.unwrap();
        assert_eq!(standing(&store, "client:c", late).await.deciding, [None, None]);
    });
}

#[test]
fn of_200_guesses_at_once_five_are_compared() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        assert_eq!(store.write(token(1, 100)).await.unwrap(), Created::Made);
        let guesses = (0..200).map(|n| TakeAttempt {
            guess_id: format!("g{n}"),
            name_key: "abby.smith".into(),
            identity_id: Some(identity().id),
            now: Timestamp(150),
            most_attempts: 5,
            since: Timestamp(0),
            most_guesses: 15,
        });
        let answers = all_at_once(&store, guesses).await;
        let count = |wanted: fn(&Attempt) -> bool| answers.iter().filter(|answer| wanted(answer)).count();
        assert_eq!(count(|answer| matches!(answer, Attempt::Compare(..))), 5);
        assert_eq!(count(|answer| *answer == Attempt::Nothing), 10);
        assert_eq!(count(|answer| *answer == Attempt::TooMany), 185);
    });
}

fn token(n: u8, of_creator: u32) -> CreateDigitToken {
    CreateDigitToken {
        id: DigitTokenId::from_random([n; 16]),
        identity_id: identity().id,
        created_by: "client:c".into(),
        salt: "salt".into(),
        digest: "digest".into(),
        length: 6,
        now: Timestamp(100),
        expires_at: Timestamp(200),
        since: Timestamp(0),
        most: 15,
        of_creator: Budget::at_most(of_creator, HOUR),
        audit: audit(u64::from(n) + 500),
    }
}

#[test]
fn of_tokens_made_at_once_one_lives() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let created = all_at_once(&store, (0..40).map(|n| token(n, 100))).await;
        assert_eq!(created.iter().filter(|created| **created == Created::Made).count(), 15);
        assert!(created.contains(&Created::TooManyForIdentity));
        let consume = (0..40).map(|n| ConsumeDigitToken {
            id: DigitTokenId::from_random([n; 16]),
            guess_id: String::new(),
            now: Timestamp(120),
            audit: audit(u64::from(n) + 900),
        });
        assert_eq!(all_at_once(&store, consume).await.into_iter().filter(|won| *won).count(), 1);
    });
}

#[test]
fn a_creator_makes_so_many_an_hour() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let created = all_at_once(&store, (0..30).map(|n| token(n, 10))).await;
        assert_eq!(created.iter().filter(|created| **created == Created::Made).count(), 10);
        assert!(created.iter().all(|c| matches!(c, Created::Made | Created::TooManyByCreator(HOUR))), "{created:?}");
        let another = CreateDigitToken { created_by: "identity:i".into(), ..token(50, 10) };
        assert_eq!(store.write(another).await.unwrap(), Created::Made);
        let later = CreateDigitToken { now: Timestamp(100) + HOUR, ..token(51, 10) };
        assert_eq!(store.write(later).await.unwrap(), Created::Made);
    });
}

#[test]
fn the_alarm_of_guesses_at_all_names_is_raised_once_in_its_time() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let spray = Budget::more_than(10, HOUR);
        let mut raised = Vec::new();
        for (n, at) in (0..13).map(|n| (n, Timestamp(0))).chain([(13, Timestamp(0) + HOUR), (14, Timestamp(0) + DAY)]) {
            let guess = TakeAttempt {
                guess_id: format!("g{n}"),
                name_key: format!("name{n}"),
                identity_id: None,
                now: at,
                most_attempts: 5,
                since: Timestamp(-1),
                most_guesses: 15,
            };
            assert_eq!(store.write(guess).await.unwrap(), Attempt::Nothing);
            if store.write(FailGuess { audit: audit(n + 700), spray, now: at }).await.unwrap() {
                raised.push(n);
            }
        }
        assert_eq!(raised, [10], "the eleventh; an hour later they are forgotten");
        for n in 20..40 {
            let at = Timestamp(0) + 2 * DAY;
            let (name_key, guess_id) = (format!("name{n}"), format!("g{n}"));
            let (most_attempts, since, most_guesses) = (5, Timestamp(0), 15);
            let guess =
                TakeAttempt { guess_id, name_key, identity_id: None, now: at, most_attempts, since, most_guesses };
            store.write(guess).await.unwrap();
        }
        let fail = (0..20).map(|n| FailGuess { audit: audit(n + 800), spray, now: Timestamp(0) + 2 * DAY });
        assert_eq!(all_at_once(&store, fail).await.into_iter().filter(|raised| *raised).count(), 1);
        assert_eq!(events(&store).await, [SPRAY_ALARM; 2]);
    });
}

#[test]
fn requests_taken_in_batches_keep_to_the_limit() {
    on_both_engines(|database| async move {
        let take = |api_version, window| TakeRequests {
            client_id: "c".into(),
            api_version,
            limit: 25,
            batch: 10,
            window,
            now: now(),
        };
        let taken = all_at_once(&database.store, (0..20).map(|_| take("v3", HOUR))).await;
        assert_eq!(taken.iter().map(|taken| taken.granted).sum::<u32>(), 25);
        assert!(taken.iter().all(|taken| taken.left > HOUR / 2 && taken.left <= HOUR), "{taken:?}");
        let other = database.store.write(take("beta", HOUR)).await.unwrap();
        assert_eq!(other.granted, 10, "each version by itself");
        // The window of a moment ago is over.
        let short = Duration::from_millis(200);
        while database.store.write(take("v3", HOUR)).await.unwrap().left > HOUR - short {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(database.store.write(take("v3", HOUR)).await.unwrap().granted, 0);
        assert_eq!(database.store.write(take("v3", short)).await.unwrap().granted, 10, "another window");
    });
}

/// Two that read the clock one after the other may come to the row in the other order.
#[test]
fn a_moment_earlier_is_in_the_same_window() {
    on_both_engines(|database| async move {
        let (start, mut granted) = (now(), 0);
        for moment in (0..5).map(Duration::from_micros) {
            let now = start - moment;
            let take =
                TakeRequests { client_id: "c".into(), api_version: "v3", limit: 25, batch: 10, window: HOUR, now };
            granted += database.store.write(take).await.unwrap().granted;
        }
        assert_eq!(granted, 25);
    });
}

async fn all_at_once<W: Write>(store: &Store, writes: impl Iterator<Item = W>) -> Vec<W::Output> {
    let mut running = tokio::task::JoinSet::new();
    for write in writes {
        let store = store.clone();
        running.spawn(async move { store.write(write).await });
    }
    running.join_all().await.into_iter().map(Result::unwrap).collect()
}
