//! The outbox: what is written down with an effect, who may send it, what becomes of a webhook that fails.

use std::time::Duration;

use passwright_domain::change::{EndReason, TargetState};
use passwright_domain::delivery::{Channel, Fact, WaitingTime};
use passwright_domain::ids::{PasswordChangeId, WebhookId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::Store;
use passwright_storage::changes::{FailChange, Resolution, Seen};
use passwright_storage::deliveries::{
    AddTestDelivery, Attempt, ClaimDeliveries, Claimed, CreateWebhook, DeleteWebhook, ExpireDeliveries, FinishDelivery,
    Finished, MAIL, Sent, StoredDelivery, StoredWebhook, UpdateWebhook, VoidDeliveryLeases, deliveries_to,
    list_webhooks, lookup_webhook, next_due_at,
};
use passwright_storage::settings::SetSetting;

use super::engines::on_both_engines;
use super::fixture::{accept, audit, begin, claim, finish, identity, now, seed};

const ENDED: &str = "password_change.ended";
const RETRYING: &str = "password_change.target.retrying";
const LEASE: Duration = Duration::from_secs(60);
const QUIET: WaitingTime = WaitingTime { asked: None, jitter: 0 };

fn change(n: u8) -> PasswordChangeId {
    PasswordChangeId::from_random([n; 16])
}

fn webhook(n: u8, events: &[&str]) -> StoredWebhook {
    StoredWebhook {
        id: WebhookId::from_random([n; 16]),
        name: format!("Webhook {n}"),
        url: "https://hooks.example.com/".into(),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        sealed_secret: "sealed".into(),
        enabled: true,
        off_reason: String::new(),
        failing_since: None,
        created_at: Timestamp(5),
        modified_at: Timestamp(5),
    }
}

async fn create(store: &Store, n: u8, events: &[&str]) -> String {
    let webhook = webhook(n, events);
    let id = webhook.id.to_string();
    assert!(store.write(CreateWebhook { webhook, most: 50, audit: audit(1_000 + u64::from(n)) }).await.unwrap());
    id
}

pub(crate) async fn mail_is(store: &Store, value: &str) {
    store.write(SetSetting { name: MAIL, value: value.into(), now: now() }).await.unwrap();
}

async fn claimed(store: &Store, channel: Channel) -> Vec<Claimed> {
    claimed_at(store, channel, now(), LEASE).await
}

/// On PostgreSQL the clock is the database's.
async fn claimed_at(store: &Store, channel: Channel, now: Timestamp, lease: Duration) -> Vec<Claimed> {
    let mut claimed = store.write(ClaimDeliveries { channel, now, most: 100, lease }).await.unwrap();
    claimed.sort_by(|a, b| a.event_id.cmp(&b.event_id));
    claimed
}

async fn record(store: &Store, claimed: &Claimed, sent: Sent) -> Finished {
    let detail = if sent == Sent::Delivered { String::new() } else { "no".to_owned() };
    let attempt = Attempt { duration: Duration::from_millis(7), status: Some(500), detail };
    let number = u64::try_from(now().0).unwrap();
    let finish = FinishDelivery { claimed: claimed.clone(), sent, attempt, now: now(), audit: audit(number) };
    store.write(finish).await.unwrap()
}

async fn to(store: &Store, webhook: &str) -> Vec<StoredDelivery> {
    let mut reader = store.read().await.unwrap();
    deliveries_to(&mut reader.tx(), webhook, 100, 0).await.unwrap()
}

async fn stored(store: &Store, id: &str) -> StoredWebhook {
    let mut reader = store.read().await.unwrap();
    lookup_webhook(&mut reader.tx(), id).await.unwrap().unwrap()
}

/// Ends change `n` on account `n` with success.
async fn end_well(store: &Store, n: u8) {
    accept(store, n, &[n]).await;
    let lane = &claim(store).await[0];
    begin(store, lane, lane.targets[0].seq).await.unwrap();
    finish(store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
}

#[test]
fn an_end_is_written_down_for_everyone_it_concerns_and_no_one_else() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        end_well(&store, 1).await;
        assert_eq!(claimed(&store, Channel::Webhook).await, []);
        assert_eq!(claimed(&store, Channel::Mail).await, [], "mail is not sent here");

        let one = create(&store, 1, &[ENDED, "password_change.target.ended"]).await;
        let other = create(&store, 2, &[RETRYING]).await;
        let off = create(&store, 3, &[ENDED]).await;
        let enabled = StoredWebhook { enabled: false, ..webhook(3, &[ENDED]) };
        assert!(store.write(UpdateWebhook { webhook: enabled, audit: audit(2_000) }).await.unwrap());
        mail_is(&store, "on").await;
        end_well(&store, 2).await;
        let told = claimed(&store, Channel::Webhook).await;
        let facts: Vec<_> = told.iter().map(|told| (told.recipient.as_str(), &told.fact)).collect();
        let ended = Fact::ChangeEnded { change: change(2) };
        let target = Fact::TargetEnded { change: change(2), position: 0 };
        assert_eq!(facts, [(one.as_str(), &target), (one.as_str(), &ended)]);
        assert!(to(&store, &other).await.is_empty() && to(&store, &off).await.is_empty());
        let mails = claimed(&store, Channel::Mail).await;
        assert_eq!((mails.len(), mails[0].recipient.as_str()), (1, identity().id.as_str()));
        assert_eq!(mails[0].fact, ended);

        mail_is(&store, "off").await;
        end_well(&store, 3).await;
        assert_eq!(claimed(&store, Channel::Mail).await, []);
    });
}

