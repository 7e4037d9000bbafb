//! Webhooks: who may set them up, what they are told, what happens when nobody listens.

use std::time::Duration;

use passwright_client::{
    Client, CreatedWebhook, PathFamily, WebhookDelivery, WebhookEvent, WebhookEventData, WebhookRequest,
};
use passwright_domain::access::Level;
use passwright_testkit::Login;
use serde_json::{Value, json};

use crate::support::fixture::{ALL, Fixture};
use crate::support::receiver::{Received, Receiver, Say};
use crate::support::{ABBY_ALIAS, Answer, accept, demo, end_of, info, request_for, shared, until};

const WEBHOOKS: &str = "/api/v1/webhooks";
const EVENTS: [&str; 3] = ["password_change.ended", "password_change.target.ended", "password_change.target.retrying"];
const PASSWORD: &str = "Webhooks-Hear-1";

fn request(name: &str, url: &str, events: &[&str]) -> WebhookRequest {
    let events = events.iter().map(|event| (*event).to_owned()).collect();
    WebhookRequest { name: Some(name.into()), url: Some(url.into()), events: Some(events), enabled: None }
}

async fn create(client: &Client, receiver: &Receiver, events: &[&str]) -> CreatedWebhook {
    client.create_webhook(&request("Receiver", &receiver.url, events)).await.unwrap()
}

/// Sets Abby's password on My-AD and CRM and gives the id of the change.
async fn change(client: &Client, password: &str) -> String {
    accept(client, &request_for(&info(client, ABBY_ALIAS, Some("My-AD")).await, password)).await
}

async fn delivery(client: &Client, webhook: &str, event_id: &str) -> WebhookDelivery {
    let all = client.list_webhook_deliveries(webhook).await.unwrap();
    all.into_iter().find(|delivery| delivery.event_id == event_id).unwrap()
}

async fn received(receiver: &Receiver, count: usize) -> Vec<Received> {
    until(&format!("{count} messages arrive"), async || Some(receiver.received()).filter(|all| all.len() >= count))
        .await
}

#[tokio::test]
async fn a_change_is_told_with_the_truth_of_each_target() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let receiver = Receiver::start().await;
    let created = create(&client, &receiver, &EVENTS).await;
    let id = change(&client, PASSWORD).await;
    assert!(end_of(&client, &id).await.errors.is_empty());
    let all = received(&receiver, 3).await;
    assert_eq!(all.len(), 3, "{all:?}");
    for message in &all {
        assert!(message.is_signed_with(&created.secret), "{message:?}");
        assert!(!message.is_signed_with("whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="));
        assert!(!message.body.contains(PASSWORD) && !message.body.contains("encrypted"), "{message:?}");
        let sent: i64 = message.timestamp.parse().unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert!(now.abs_diff(u64::try_from(sent).unwrap()) < 60, "{message:?}");
    }
    let mut events: Vec<_> = all.iter().map(Received::event).collect();
    events.sort();
    assert_eq!(events, ["password_change.ended", "password_change.target.ended", "password_change.target.ended"]);
    // The message is the change as the API shows it, in the SDK's own types.
    let ended = all.iter().find(|message| message.event() == "password_change.ended").unwrap();
    let event: WebhookEvent = serde_json::from_str(&ended.body).unwrap();
    let shown = client.get_password_change(&id).await.unwrap();
    assert_eq!(event.event, WebhookEventData::PasswordChangeEnded(shown.clone()));
    for message in all.iter().filter(|message| message.event() != "password_change.ended") {
        let event: WebhookEvent = serde_json::from_str(&message.body).unwrap();
        let WebhookEventData::TargetEnded(news) = event.event else { panic!("{message:?}") };
        assert_eq!((&news.password_change_id, &news.identity_id), (&id, &shown.identity_id));
        assert!(shown.targets.contains(&news.target), "{news:?}");
    }

    // A password that breaks a rule is told when it may be shown, not before.
    let asked = std::time::Instant::now();
    let id = change(&client, "short").await;
    let failed = received(&receiver, 4).await.pop().unwrap();
    assert!(failed.at.duration_since(asked) >= Duration::from_millis(900), "{:?}", failed.at.duration_since(asked));
    let told = failed.json();
    assert_eq!(
        (told["type"].as_str(), told["data"]["state"].as_str()),
        (Some("password_change.ended"), Some("FAILED"))
    );
    assert_eq!(told["data"]["id"].as_str(), Some(id.as_str()));
    assert!(!failed.body.contains("\"short\""), "{failed:?}");
    assert!(!server.log().contains(&created.secret) && !server.log().contains(PASSWORD));
}

