//! R8, R11, R41: who tries too often is refused, others are not, and somebody hears of it.

use std::time::Duration;

use passwright_client::{Client, PasswordInfo, PathFamily};
use passwright_domain::access::Level;
use passwright_testkit::TestServer;
use serde_json::json;

use super::settings::serve;
use crate::support::fixture::{ALL, Fixture, Grant};
use crate::support::{
    Answer, Caller, DIGIT, SET, VERIFY, accept, end_of, info, request_for, shared, status_path, until,
};

const DIGITS: &str = "[org_config]\ndigitTokenEnabled = true\n";
/// A control character: no password, whatever the policy says.
const NO_PASSWORD: &str = "Good-Password-1\n";
const AGAINST_POLICY: &str = "x";
const POLICY: &str = "[[password_policy]]\nname = \"Default\"\ndefault = true\nminLength = 8\n";

async fn metric(server: &TestServer, kind: &str) -> u64 {
    let text = Caller::anonymous(server).get("/metrics").await.text;
    let start = format!("passwright_alerts_total{{kind=\"{kind}\"}} ");
    let line = text.lines().find_map(|line| line.strip_prefix(start.as_str()));
    line.unwrap_or_else(|| panic!("no alert {kind}: {text}")).parse().unwrap()
}

async fn send(caller: &Caller, info: &PasswordInfo, password: &str) -> Answer {
    caller.post(SET, serde_json::to_string(&request_for(info, password)).unwrap()).await
}

/// Sends this often and waits for the ends, which are failures.
async fn fail(caller: &Caller, client: &Client, info: &PasswordInfo, password: &str, times: usize) {
    let mut ids = Vec::new();
    for _ in 0..times {
        let answer = send(caller, info, password).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        ids.push(answer.json()["requestId"].as_str().unwrap().to_owned());
    }
    for id in ids {
        assert_eq!(end_of(client, &id).await.state.as_str(), "FAILED");
    }
}

#[track_caller]
fn is_refused(answer: &Answer, most: Duration) {
    assert_eq!(answer.status, 429, "{}", answer.text);
    answer.check_error_form();
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(wait > 0 && wait <= most.as_secs(), "{wait}");
}

#[tokio::test]
async fn a_ciphertext_sent_again_by_another_raises_an_alert() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let (first, second) = (fixture.client(ALL).await, fixture.client(ALL).await);
    let user = fixture.identity(&[]).await;
    let client = first.client(&server, PathFamily::V2025);
    let request = request_for(&info(&client, &user.alias, None).await, "Good-Password-1");
    accept(&client, &request).await;
    accept(&client, &request).await;
    let object = format!("identity:{}", user.id);
    assert!(!fixture.audit_events(&object).await.contains(&"CIPHERTEXT_REPLAY_REFUSED".to_owned()), "a retry is none");
    let before = metric(&server, "ciphertext_replayed").await;

    let body = serde_json::to_string(&request).unwrap();
    let caller = second.caller(&server).await;
    for path in [SET, "/api/v1/password-changes"] {
        let answer = caller.post(path, body.clone()).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
    }
    let events = fixture.audit_events(&object).await;
    assert_eq!(events.iter().filter(|event| *event == "CIPHERTEXT_REPLAY_REFUSED").count(), 2, "{events:?}");
    assert!(metric(&server, "ciphertext_replayed").await >= before + 2);
    let log = server.log();
    let warned = log.lines().any(|line| line.contains("a ciphertext was sent again") && line.contains(&second.id));
    assert!(warned, "{log}");
    assert!(!log.contains(request.encrypted_password.as_deref().unwrap()), "the payload is not in the log");
}

#[tokio::test]
async fn a_principal_with_too_many_payload_failures_is_refused() {
    let server = serve("[keys]\nKEYS\n", POLICY);
    let fixture = Fixture::of(&server).await;
    let (grant, other) = (fixture.client(ALL).await, fixture.client(ALL).await);
    let (caller, client) = (grant.caller(&server).await, grant.client(&server, PathFamily::V2025));
    let user = fixture.identity(&[]).await;
    let info = info(&client, &user.alias, None).await;
    fail(&caller, &client, &info, AGAINST_POLICY, 25).await;
    fail(&caller, &client, &info, NO_PASSWORD, 20).await;
    assert_eq!(metric(&server, "payload_budget_spent").await, 0, "what the policy refuses does not count");
    fail(&caller, &client, &info, NO_PASSWORD, 1).await;
    for password in ["Good-Password-1", NO_PASSWORD] {
        is_refused(&send(&caller, &info, password).await, Duration::from_secs(3600));
    }
    assert_eq!(metric(&server, "payload_budget_spent").await, 2);
    assert_eq!(caller.get(&status_path("089899f13a8f4da7824996191587bab9")).await.status, 404, "it may still read");

    let other = other.client(&server, PathFamily::V2025);
    let end = end_of(&other, &accept(&other, &request_for(&info, "Good-Password-2")).await).await;
    assert_eq!(end.state.as_str(), "FINISHED", "another principal is not touched: {end:?}");
}