/// What must not be shown yet is not sent yet.
#[test]
fn an_end_that_speaks_of_the_payload_waits_for_its_time() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        mail_is(&store, "on").await;
        let id = create(&store, 1, &[ENDED]).await;
        accept(&store, 1, &[1, 2]).await;
        let lane = &claim(&store).await[0];
        let fail = FailChange {
            account_id: lane.account_id.clone(),
            fence: lane.fence,
            change_id: change(1),
            reason: EndReason::Policy,
            errors: vec!["too short".into()],
            now: now(),
            audit: audit(77),
            counted: None,
        };
        store.write(fail).await.unwrap();
        let told = to(&store, &id).await;
        let due = told[0].due_at.unwrap();
        assert!(due.0 % Timestamp::SECOND == 0 && due > told[0].created_at, "{due:?}");
        assert_eq!(claimed(&store, Channel::Webhook).await, []);
        assert_eq!(claimed(&store, Channel::Mail).await, []);
        let mut reader = store.read().await.unwrap();
        let wait = next_due_at(&mut reader.tx(), Channel::Webhook, now()).await.unwrap().unwrap();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(2), "{wait:?}");
    });
}

#[test]
fn retries_are_told_and_a_person_once_when_it_takes_longer() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        mail_is(&store, "on").await;
        let id = create(&store, 1, &[RETRYING]).await;
        accept(&store, 1, &[1]).await;
        for attempts in 1..=3 {
            let lane = &claim(&store).await[0];
            begin(&store, lane, 1).await.unwrap();
            let again = Resolution::Retry {
                at: now(),
                reason: "away".into(),
                maybe_written: attempts == 2,
                attempts,
                seen: Seen::AsBefore,
            };
            finish(&store, lane, again).await.unwrap();
        }
        let told = claimed(&store, Channel::Webhook).await;
        let facts: Vec<_> = told
            .iter()
            .map(|told| match &told.fact {
                Fact::TargetRetrying { attempts, maybe_written, reason, .. } => {
                    (*attempts, *maybe_written, reason.as_str())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(facts, [(1, false, "away"), (2, true, "away"), (3, false, "away")]);
        assert_eq!(to(&store, &id).await.len(), 3);
        let person = identity().id;
        let waiting = to_person(&store, person.as_str()).await;
        assert_eq!(waiting, 1, "one mail, not three");
        assert_eq!(claimed(&store, Channel::Mail).await, [], "and not before a minute is over");
    });
}

/// A process that owns the database goes on at once with what one before it had begun.
#[test]
fn a_start_takes_up_what_was_under_way() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        create(&store, 1, &[ENDED]).await;
        end_well(&store, 1).await;
        end_well(&store, 2).await;
        let begun = claimed(&store, Channel::Webhook).await;
        record(&store, &begun[0], Sent::Failed { waiting: WaitingTime { asked: Some(LEASE), jitter: 0 } }).await;
        assert_eq!(store.write(VoidDeliveryLeases { now: now() }).await.unwrap(), 1);
        assert!(store.write(UpdateWebhook { webhook: webhook(1, &[ENDED]), audit: audit(3_000) }).await.unwrap());
        let again = claimed(&store, Channel::Webhook).await;
        assert_eq!(again.len(), 1, "what waits for its next attempt goes on waiting");
        assert_eq!((again[0].event_id.as_str(), again[0].attempt), (begun[1].event_id.as_str(), 2));
    });
}

/// Mails that wait for a person.
async fn to_person(store: &Store, person: &str) -> usize {
    let later = now() + Duration::from_secs(1);
    let mut reader = store.read().await.unwrap();
    let waiting = next_due_at(&mut reader.tx(), Channel::Mail, later).await.unwrap();
    assert!(!person.is_empty());
    usize::from(waiting.is_some())
}