#[tokio::test]
async fn a_message_that_is_refused_comes_again_unchanged() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let receiver = Receiver::start().await;
    let created = create(&client, &receiver, &["password_change.ended"]).await;
    let webhook = created.webhook.id.as_str();
    receiver.will_say(&[Say::Answer("503 Busy", "retry-after: 7\r\n")]);
    let id = change(&client, PASSWORD).await;
    let all = received(&receiver, 2).await;
    assert_eq!((&all[0].id, &all[0].body), (&all[1].id, &all[1].body));
    assert!(all[1].is_signed_with(&created.secret));
    let waited = all[1].at.duration_since(all[0].at);
    assert!(waited >= Duration::from_millis(6_900), "as long as it asked for: {waited:?}");
    assert_eq!(all[0].id, format!("{id}_ended"));
    let told = until("the second attempt is recorded", async || {
        Some(delivery(&client, webhook, &all[0].id).await).filter(|told| told.state == "delivered")
    })
    .await;
    let attempts: Vec<_> = told.attempts.iter().map(|attempt| (attempt.number, attempt.status)).collect();
    assert_eq!(attempts, [(1, Some(503)), (2, Some(204))]);
    assert_eq!(told.attempts[0].detail.as_deref(), Some("answered 503 Service Unavailable"));
    assert_eq!(told.next_attempt_at, None);
    assert_eq!(client.get_webhook(webhook).await.unwrap().failing_since, None);

    // A receiver that wants no more gets no more.
    receiver.will_say(&[Say::Answer("410 Gone", "")]);
    client.test_webhook(webhook).await.unwrap();
    let off = until("it is switched off", async || {
        Some(client.get_webhook(webhook).await.unwrap()).filter(|webhook| !webhook.enabled)
    })
    .await;
    assert_eq!(off.off_reason.as_deref(), Some("it answered 410 Gone"));
    let refused = client.test_webhook(webhook).await.unwrap_err();
    assert_eq!(refused.api().map(|error| error.status), Some(409));
}

#[tokio::test]
async fn a_crash_between_commit_and_delivery_loses_no_message() {
    let mut server = demo();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let receiver = Receiver::start().await;
    let created = create(&client, &receiver, &["password_change.ended"]).await;
    receiver.will_say(&[Say::Nothing]);
    let id = change(&client, PASSWORD).await;
    assert!(end_of(&client, &id).await.errors.is_empty(), "the end is committed");
    received(&receiver, 1).await;
    server.kill();
    server.restart().unwrap();
    let all = received(&receiver, 2).await;
    assert_eq!((&all[0].id, &all[0].body), (&all[1].id, &all[1].body));
    assert!(all.iter().all(|message| message.is_signed_with(&created.secret)));
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    until("it is recorded", async || {
        let told = delivery(&client, &created.webhook.id, &all[0].id).await;
        // The first attempt was not heard of again.
        (told.state == "delivered").then(|| assert_eq!(told.attempts[0].number, 2))
    })
    .await;
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn a_webhook_is_made_changed_tried_and_deleted() {
    let server = demo();
    let client = server.client(Login::Admin, PathFamily::V2025).unwrap();
    let receiver = Receiver::start().await;
    let created = create(&client, &receiver, &[EVENTS[1], EVENTS[0], EVENTS[1]]).await;
    let webhook = created.webhook.clone();
    assert!(created.secret.starts_with("whsec_") && created.secret.len() == 50, "256 bits");
    assert_eq!(webhook.events, [EVENTS[0], EVENTS[1]]);
    assert_eq!(client.get_webhook(&webhook.id).await.unwrap(), webhook);
    assert_eq!(client.list_webhooks().await.unwrap(), std::slice::from_ref(&webhook));
    let caller = crate::support::Caller::of(&server, Login::Admin).await;
    for path in [WEBHOOKS.to_owned(), format!("{WEBHOOKS}/{}", webhook.id)] {
        let text = caller.get(&path).await.text;
        assert!(!text.contains("secret") && !text.contains("whsec_"), "the secret is told once: {text}");
    }
    let clash = client.create_webhook(&request("RECEIVER", &receiver.url, &EVENTS)).await.unwrap_err();
    assert_eq!(clash.api().map(|error| error.status), Some(409), "{clash}");

    let test = client.test_webhook(&webhook.id).await.unwrap();
    let message = received(&receiver, 1).await.remove(0);
    assert_eq!((message.id.as_str(), message.event().as_str()), (test.event_id.as_str(), "webhook.test"));
    assert!(message.is_signed_with(&created.secret));

    let off = WebhookRequest { enabled: Some(false), ..request("SIEM", &receiver.url, &[EVENTS[2]]) };
    let changed = client.update_webhook(&webhook.id, &off).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.enabled, changed.events.len()), ("SIEM", false, 1));
    let on = client.update_webhook(&webhook.id, &request("SIEM", &receiver.url, &[EVENTS[2]])).await.unwrap();
    assert!(on.enabled);
    client.test_webhook(&webhook.id).await.unwrap();
    assert!(received(&receiver, 2).await[1].is_signed_with(&created.secret), "its secret stays");
    client.delete_webhook(&webhook.id).await.unwrap();
    for gone in [
        client.get_webhook(&webhook.id).await.map(|_| ()),
        client.delete_webhook(&webhook.id).await,
        client.update_webhook(&webhook.id, &off).await.map(|_| ()),
        client.test_webhook(&webhook.id).await.map(|_| ()),
        client.list_webhook_deliveries(&webhook.id).await.map(|_| ()),
    ] {
        assert_eq!(gone.unwrap_err().api().map(|error| error.status), Some(404));
    }
    let records = Fixture::of(&server).await.audit_events(&format!("webhook:{}", webhook.id)).await;
    let wanted = [
        "WEBHOOK_CREATED",
        "WEBHOOK_TESTED",
        "WEBHOOK_UPDATED",
        "WEBHOOK_UPDATED",
        "WEBHOOK_TESTED",
        "WEBHOOK_DELETED",
    ];
    assert_eq!(records, wanted);
}

