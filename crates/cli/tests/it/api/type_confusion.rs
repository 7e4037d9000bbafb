//! R26: every field of every operation with every kind of JSON value. Nothing makes the service fail, and nothing of a
//! wrong type is taken for something else.

use passwright_client::{PathFamily, encrypt_password};
use serde_json::{Value, json};

use crate::support::fixture::{ALL, Fixture};
use crate::support::{DIGIT, QUERY, SET, VERIFY, info, shared};

/// Values by kind; deep ones are written as text, since a reader must bound its depth.
fn values() -> Vec<(&'static str, String)> {
    let plain = |kind, value: Value| (kind, value.to_string());
    let mut all = vec![
        plain("null", Value::Null),
        plain("boolean", true.into()),
        plain("boolean", false.into()),
        plain("number", 0.into()),
        plain("number", (-1).into()),
        plain("number", 6.into()),
        plain("number", 6.5.into()),
        plain("number", u64::MAX.into()),
        plain("number", 1e308.into()),
        ("number", "1e400".to_owned()),
        ("number", "-0".to_owned()),
        ("number", "6e0".to_owned()),
        plain("array", json!([])),
        plain("array", json!([null])),
        plain("array", json!(["Abby.Smith"])),
        plain("array", json!([[["Abby.Smith"]]])),
        plain("array", json!([{ "userName": "Abby.Smith" }])),
        plain("object", json!({})),
        plain("object", json!({ "$ne": null })),
        plain("object", json!({ "value": "Abby.Smith" })),
        plain("object", json!({ "a": { "b": { "c": ["Abby.Smith"] } } })),
        plain("string", "".into()),
        plain("string", " ".into()),
        plain("string", "x".into()),
        plain("string", "6".into()),
        plain("string", "true".into()),
        plain("string", "null".into()),
        plain("string", "\u{0}".into()),
        plain("string", "a\nb\r\n".into()),
        plain("string", "\u{202e}\u{feff}\u{fffd}".into()),
        plain("string", "';DROP TABLE identity;--".into()),
        plain("string", "*)(uid=*".into()),
        plain("string", "../../etc/passwd".into()),
        plain("string", "%s%n${jndi:ldap://x}{{7*7}}".into()),
        plain("string", "=".repeat(10_000).into()),
        plain("string", "QUJD".repeat(10_000).into()),
        plain("string", "\u{1f511}".repeat(5_000).into()),
    ];
    for depth in [10, 127, 5_000] {
        all.push(("deep", format!("{}{}", "[".repeat(depth), "]".repeat(depth))));
        all.push(("deep", format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))));
    }
    all
}

#[tokio::test]
async fn every_field_with_every_kind_of_value() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (client, caller) = (grant.client(&server, PathFamily::V2025), grant.caller(&server).await);
    let user = fixture.identity(&[]).await;
    let own = info(&client, &user.alias, None).await;
    let encrypted = encrypt_password(own.public_key.as_deref().unwrap(), "Good-Password-1").unwrap();
    let bodies = [
        (
            SET,
            json!({
                "identityId": own.identity_id, "encryptedPassword": encrypted, "publicKeyId": own.public_key_id,
                "accountId": own.accounts[0].account_id, "sourceId": own.source_id,
            }),
        ),
        (
            QUERY,
            json!({ "userName": user.alias, "sourceName": fixture.sources().await.iter().find(|s| s.is_built_in()).unwrap().name }),
        ),
        (DIGIT, json!({ "userId": user.alias, "length": 6, "durationMinutes": 5 })),
        (VERIFY, json!({ "userId": "Nobody.At-All", "digitToken": "000000" })),
    ];
    let mut cases = 0;
    for (path, body) in &bodies {
        for field in body.as_object().unwrap().keys() {
            for (kind, value) in values() {
                let mut rest = body.clone();
                rest.as_object_mut().unwrap().remove(field);
                let rest = rest.to_string();
                let text = format!("{{\"{field}\":{value}{}{}", if rest == "{}" { "" } else { "," }, &rest[1..]);
                let shown: String = text.chars().take(120).collect();
                let answer = caller.post(path, text).await;
                let accepted = is_accepted(path, field, kind, &value);
                match answer.status {
                    200 | 202 => assert!(accepted, "{path} took {shown}: {}", answer.text),
                    429 if *path == VERIFY => {} // Guesses at one name are counted.
                    400 => {
                        assert!(!accepted, "{path} refused {shown}: {}", answer.text);
                        answer.check_error_form();
                        let wrong_type = match field.as_str() {
                            "length" | "durationMinutes" => !["number", "null"].contains(&kind),
                            _ => !["string", "null"].contains(&kind),
                        };
                        if wrong_type && kind != "deep" && value != "1e400" {
                            assert!(
                                answer.cause().starts_with(&format!("\"{field}\" must be ")),
                                "{shown}: {}",
                                answer.text
                            );
                        }
                        let echoed = value.len() > 8 && answer.text.contains(value.trim_matches('"'));
                        assert!(!echoed, "{shown} comes back: {}", answer.text);
                    }
                    status => panic!("{path} answered {shown} with {status}: {}", answer.text),
                }
                cases += 1;
            }
        }
    }
    assert!(cases > 500, "{cases}");
    let changes = fixture.changes_of(&user.id).await;
    assert!(changes.len() <= 1, "the one ciphertext was accepted for the one account only: {changes:?}");
}

/// `null` is absent, which some fields may be; `-0` is a number that is out of bounds like any other.
fn is_accepted(path: &str, field: &str, kind: &str, value: &str) -> bool {
    match (path, field) {
        // The built-in source has one account, so that the source alone names it.
        (SET, "accountId") => kind == "null" || value == "\"\"",
        (QUERY, "sourceName") => kind == "null" || ["\"\"", "\" \""].contains(&value),
        (DIGIT, "length") => kind == "null" || value == "6",
        (DIGIT, "durationMinutes") => kind == "null" || value == "6",
        (VERIFY, "userId" | "digitToken") => kind == "string",
        _ => false,
    }
}

/// The status call has its one value in the path; what a query string says does not matter.
#[tokio::test]
async fn parameters_the_operations_do_not_know() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    for query in ["?id=x&id=y", "?id[]=x", "?id%00", "?%", "?a=%ff", &format!("?{}", "x=1&".repeat(2_000))] {
        let path = format!("/v2025/password-change-status/089899f13a8f4da7824996191587bab9{query}");
        assert_eq!(caller.get(&path).await.status, 404, "{query}");
        assert_eq!(caller.post(&format!("{SET}{query}"), "{}").await.status, 400, "{query}");
    }
}
