//! Security questions in the API: texts in languages, answers that nobody can read. Their use is in `pages/questions.rs`.

use axum::http::{Method, StatusCode};
use passwright_app::setup::{Setup, SetupDocument};
use passwright_domain::directory::IdentityStatus;
use passwright_domain::ids::IdentityId;
use passwright_storage::{audit, security_questions};
use serde_json::{Value, json};

use super::census::matrix::user;
use super::{Answer, Fixture};

const DOCUMENT: &str = "[[security_question]]\nid = \"school\"\ntext = \"Your first school?\"\n\
    translations = { fr = \"Votre \u{e9}cole ?\" }\n\
    [[security_question]]\nid = \"143cfd3b-c23f-426b-ae5f-d3db06fa5919\"\ntext = \"Your first car?\"\n";
const CAR: &str = "143cfd3b-c23f-426b-ae5f-d3db06fa5919";
const ANSWERS: &str = "/v2024/mfa/kba/config/answers";

async fn fixture() -> Fixture {
    let fixture = Fixture::new().await;
    let document = SetupDocument::parse(DOCUMENT).unwrap();
    fixture.service.apply(Setup::resolve(document, fixture.folder.path(), &|_| None).unwrap(), false).await.unwrap();
    fixture
}

async fn set(fixture: &Fixture, token: &str, answers: &Value) -> Answer {
    fixture.call(Method::POST, ANSWERS, token, &answers.to_string()).await
}

async fn listed(fixture: &Fixture, token: &str, query: &str) -> Value {
    let answer = fixture.call(Method::GET, &format!("/beta/mfa/kba/config{query}"), token, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn answers_are_set_counted_and_replaced() {
    let fixture = fixture().await;
    let token = fixture.token_of(&user(&fixture, 1, "abby", &[], IdentityStatus::Active).await).await;
    let other = fixture.token_of(&user(&fixture, 2, "bob", &[], IdentityStatus::Active).await).await;
    let question =
        |id: &str, text: &str, count: i64| json!({"id": id, "text": text, "hasAnswer": count > 0, "numAnswers": count});
    let both = |first: i64, second: i64| {
        json!([question("school", "Your first school?", first), question(CAR, "Your first car?", second)])
    };
    assert_eq!(listed(&fixture, &token, "").await, both(0, 0));
    let all = listed(&fixture, &token, "?allLanguages=true").await;
    let texts: Value = serde_json::from_str(all[0]["text"].as_str().unwrap()).unwrap();
    let expected =
        json!([{"text": "Votre \u{e9}cole ?", "locale": "fr"}, {"text": "Your first school?", "locale": ""}]);
    assert_eq!(texts, expected);

    let done =
        set(&fixture, &token, &json!([{"id": "school", "answer": "Saint Mary"}, {"id": CAR, "answer": "2CV"}])).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let state = |answer: &Answer| -> Vec<(String, bool)> {
        let list = answer.json();
        let one = |q: &Value| (q["id"].as_str().unwrap().to_owned(), q["hasAnswer"].as_bool().unwrap());
        list.as_array().unwrap().iter().map(one).collect()
    };
    assert_eq!(state(&done), [("school".to_owned(), true), (CAR.to_owned(), true)]);
    assert_eq!(serde_json::from_str::<Value>(done.json()[0]["question"].as_str().unwrap()).unwrap(), expected);
    set(&fixture, &other, &json!([{"id": CAR, "answer": "Beetle"}])).await;
    assert_eq!(listed(&fixture, &token, "").await, both(1, 2));

    // The same as before is hashed anew, with a salt of its own; what is left out goes.
    let id = IdentityId::from_random([1; 16]);
    let stored = async || {
        let mut reader = fixture.service.store().read().await.unwrap();
        security_questions::answers(&mut reader.tx(), &id).await.unwrap()
    };
    let before = stored().await;
    let done = set(&fixture, &token, &json!([{"id": "school", "answer": "Saint Mary"}])).await;
    assert_eq!(state(&done), [("school".to_owned(), true), (CAR.to_owned(), false)]);
    let after = stored().await;
    assert_eq!((before.len(), after.len()), (2, 1));
    let school = before.iter().find(|answer| answer.question_id == "school").unwrap();
    assert_ne!((&school.salt, &school.digest), (&after[0].salt, &after[0].digest));
    assert!(after[0].digest.len() == 64 && !format!("{after:?}").contains("Mary"), "{after:?}");
    assert_eq!(listed(&fixture, &other, "").await, both(1, 1));

    let mut reader = fixture.service.store().read().await.unwrap();
    let records = audit::list(&mut reader.tx(), 0, 100).await.unwrap();
    let answered: Vec<_> = records.iter().filter(|record| record.2 == "SECURITY_ANSWERS_UPDATED").collect();
    assert_eq!(answered.len(), 3);
    assert!(!format!("{records:?}").contains("Mary") && !format!("{records:?}").contains("Beetle"), "{records:?}");
}

#[tokio::test]
async fn what_is_no_answer_is_refused_and_changes_nothing() {
    let fixture = fixture().await;
    let token = fixture.token_of(&user(&fixture, 1, "abby", &[], IdentityStatus::Active).await).await;
    set(&fixture, &token, &json!([{"id": CAR, "answer": "2CV"}])).await;
    let long = "x".repeat(256);
    for (answers, code) in [
        (json!([{"id": "none", "answer": "x"}]), "400.1.404"),
        (json!([{"id": CAR, "answer": "x"}, {"id": CAR, "answer": "y"}]), "400.1.3"),
        (json!([{"id": CAR, "answer": "  "}]), "400.1.3"),
        (json!([{"id": CAR, "answer": long}]), "400.1.3"),
        (json!([{"id": CAR}]), "400.1.0"),
        (json!([{"id": CAR, "answer": 5}]), "400.1.3"),
        (json!({"id": CAR, "answer": "x"}), "400.1"),
    ] {
        let answer = set(&fixture, &token, &answers).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answers}: {}", answer.text);
        assert!(answer.json()["detailCode"].as_str().unwrap().starts_with(code), "{answers}: {}", answer.text);
    }
    assert_eq!(listed(&fixture, &token, "").await[1]["numAnswers"], 1);
    let client = fixture.token().await;
    assert_eq!(set(&fixture, &client, &json!([])).await.status, StatusCode::FORBIDDEN);
}
