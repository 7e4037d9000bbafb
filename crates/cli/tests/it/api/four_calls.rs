//! The four calls end to end, in every path family, down to what each system holds afterwards.

use passwright_client::{ClientError, PasswordDigitTokenReset, PathFamily};
use passwright_connectors::hash::verify;
use passwright_testkit::Login;
use serde_json::{Value, json};

use crate::support::fixture::{ALL, Fixture};
use crate::support::targets::{System, systems_that_accept};
use crate::support::{ABBY, ABBY_ALIAS, Answer, Caller, demo, end_of, info, request_for, set, shared, until};

fn keys(answer: &Answer) -> Vec<String> {
    let mut keys: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
    keys.sort();
    keys
}

#[tokio::test]
async fn every_family_from_question_to_sign_in() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let abby = fixture.identity_named(ABBY_ALIAS).await.id;
    let mut group = [fixture.source("My-AD").await.id, fixture.source("CRM").await.id].map(String::from);
    group.sort();
    let first = server.variable("PASSWRIGHT_UI_PASSWORD").unwrap().to_owned();
    assert_eq!(systems_that_accept(&server, &first).await, System::ALL, "where everyone starts");
    let mut old = first.clone();
    let caller = Caller::of(&server, Login::ApiClient).await;
    for family in PathFamily::ALL {
        let client = server.client(Login::ApiClient, family).unwrap();
        let question = json!({ "userName": "Abby.Smith", "sourceName": "My-AD" });
        let answer = caller.post_json(&family.path("query-password-info", ""), &question).await;
        assert_eq!(answer.status, 200, "{family}: {}", answer.text);
        assert_eq!(
            keys(&answer),
            ["accounts", "identityId", "policies", "publicKey", "publicKeyId", "sourceId"],
            "{family}"
        );
        let info = info(&client, "Abby.Smith", Some("My-AD")).await;
        assert_eq!(info.identity_id.as_deref(), Some(abby.as_str()));
        assert_eq!(answer.json()["accounts"], json!([{ "accountId": ABBY, "accountName": "Abby Smith" }]));
        for rule in ["passwordMinLength is 8", "passwordMinAlpha is 1", "passwordMinNumeric is 1"] {
            assert!(info.policies.iter().any(|policy| policy == rule), "{family}: {:?}", info.policies);
        }
        assert_eq!(info.policies.len(), 3, "what is off is not said: {:?}", info.policies);

        let new = format!("Family-{family}-1");
        let body = serde_json::to_string(&request_for(&info, &new)).unwrap();
        let answer = caller.post(&family.path("set-password", ""), body).await;
        assert_eq!(answer.status, 202, "{family}: {}", answer.text);
        assert_eq!(keys(&answer), ["requestId", "state"]);
        assert_eq!(answer.json()["state"], "IN_PROGRESS");
        let id = answer.json()["requestId"].as_str().unwrap().to_owned();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{id}");

        let end = end_of(&client, &id).await;
        assert_eq!((end.state.as_str(), end.request_id.as_deref()), ("FINISHED", Some(id.as_str())), "{end:?}");
        let answer = caller.get(&family.path("password-change-status", &format!("/{id}"))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(keys(&answer), ["errors", "requestId", "sourceIds", "state"]);
        assert_eq!(answer.json()["errors"], json!([]));
        let mut sources = end.source_ids;
        sources.sort();
        assert_eq!(sources, group, "{family}: every system that was touched");

        assert_eq!(systems_that_accept(&server, &new).await, [System::MyAd, System::Crm], "{family}");
        let left: &[System] = if old == first { &[System::Intranet, System::Reports] } else { &[] };
        assert_eq!(systems_that_accept(&server, &old).await, left, "{family}: the old one");
        old = new;

        digit_token(&caller, &client, family).await;
    }
}

