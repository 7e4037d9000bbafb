//! R1 and R5: what is inside a ciphertext shows neither in the answer to `set-password` nor in the time of the failure.
//!
//! The ciphertexts are made from the public key alone, as an attacker does who wants to learn from the answers.

use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use passwright_client::{PasswordInfo, PathFamily};
use passwright_testkit::Login;

use crate::support::crafted::{PublicKey, nonzero, padded_message, random};
use crate::support::fixture::Fixture;
use crate::support::targets::{System, systems_that_accept};
use crate::support::{ABBY_ALIAS, Answer, Caller, PATIENCE, SET, demo, end_of, info, request_with, set, status_path};

/// Of each class.
const EACH: usize = 20;
const INVALID: &str = "The password change payload is invalid";

/// A class of encoded messages.
struct Class {
    name: &'static str,
    make: fn(usize) -> Vec<u8>,
    /// Whether it is well-formed with a text that the policy judges.
    policy: bool,
}

const fn class(name: &'static str, make: fn(usize) -> Vec<u8>) -> Class {
    Class { name, make, policy: false }
}

/// `k` is the modulus' length. The leading zero keeps every message below the modulus.
static CLASSES: [Class; 14] = [
    class("no structure", |k| [vec![0], vec![0x7f], random(k - 2)].concat()),
    class("header, zeros, noise", |k| [vec![0, 2], vec![0; k - 18], random(16)].concat()),
    class("no separator", |k| [vec![0, 2], nonzero(k - 2)].concat()),
    class("block type 1", |k| [vec![0, 1], nonzero(k - 11), vec![0], b"Passw0rd".to_vec()].concat()),
    class("separator inside the first 8 bytes", |k| [vec![0, 2], nonzero(7), vec![0], nonzero(k - 10)].concat()),
    class("separator as the last byte: empty", |k| padded_message(k, b"")),
    class("16 bytes that are no text", |k| padded_message(k, &[0xfe; 16])),
    class("192 bytes that are no text", |k| padded_message(k, &[0xfe; 192])),
    class("245 bytes that are no text", |k| padded_message(k, &[0xfe; 245])),
    class("text cut inside a character", |k| padded_message(k, b"Passw0rd-\xe2\x82")),
    class("a NUL in the text", |k| padded_message(k, b"Passw0rd\0more")),
    class("a line end after the text", |k| padded_message(k, b"Passw0rd-123\n")),
    class("two separators", |k| padded_message(k, b"\0Passw0rd-123")),
    Class { name: "too short for the policy", make: |k| padded_message(k, b"aB3"), policy: true },
];

struct Sent {
    class: &'static Class,
    id: String,
    before: SystemTime,
}

/// All of an answer that could differ; the id and what names the request taken out.
fn shape(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let id = answer.json()["requestId"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 32);
    let varies = ["date", "slpt-request-id"];
    let mask =
        |name: &str, value: &str| if varies.contains(&name) { value.len().to_string() } else { value.to_owned() };
    let headers = answer.headers.iter().map(|(name, value)| (name.clone(), mask(name, value))).collect();
    (answer.status, headers, answer.text.replace(&id, "id"))
}

