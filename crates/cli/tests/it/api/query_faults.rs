//! `query-password-info` and digit tokens: unknown names and numbers out of bounds are 400 with the field named.

use serde_json::{Value, json};

use crate::support::fixture::{ALL, Fixture};
use crate::support::{ABBY_ALIAS, DIGIT, QUERY, VERIFY, shared};

#[tokio::test]
async fn values_that_are_refused() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await.alias;
    let source = fixture.source_without_password("Intranet").await;
    let (missing, illegal) = ("400.1.0 Required data missing or empty", "400.1.3 Illegal value");
    let (limit, unknown) = ("400.1.4 Limit violation", "400.1.404 Referenced object not found");
    let digits = |field: &str, value: Value| json!({ "userId": user, field: value });
    let length = "length 5 is not between 6 and 18";
    let minutes = "durationMinutes 0 is not between 1 and 60";
    let cases: Vec<(&str, Value, &str, &str)> = vec![
        (QUERY, json!({}), missing, "userName is required"),
        (QUERY, json!({ "userName": "" }), missing, "userName is required"),
        (QUERY, json!({ "userName": " \t" }), missing, "userName is required"),
        (QUERY, json!({ "sourceName": "My-AD" }), missing, "userName is required"),
        (QUERY, json!({ "userName": "Nobody.Here" }), unknown, "userName does not name a user"),
        (QUERY, json!({ "userName": "*" }), unknown, "userName does not name a user"),
        (QUERY, json!({ "userName": "' OR 1=1 --" }), unknown, "userName does not name a user"),
        (QUERY, json!({ "userName": "Abby.Smith\u{0}" }), unknown, "userName does not name a user"),
        (QUERY, json!({ "userName": user, "sourceName": "Nowhere" }), unknown, "sourceName does not name a source"),
        (QUERY, json!({ "userName": user, "sourceName": "%" }), unknown, "sourceName does not name a source"),
        (QUERY, json!({ "userName": user, "sourceName": "My-AD" }), unknown, "the user has no account on the source"),
        (DIGIT, json!({}), missing, "\"userId\" is required"),
        (DIGIT, json!({ "userId": null }), missing, "\"userId\" is required"),
        (DIGIT, json!({ "userId": "" }), missing, "userId is required"),
        (DIGIT, json!({ "userId": "Nobody.Here" }), unknown, "userId does not name a user"),
        (DIGIT, digits("length", 5.into()), limit, length),
        (DIGIT, digits("length", 19.into()), limit, "length 19 is not between 6 and 18"),
        (DIGIT, digits("length", 0.into()), limit, "length 0 is not between 6 and 18"),
        (DIGIT, digits("length", (-6).into()), limit, "length -6 is not between 6 and 18"),
        (DIGIT, digits("length", 262.into()), limit, "length 262 is not between 6 and 18"),
        (DIGIT, digits("length", i64::MAX.into()), limit, "length 9223372036854775807 is not between 6 and 18"),
        (DIGIT, digits("length", u64::MAX.into()), illegal, "\"length\" must be a whole number"),
        (DIGIT, digits("length", 6.5.into()), illegal, "\"length\" must be a whole number"),
        (DIGIT, digits("length", "6".into()), illegal, "\"length\" must be a whole number"),
        (DIGIT, digits("durationMinutes", 0.into()), limit, minutes),
        (DIGIT, digits("durationMinutes", 61.into()), limit, "durationMinutes 61 is not between 1 and 60"),
        (DIGIT, digits("durationMinutes", 5.5.into()), illegal, "\"durationMinutes\" must be a whole number"),
        (VERIFY, json!({}), missing, "\"userId\" is required"),
        (VERIFY, json!({ "userId": "a" }), missing, "\"digitToken\" is required"),
    ];
    for (path, body, code, cause) in cases {
        let answer = caller.post_json(path, &body).await;
        assert_eq!(answer.status, 400, "{path} {body}: {}", answer.text);
        answer.check_error_form();
        let found = answer.json()["detailCode"].as_str().unwrap().to_lowercase();
        assert_eq!((found.as_str(), answer.cause().as_str()), (code.to_lowercase().as_str(), cause), "{path} {body}");
    }
    let read_only = json!({ "userName": ABBY_ALIAS, "sourceName": source.name });
    let cause = crate::support::until("the catalog knows the source", async || {
        let answer = caller.post_json(QUERY, &read_only).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        Some(answer.cause()).filter(|cause| cause != "sourceName does not name a source")
    });
    assert_eq!(cause.await, "the source does not have the feature PASSWORD");
}

/// Look-ups use one canonical form of a name.
#[tokio::test]
async fn names_in_any_spelling() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let wanted = fixture.identity_named(ABBY_ALIAS).await.id;
    for user in ["Abby.Smith", "abby.smith", "ABBY.SMITH", " Abby.Smith ", "\u{ff21}bby.Smith", "\u{a0}abby.smith"] {
        for source in ["My-AD", "my-ad", " MY-AD\u{3000}"] {
            let answer = caller.post_json(QUERY, &json!({ "userName": user, "sourceName": source })).await;
            assert_eq!(answer.status, 200, "{user:?} {source:?}: {}", answer.text);
            assert_eq!(answer.json()["identityId"], wanted.as_str());
        }
    }
}