async fn digit_token(caller: &Caller, client: &passwright_client::Client, family: PathFamily) {
    let path = family.path("generate-password-reset-token", "/digit");
    let answer = caller.post_json(&path, &json!({ "userId": "Abby.Smith", "length": 8 })).await;
    if family == PathFamily::V3 {
        assert_eq!(answer.status, 404, "v3 has no digit token: {}", answer.text);
        let refused = client.create_digit_token(&PasswordDigitTokenReset::for_user("Abby.Smith")).await;
        assert!(matches!(refused, Err(ClientError::NotInFamily { .. })));
        return;
    }
    assert_eq!(answer.status, 200, "{family}: {}", answer.text);
    assert_eq!(keys(&answer), ["digitToken", "requestId"]);
    let token = client.create_digit_token(&PasswordDigitTokenReset::for_user("Abby.Smith")).await.unwrap();
    assert!(token.digit_token.len() == 6 && token.digit_token.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(token.request_id.len(), 36, "a UUID with dashes");
}

/// Each source, named alone; the group moves together from whichever member it is asked for.
#[tokio::test]
async fn every_source() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::V2026).unwrap();
    let first = server.variable("PASSWRIGHT_UI_PASSWORD").unwrap().to_owned();
    let cases: [(System, &[System]); 4] = [
        (System::Intranet, &[System::Intranet]),
        (System::Reports, &[System::Reports]),
        (System::Crm, &[System::MyAd, System::Crm]),
        (System::MyAd, &[System::MyAd, System::Crm]),
    ];
    for (system, touched) in cases {
        let new = format!("Only-{}-1", system.name());
        let question = info(&client, ABBY_ALIAS, Some(system.name())).await;
        assert_eq!(question.accounts[0].account_id.as_deref(), Some(system.account()));
        let end = set(&client, ABBY_ALIAS, Some(system.name()), &new).await;
        assert_eq!((end.state.as_str(), end.errors.len()), ("FINISHED", 0), "{end:?}");
        assert_eq!(end.source_ids.len(), touched.len());
        assert_eq!(systems_that_accept(&server, &new).await, touched, "{}", system.name());
    }
    assert_eq!(systems_that_accept(&server, &first).await, [], "the first password works nowhere");
}

/// Without a source it is the identity's own sign-in password, which no connected system sees.
#[tokio::test]
async fn the_sign_in_password() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let client = fixture.client(ALL).await.client(&server, PathFamily::V3);
    let user = fixture.identity(&[]).await;
    for password in ["Sign-In-Password-1", "Größer als 8 Zeichen €"] {
        let end = set(&client, &user.alias, None, password).await;
        assert_eq!((end.state.as_str(), end.errors.len()), ("FINISHED", 0), "{end:?}");
        let hash = fixture.sign_in_hash(&user.id).await.unwrap();
        assert!(hash.starts_with("$argon2id$") && verify(&hash, password).unwrap());
        assert!(!verify(&hash, "Sign-In-Password-2").unwrap());
    }
}

/// A user changes their own with a personal access token, and may watch it.
#[tokio::test]
async fn a_user_for_themselves() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let user = fixture.identity(&[]).await;
    let client = fixture.token(&user, ALL).await.client(&server, PathFamily::V2024);
    let end = set(&client, &user.alias, None, "By-Myself-12").await;
    assert_eq!(end.state.as_str(), "FINISHED", "{end:?}");
    assert!(verify(&fixture.sign_in_hash(&user.id).await.unwrap(), "By-Myself-12").unwrap());
}

/// What was answered with 202 survives the process: killed at once, it is done after the next start.
#[tokio::test]
async fn an_accepted_change_survives_a_crash() {
    let mut server = demo();
    let mut caller = Caller::of(&server, Login::BulkClient).await;
    let question = json!({ "userName": ABBY_ALIAS, "sourceName": "My-AD" });
    let info: passwright_client::PasswordInfo =
        serde_json::from_value(caller.post_json("/beta/query-password-info", &question).await.json()).unwrap();
    for round in 0..2 {
        let new = format!("After-Crash-{round}");
        let body = serde_json::to_string(&request_for(&info, &new)).unwrap();
        let answer = caller.post("/beta/set-password", body.clone()).await;
        server.kill();
        assert_eq!(answer.status, 202, "{}", answer.text);
        server.restart().unwrap();
        caller = caller.reconnected(&server);
        let id = answer.json()["requestId"].as_str().unwrap().to_owned();
        // The same token and the same key serve on; the same ciphertext is the same change.
        let again = caller.post("/beta/set-password", body).await;
        assert_eq!((again.status, again.json()["requestId"].clone()), (202, Value::from(id.clone())));
        let end = until("the change ends", async || {
            let status = caller.get(&format!("/beta/password-change-status/{id}")).await.json();
            (status["state"] != "IN_PROGRESS").then_some(status)
        });
        let end = end.await;
        assert_eq!((&end["state"], &end["errors"]), (&json!("FINISHED"), &json!([])), "{end}");
        assert_eq!(systems_that_accept(&server, &new).await, [System::MyAd, System::Crm]);
    }
}