#[tokio::test]
async fn webhooks_are_for_administrators_and_clients_with_the_scope() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let (read, manage) = (&["passwright:webhooks:read"][..], &["passwright:webhooks:manage"][..]);
    let nobody = format!("{WEBHOOKS}/2f7c0d2e-54a1-4f0a-9d6b-0f1f8f0a4c55");
    let admin = fixture.identity(&[Level::OrgAdmin]).await;
    let helpdesk = fixture.identity(&[Level::Helpdesk]).await;
    let user = fixture.identity(&[]).await;
    // Who, and whether they may read and manage.
    let rows = [
        (fixture.client(read).await.caller(&server).await, true, false),
        (fixture.client(manage).await.caller(&server).await, true, true),
        (fixture.client(&["idn:password-change:manage"]).await.caller(&server).await, false, false),
        (fixture.token(&admin, ALL).await.caller(&server).await, true, true),
        (fixture.token(&admin, read).await.caller(&server).await, true, false),
        (fixture.token(&helpdesk, ALL).await.caller(&server).await, false, false),
        (fixture.token(&user, ALL).await.caller(&server).await, false, false),
    ];
    for (row, (caller, reads, manages)) in rows.into_iter().enumerate() {
        let check = |answer: &Answer, allowed: bool, otherwise: u16| {
            let wanted = if allowed { otherwise } else { 403 };
            assert_eq!(answer.status, wanted, "row {row}: {answer:?}");
            if wanted >= 400 {
                answer.check_error_form();
            }
        };
        check(&caller.get(WEBHOOKS).await, reads, 200);
        check(&caller.get(&nobody).await, reads, 404);
        check(&caller.get(&format!("{nobody}/deliveries")).await, reads, 404);
        check(&caller.post(WEBHOOKS, "{}").await, manages, 400);
        check(&caller.post(&format!("{nobody}/test"), "").await, manages, 404);
        check(&caller.send(caller.request("DELETE", &nobody)).await, manages, 404);
        let put = caller.request("PUT", &nobody).header("content-type", "application/json").body("{}");
        check(&caller.send(put).await, manages, 404);
    }
}

#[tokio::test]
async fn what_a_webhook_may_not_be() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(&["passwright:webhooks:manage"]).await.caller(&server).await;
    let body = |field: &str, value: Value| {
        let mut body = json!({ "name": "Never", "url": "https://hooks.example.com/", "events": [EVENTS[0]] });
        body[field] = value;
        body
    };
    let events = format!("events must be among {}", EVENTS.join(", "));
    let inside = "url leads to an address that is not public and not in webhooks.allowed_networks";
    for (body, cause) in [
        (body("name", json!(null)), "name is required"),
        (body("name", json!("  ")), "name is required"),
        (body("name", json!("x".repeat(101))), "name must have at most 100 characters and none for control"),
        (body("name", json!("a\r\nb")), "name must have at most 100 characters and none for control"),
        (body("name", json!(5)), "\"name\" must be a string"),
        (body("events", json!([])), "events is required"),
        (body("events", json!(["password_change.delayed"])), events.as_str()),
        (body("events", json!(["webhook.test"])), events.as_str()),
        (body("url", json!("")), "url is required"),
        (body("url", json!("http://hooks.example.com:80@x/")), "url must not hold a user or a password"),
        (body("url", json!("http://1.1.1.1/")), "url must begin with https://"),
        (body("url", json!("ftp://hooks.example.com/")), "url must begin with https://"),
        (body("url", json!("https://10.0.0.1/")), inside),
        (body("url", json!("https://0xa9fea9fe/latest/meta-data/")), inside),
        (body("url", json!("https://[::ffff:10.0.0.1]/")), inside),
        (body("url", json!("https://[fd00:ec2::254]/")), inside),
        (body("enabled", json!("yes")), "\"enabled\" must be true or false"),
    ] {
        let answer = caller.post_json(WEBHOOKS, &body).await;
        assert_eq!((answer.status, answer.cause().as_str()), (400, cause), "{body}");
        answer.check_error_form();
    }
}