#[tokio::test]
async fn one_answer_and_one_clock_for_every_class() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let caller = Caller::of(&server, Login::BulkClient).await;
    let kept = "Kept-Password-1";
    assert_eq!(set(&client, ABBY_ALIAS, Some("My-AD"), kept).await.state.as_str(), "FINISHED");
    let info = info(&client, ABBY_ALIAS, Some("My-AD")).await;
    let key = PublicKey::read(info.public_key.as_deref().unwrap());
    assert_eq!(key.length, 256);

    let mut shapes = Vec::new();
    let mut sent = Vec::new();
    // Class by class in turn, so that nothing that drifts falls on one class alone.
    for _ in 0..EACH {
        for class in &CLASSES {
            let encrypted = STANDARD.encode(key.encrypt(&(class.make)(key.length)));
            let (answer, before) = send(&caller, &info, encrypted).await;
            assert_eq!(answer.status, 202, "{}: {}", class.name, answer.text);
            let id = answer.json()["requestId"].as_str().unwrap().to_owned();
            shapes.push(shape(&answer));
            sent.push(Sent { class, id, before });
        }
    }
    // The last of each class is still under way and watched closely.
    let watched = sent.iter().rev().take(CLASSES.len());
    let watched = watched.map(|sent| tokio::spawn(watch(caller.clone(), sent.id.clone(), sent.before)));
    let watched: Vec<_> = watched.collect();
    let mut turns = 0;
    for (watched, sent) in watched.into_iter().zip(sent.iter().rev()) {
        turns += usize::from(watched.await.unwrap_or_else(|e| panic!("{}: {e}", sent.class.name)));
    }
    assert!(turns > CLASSES.len() / 2, "too few turns were seen: {turns}");

    for sent in &sent {
        let name = sent.class.name;
        let end = end_of(&client, &sent.id).await;
        assert_eq!(end.state.as_str(), "FAILED", "{name}: {end:?}");
        // A damaged padding opens as a random message, which now and then is a short text.
        let damaged = CLASSES[..5].iter().any(|class| class.name == name);
        let invalid = end.errors == [INVALID];
        let told = if sent.class.policy { is_policy_text(&end.errors) } else { invalid };
        assert!(told || damaged && is_policy_text(&end.errors), "{name}: {:?}", end.errors);
        let stored = fixture.change(&sent.id).await;
        let released = stored.released_at.unwrap();
        assert_eq!(released.0 % 1_000_000, 0, "{name}: released on a whole second");
        assert!(released.since(stored.accepted_at) >= Duration::from_secs(1), "{name}");
        assert!(released >= stored.ended_at.unwrap(), "{name}");
    }
    assert_eq!(systems_that_accept(&server, kept).await, [System::MyAd, System::Crm], "no system was touched");

    // A good one looks the same.
    let (mut last, mut password) = (String::new(), String::new());
    for number in 0..EACH {
        password = format!("Good-Password-{number}");
        let encrypted = STANDARD.encode(key.encrypt(&padded_message(key.length, password.as_bytes())));
        let (answer, _) = send(&caller, &info, encrypted).await;
        shapes.push(shape(&answer));
        answer.json()["requestId"].as_str().unwrap().clone_into(&mut last);
    }
    shapes.dedup();
    assert_eq!(shapes.len(), 1, "{shapes:#?}");
    assert_eq!(end_of(&client, &last).await.state.as_str(), "FINISHED");
    assert_eq!(systems_that_accept(&server, &password).await, [System::MyAd, System::Crm], "the newest one");
}

async fn send(caller: &Caller, info: &PasswordInfo, encrypted: String) -> (Answer, SystemTime) {
    let body = serde_json::to_string(&request_with(info, encrypted)).unwrap();
    let before = SystemTime::now();
    (caller.post(SET, body).await, before)
}

fn is_policy_text(errors: &[String]) -> bool {
    !errors.is_empty() && errors.iter().all(|error| error.starts_with("The password must "))
}

/// Asks until the change has failed, which must be a second after its acceptance or later. Gives whether the turn was
/// seen; then a whole second lies between the last question in vain and the first answer.
async fn watch(caller: Caller, id: String, before: SystemTime) -> bool {
    let deadline = Instant::now() + PATIENCE;
    let mut in_vain = None;
    loop {
        let asked = SystemTime::now();
        let answer = caller.get(&status_path(&id)).await.json();
        if answer["state"] != "IN_PROGRESS" {
            let seen = SystemTime::now();
            assert!(seen.duration_since(before).unwrap() >= Duration::from_secs(1), "shown too early");
            if let Some(in_vain) = in_vain {
                assert!(whole_seconds(in_vain) < whole_seconds(seen), "shown between two seconds");
            }
            return in_vain.is_some();
        }
        assert_eq!(answer["errors"], serde_json::json!([]));
        assert!(Instant::now() < deadline, "still in progress");
        in_vain = Some(asked);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn whole_seconds(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}