#[test]
fn a_claimed_message_is_nobody_elses_until_its_lease_is_over() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let id = create(&store, 1, &[ENDED]).await;
        for n in 1..=3 {
            end_well(&store, n).await;
        }
        let one_claim =
            || store.write(ClaimDeliveries { channel: Channel::Webhook, now: now(), most: 2, lease: LEASE });
        let claims = futures_util::future::join_all((0..6).map(|_| one_claim())).await;
        let mut taken: Vec<_> = claims.into_iter().flat_map(|claimed| claimed.unwrap()).map(|it| it.event_id).collect();
        taken.sort();
        let mut all: Vec<_> = to(&store, &id).await.into_iter().map(|told| told.event_id).collect();
        all.sort();
        assert_eq!(taken, all, "each message belongs to one sender");
        assert_eq!(store.write(VoidDeliveryLeases { now: now() }).await.unwrap(), 3);

        // With the lease over at once, a second sender takes each up, and the first one's result is void.
        let first = claimed_at(&store, Channel::Webhook, now(), Duration::ZERO).await;
        let second = claimed_at(&store, Channel::Webhook, now(), LEASE).await;
        assert_eq!((first.len(), second.len()), (3, 3));
        assert!(first.iter().zip(&second).all(|(first, second)| second.attempt == first.attempt + 1));
        assert_eq!(claimed(&store, Channel::Webhook).await, []);
        assert_eq!(record(&store, &first[0], Sent::Delivered).await, Finished::LeaseLost);
        assert_eq!(record(&store, &second[0], Sent::Delivered).await, Finished::Recorded);
        assert_eq!(record(&store, &second[0], Sent::Delivered).await, Finished::LeaseLost, "once");
        let told = to(&store, &id).await;
        let sent = told.iter().find(|told| told.event_id == second[0].event_id).unwrap();
        assert_eq!((sent.state.as_str(), sent.due_at, sent.attempts.len()), ("delivered", None, 1));
        assert_eq!((sent.attempts[0].duration_ms, sent.attempts[0].status), (7, Some(500)));
    });
}

#[test]
fn a_failing_webhook_pauses_and_does_not_hold_up_the_others() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let (down, up) = (create(&store, 1, &[ENDED]).await, create(&store, 2, &[ENDED]).await);
        end_well(&store, 1).await;
        let failed = claimed(&store, Channel::Webhook).await;
        for message in &failed {
            let sent = if message.recipient == down { Sent::Failed { waiting: QUIET } } else { Sent::Delivered };
            assert_eq!(record(&store, message, sent).await, Finished::Recorded);
        }
        assert!(stored(&store, &down).await.failing_since.is_some());
        assert_eq!(stored(&store, &up).await.failing_since, None);
        end_well(&store, 2).await;
        let next = claimed(&store, Channel::Webhook).await;
        assert_eq!(next.iter().map(|next| next.recipient.as_str()).collect::<Vec<_>>(), [up.as_str()]);
        let waiting = &to(&store, &down).await[1];
        let wait = waiting.due_at.unwrap().since(waiting.attempts[0].at);
        assert!((4..=6).contains(&wait.as_secs()), "{wait:?}");

        // Somebody sees to it: a fresh start.
        assert!(store.write(UpdateWebhook { webhook: webhook(1, &[ENDED]), audit: audit(3_000) }).await.unwrap());
        assert_eq!(stored(&store, &down).await.failing_since, None);
        assert_eq!(claimed(&store, Channel::Webhook).await.len(), 1, "the one that was not tried yet");
    });
}