/// 1,000 of a script's own, over many accounts: the key goes, and everybody else goes on with the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_with_too_many_payload_failures_is_retired() {
    const TASKS: usize = 10;
    let limits = "[limits]\npayload_failures_per_hour = 100000\npayload_failures_per_day = 100000\n";
    let server = serve(&format!("[keys]\nKEYS\n{limits}"), "");
    let fixture = Fixture::of(&server).await;
    let (grant, other) = (fixture.client(ALL).await, fixture.client(ALL).await);
    let client = grant.client(&server, PathFamily::V2025);
    let mut first = None;
    let mut scripts = tokio::task::JoinSet::new();
    for _ in 0..TASKS {
        let user = fixture.identity(&[]).await;
        let about = info(&client, &user.alias, None).await;
        first.get_or_insert_with(|| (user, about.clone()));
        let caller = grant.caller(&server).await;
        scripts.spawn(async move {
            let mut accepted = 0;
            while accepted < 1000 / TASKS {
                match send(&caller, &about, NO_PASSWORD).await.status {
                    202 => accepted += 1,
                    status => panic!("{status} after {accepted}"),
                }
            }
        });
    }
    scripts.join_all().await;
    let (user, before) = first.unwrap();
    let other_client = other.client(&server, PathFamily::V2025);
    let after = until("another key is handed out", async || {
        let after = info(&other_client, &user.alias, None).await;
        (after.public_key != before.public_key).then_some(after)
    })
    .await;
    let old = send(&other.caller(&server).await, &before, "Good-Password-1").await;
    assert_eq!((old.status, old.cause().as_str()), (400, "publicKeyId is not a current key of this identity"));
    let end = end_of(&other_client, &accept(&other_client, &request_for(&after, "Good-Password-2")).await).await;
    assert_eq!(end.state.as_str(), "FINISHED", "{end:?}");
    assert_eq!((metric(&server, "rsa_key_alarm").await, metric(&server, "rsa_key_retired").await), (1, 1));
    let events = fixture.audit_of_keys().await;
    assert_eq!(events, ["RSA_KEY_PAYLOAD_FAILURE_ALARM", "RSA_KEY_RETIRED"]);
}

async fn digit_token(caller: &Caller, user: &str, length: u8) -> Answer {
    caller.post_json(DIGIT, &json!({ "userId": user, "length": length })).await
}

#[tokio::test]
async fn one_operator_makes_twenty_tokens_an_hour() {
    let server = serve("[keys]\nKEYS\n", DIGITS);
    let fixture = Fixture::of(&server).await;
    let operator = fixture.identity(&[Level::Helpdesk]).await;
    let token = async || -> Grant { fixture.token(&operator, ALL).await };
    let (caller, again) = (token().await.caller(&server).await, token().await.caller(&server).await);
    for number in 0..20 {
        let user = fixture.identity(&[]).await;
        let caller = if number % 2 == 0 { &caller } else { &again };
        assert_eq!(digit_token(caller, &user.alias, 6).await.status, 200, "token {number}");
    }
    let user = fixture.identity(&[]).await;
    for caller in [&caller, &again] {
        is_refused(&digit_token(caller, &user.alias, 6).await, Duration::from_secs(3600));
    }
    assert_eq!(metric(&server, "digit_token_budget_spent").await, 2);
    let other = fixture.client(ALL).await.caller(&server).await;
    assert_eq!(digit_token(&other, &user.alias, 6).await.status, 200, "another operator");
}

#[tokio::test]
async fn guessing_at_many_names_makes_new_tokens_longer() {
    let server = serve("[keys]\nKEYS\n", DIGITS);
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    let length = async |wanted| {
        let answer = digit_token(&caller, &user.alias, wanted).await;
        answer.json()["digitToken"].as_str().unwrap().len()
    };
    let guess = async |number: usize| {
        let body = json!({ "userId": format!("Nobody.{}", number / 5), "digitToken": "000000" });
        assert_eq!(caller.post_json(VERIFY, &body).await.status, 200);
    };
    for number in 0..50 {
        guess(number).await;
    }
    assert_eq!(length(6).await, 6, "50 are borne");
    for number in 50..53 {
        guess(number).await;
    }
    let lengths = [length(6).await, length(8).await, length(12).await];
    assert_eq!(lengths, [8, 8, 12]);
    assert_eq!(metric(&server, "digit_token_spray").await, 1, "one alert");
    assert_eq!(fixture.audit_events("digit_tokens").await, ["DIGIT_TOKEN_SPRAY_ALARM"]);
}
