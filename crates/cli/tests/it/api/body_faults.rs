//! Request bodies that do not read, at every operation with a body.

use passwright_client::PathFamily;
use serde_json::json;

use crate::support::fixture::{ALL, Fixture};
use crate::support::{Answer, DIGIT, QUERY, SET, VERIFY, shared};

const OPERATIONS: [&str; 4] = [SET, QUERY, DIGIT, VERIFY];

#[track_caller]
fn refused(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text);
    answer.check_error_form();
}

#[tokio::test]
async fn what_is_not_a_json_object() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let not_json = "the request body is not valid JSON";
    let not_object = "the request body must be a JSON object";
    let cases: [(&[u8], &str); 18] = [
        (b"", not_json),
        (b" ", not_json),
        (b"x", not_json),
        (b"{", not_json),
        (b"{\"userId\":\"a\",\"digitToken\":\"1\"}}", not_json),
        (b"{\"userId\":\"a\",\"digitToken\":\"1\"} {}", not_json),
        (b"{'FIELD':'a'}", not_json),
        (b"{\"FIELD\":\"a\",}", not_json),
        (b"{\"FIELD\":\"\\ud800\"}", not_json),
        (b"{\"FIELD\":\"\xff\"}", not_json),
        (b"\xef\xbb\xbf{}", not_json),
        (b"userName=Abby.Smith", not_json),
        (b"[]", not_object),
        (b"[\"Abby.Smith\",\"My-AD\"]", not_object),
        (b"\"Abby.Smith\"", not_object),
        (b"1", not_object),
        (b"true", not_object),
        (b"null", not_object),
    ];
    for (operation, field) in OPERATIONS.into_iter().zip(["sourceId", "userName", "userId", "userId"]) {
        for (body, reason) in cases {
            let what = format!("{operation} {:?}", String::from_utf8_lossy(body));
            let answer = caller.post(operation, with_field(body, field)).await;
            refused(&answer, 400, &what);
            assert!(answer.cause().starts_with(reason), "{what}: {}", answer.text);
        }
    }
}

/// Puts the name of a field the operation knows for `FIELD`: what is unknown is skipped, not read.
fn with_field(body: &[u8], field: &str) -> Vec<u8> {
    const MARK: &[u8] = b"FIELD";
    match body.windows(MARK.len()).position(|window| window == MARK) {
        Some(at) => [&body[..at], field.as_bytes(), &body[at + MARK.len()..]].concat(),
        None => body.to_vec(),
    }
}

/// An attacker hopes that one reader takes the first and another the last.
#[tokio::test]
async fn a_key_given_twice() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let twice = "must not be given twice";
    let cases = [
        (SET, &["identityId", "encryptedPassword", "publicKeyId", "accountId", "sourceId"][..]),
        (QUERY, &["userName", "sourceName"]),
        (DIGIT, &["userId"]),
        (VERIFY, &["userId", "digitToken"]),
    ];
    for (operation, fields) in cases {
        for field in fields {
            for (first, second) in [("\"a\"", "\"b\""), ("\"a\"", "\"a\""), ("null", "\"a\""), ("\"a\"", "null")] {
                let body = format!("{{\"{field}\":{first},\"{field}\":{second}}}");
                let answer = caller.post(operation, body.clone()).await;
                refused(&answer, 400, &body);
                // A required field that is null is refused before its second coming is read.
                let fault = if first == "null" && [DIGIT, VERIFY].contains(&operation) { "is required" } else { twice };
                assert_eq!(answer.cause(), format!("\"{field}\" {fault}"));
            }
        }
    }
    for field in ["length", "durationMinutes"] {
        let answer = caller.post(DIGIT, format!("{{\"userId\":\"a\",\"{field}\":6,\"{field}\":7}}")).await;
        refused(&answer, 400, field);
        assert_eq!(answer.cause(), format!("\"{field}\" {twice}"));
    }
}

#[tokio::test]
async fn bodies_too_long_or_of_another_type() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    for operation in OPERATIONS {
        let filler = |length: usize| format!("{{\"x\":\"{}\"}}", "x".repeat(length - 8));
        for length in [65 * 1024, 1000 * 1024] {
            refused(&caller.post(operation, filler(length)).await, 413, operation);
        }
        let longest = caller.post(operation, filler(64 * 1024)).await;
        assert_eq!(longest.status, 400, "{operation} reads 64 kB: {}", longest.text);
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let request = caller.request("POST", operation).header("content-type", kind).body("{}");
            refused(&caller.send(request).await, 415, kind);
        }
        let packed = caller.request("POST", operation).header("content-type", "application/json");
        refused(&caller.send(packed.header("content-encoding", "gzip").body("{}")).await, 415, "gzip");
    }
}

/// SDKs send fields the operation does not know, and `null` for what they leave out.
#[tokio::test]
async fn unknown_fields_and_nulls_are_as_if_absent() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    let body = json!({
        "userName": user.alias, "sourceName": null, "username": "other", "user_name": ["x"], "isAdmin": true,
        "identityId": { "$ne": 1 },
    });
    let answer = caller.post_json(QUERY, &body).await;
    assert_eq!((answer.status, answer.json()["identityId"].as_str()), (200, Some(user.id.as_str())), "{answer:?}");
    let body = json!({ "userId": user.alias, "length": null, "durationMinutes": null, "digitToken": "000000" });
    let answer = caller.post_json(DIGIT, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["digitToken"].as_str().unwrap().len(), 6);
}

/// PowerShell's SDK says `Content-Type: application/json` on requests that have no body; TypeScript's wants plain text too.
#[tokio::test]
async fn headers_that_sdks_send_do_not_matter() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let user = fixture.identity(&[]).await;
    let body = json!({ "userName": user.alias }).to_string();
    for family in PathFamily::ALL {
        for (name, value) in [
            ("x-sailpoint-experimental", "true"),
            ("x-sailpoint-experimental", "false"),
            ("accept", "application/json, text/plain, */*"),
            ("accept", "text/html"),
            ("accept-language", "de"),
        ] {
            let request = caller.request("POST", &family.path("query-password-info", "")).header(name, value);
            let answer = caller.send(request.header("content-type", "application/json").body(body.clone())).await;
            assert_eq!(answer.status, 200, "{family} {name}: {value}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
        let status = family.path("password-change-status", "/089899f13a8f4da7824996191587bab9");
        let request = caller.request("GET", &status).header("content-type", "application/json");
        assert_eq!(caller.send(request).await.status, 404);
    }
}