#[test]
fn a_webhook_that_is_gone_is_switched_off_and_a_bounce_is_recorded() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        mail_is(&store, "on").await;
        let id = create(&store, 1, &[ENDED]).await;
        end_well(&store, 1).await;
        end_well(&store, 2).await;
        let told = claimed(&store, Channel::Webhook).await;
        assert_eq!(record(&store, &told[0], Sent::Gone { jitter: 0 }).await, Finished::SwitchedOff);
        assert_eq!(record(&store, &told[1], Sent::Gone { jitter: 0 }).await, Finished::Recorded, "it is off already");
        let off = stored(&store, &id).await;
        assert_eq!((off.enabled, off.off_reason.as_str()), (false, "it answered 410 Gone"));
        end_well(&store, 3).await;
        assert_eq!(to(&store, &id).await.len(), 2, "nothing more is written down for it");
        // What waits for a webhook while it is off is sent once it is on again.
        let set =
            |enabled, n| UpdateWebhook { webhook: StoredWebhook { enabled, ..webhook(1, &[ENDED]) }, audit: audit(n) };
        let test = |n: u64| AddTestDelivery {
            webhook: webhook(1, &[]).id,
            event_id: format!("test_{n}"),
            now: now(),
            audit: audit(4_000 + n),
        };
        store.write(set(true, 4_001)).await.unwrap();
        store.write(test(2)).await.unwrap();
        store.write(set(false, 4_003)).await.unwrap();
        assert_eq!(claimed(&store, Channel::Webhook).await, []);
        let mut reader = store.read().await.unwrap();
        assert_eq!(next_due_at(&mut reader.tx(), Channel::Webhook, now()).await.unwrap(), None);
        drop(reader);
        let on = UpdateWebhook {
            webhook: StoredWebhook { modified_at: now(), ..webhook(1, &[ENDED]) },
            audit: audit(4_004),
        };
        store.write(on).await.unwrap();
        assert_eq!(claimed(&store, Channel::Webhook).await.len(), 1);

        let mails = claimed(&store, Channel::Mail).await;
        assert_eq!(record(&store, &mails[0], Sent::Bounced).await, Finished::Recorded);
        assert_eq!(record(&store, &mails[1], Sent::Dropped).await, Finished::Recorded);
        let mut reader = store.read().await.unwrap();
        let records = passwright_storage::audit::list(&mut reader.tx(), 0, 1_000).await.unwrap();
        // Of what was done: three changes, the webhook made, tried once, set three times; of what came of it: its end and the
        // bounce, and nothing for the rest.
        assert_eq!(records.len(), 3 + 5 + 2);
    });
}

#[test]
fn the_last_attempt_gives_up() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let id = create(&store, 1, &[ENDED]).await;
        end_well(&store, 1).await;
        let claimed = claimed(&store, Channel::Webhook).await;
        let last = Claimed { attempt: 1, ..claimed[0].clone() };
        assert_eq!(record(&store, &last, Sent::Failed { waiting: QUIET }).await, Finished::Recorded);
        assert_eq!(to(&store, &id).await[0].state, "waiting");
        // On PostgreSQL the clock is the database's, so time cannot be moved there.
        if store.is_single_process() {
            let day = Duration::from_secs(86_400);
            store.write(ExpireDeliveries { now: now() + 5 * day }).await.unwrap();
            assert_eq!(to(&store, &id).await[0].state, "failed");
        } else {
            store.write(ExpireDeliveries { now: now() }).await.unwrap();
            assert_eq!(to(&store, &id).await[0].state, "waiting");
        }
    });
}

#[test]
fn webhooks_are_added_changed_and_deleted() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let id = create(&store, 1, &[ENDED, RETRYING]).await;
        let again = CreateWebhook { webhook: webhook(2, &[ENDED]), most: 1, audit: audit(50) };
        assert!(!store.write(again).await.unwrap(), "there may be one");
        let same_name = StoredWebhook { name: "WEBHOOK 1".into(), ..webhook(2, &[ENDED]) };
        assert!(store.write(CreateWebhook { webhook: same_name, most: 50, audit: audit(51) }).await.is_err());
        let new = StoredWebhook { name: "Other".into(), modified_at: Timestamp(9), ..webhook(1, &[RETRYING]) };
        assert!(store.write(UpdateWebhook { webhook: new.clone(), audit: audit(52) }).await.unwrap());
        assert_eq!(stored(&store, &id).await, new);
        assert!(!store.write(UpdateWebhook { webhook: webhook(9, &[]), audit: audit(53) }).await.unwrap());

        let webhook_id = new.id.clone();
        let test =
            AddTestDelivery { webhook: webhook_id.clone(), event_id: "test_1".into(), now: now(), audit: audit(54) };
        store.write(test).await.unwrap();
        let told = claimed(&store, Channel::Webhook).await;
        assert_eq!((told[0].event_id.as_str(), &told[0].fact), ("test_1", &Fact::WebhookTest {}));
        record(&store, &told[0], Sent::Failed { waiting: QUIET }).await;
        assert!(store.write(DeleteWebhook { id: webhook_id.clone(), audit: audit(55) }).await.unwrap());
        assert!(!store.write(DeleteWebhook { id: webhook_id, audit: audit(56) }).await.unwrap());
        assert_eq!(to(&store, &id).await, []);
        assert_eq!(record(&store, &told[0], Sent::Delivered).await, Finished::LeaseLost);
        let mut reader = store.read().await.unwrap();
        assert_eq!(list_webhooks(&mut reader.tx()).await.unwrap(), []);
    });
}
