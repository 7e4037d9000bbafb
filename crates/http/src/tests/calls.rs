//! The calls of a client that may.

use axum::http::{Method, StatusCode};
use passwright_wire::PathFamily;
use serde_json::json;

use super::{Fixture, SECRET};

#[tokio::test]
async fn a_token_is_answered_as_the_sdks_read_it() {
    let fixture = Fixture::new().await;
    let query = format!("client_id={}&client_secret={SECRET}", fixture.client_id);
    let answer = fixture.ask("POST", &format!("/oauth/token?grant_type=CLIENT_CREDENTIALS&{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    answer.check_headers();
    let body = answer.json();
    assert_eq!(body["access_token"].as_str().unwrap().split('.').count(), 3);
    assert!((43_190..=43_200).contains(&body["expires_in"].as_u64().unwrap()), "{}", body["expires_in"]);
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["scope"], "sp:scopes:all");
    assert_eq!((&body["org"], &body["pod"]), (&json!("acme"), &json!("local")));
    for key in ["jti", "tenant_id"] {
        assert!(body[key].is_string(), "{key}");
    }
    assert!(body.get("user_name").is_none(), "an API client has no user");

    let refused = fixture.ask("POST", &format!("/oauth/token?grant_type=client_credentials&{query}0")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.json()["error"], "invalid_client");
    let unknown = fixture.ask("POST", &format!("/oauth/token?grant_type=password&{query}")).await;
    assert_eq!(unknown.json()["error"], "unsupported_grant_type");
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_family_reaches_the_same_operations() {
    let fixture = Fixture::new().await;
    let token = fixture.token().await;
    for family in PathFamily::ALL {
        let post = |resource: &str, rest: &str| family.path(resource, rest);
        let info =
            fixture.call(Method::POST, &post("query-password-info", ""), &token, r#"{"userName":"nobody"}"#).await;
        assert_eq!(info.status, StatusCode::BAD_REQUEST, "{family}: {}", info.text);
        assert_eq!(info.json()["detailCode"], "400.1.404 Referenced object not found", "{family}");
        let set = fixture.call(Method::POST, &post("set-password", ""), &token, "{}").await;
        assert_eq!(set.json()["detailCode"], "400.1.0 Required Data Missing Or Empty", "{family}");
        assert_eq!(set.json()["trackingId"], set.header("slpt-request-id"), "{family}");
        let status = fixture
            .call(Method::GET, &post("password-change-status", "/089899f13a8f4da7824996191587bab9"), &token, "")
            .await;
        assert_eq!(status.status, StatusCode::NOT_FOUND, "{family}: {}", status.text);
        let digit = fixture
            .call(Method::POST, &post("generate-password-reset-token", "/digit"), &token, r#"{"length":8}"#)
            .await;
        let wanted = if family.has_digit_token() { StatusCode::BAD_REQUEST } else { StatusCode::NOT_FOUND };
        assert_eq!(digit.status, wanted, "{family}: {}", digit.text);
    }
}

#[tokio::test]
async fn the_path_is_decoded_once() {
    let fixture = Fixture::new().await;
    let token = fixture.token().await;
    // `%30` is `0`: the id is well-formed and unknown; all others are no ids. None is a 500.
    for id in ["%3089899f13a8f4da7824996191587bab9", "%253089899f13a8f4da7824996191587bab9", "%ff", "a%2Fb", "%00", "+"]
    {
        let answer = fixture.call(Method::GET, &format!("/beta/password-change-status/{id}"), &token, "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}: {}", answer.text);
    }
}

#[tokio::test]
async fn bodies_of_the_wrong_type_are_400_and_nothing_else() {
    let fixture = Fixture::new().await;
    let token = fixture.token().await;
    for body in ["", "[]", "null", "{", r#"{"userId":["a"]}"#, r#"{"userId":5}"#, r#"{"userId":"a","userId":"b"}"#] {
        let path = "/api/v1/digit-tokens/verify";
        let answer = fixture.call(Method::POST, path, &token, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text);
    }
    let wrong = r#"{"userId":"nobody","digitToken":"000000"}"#;
    let answer = fixture.call(Method::POST, "/api/v1/digit-tokens/verify", &token, wrong).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.text, r#"{"verified":false,"requestId":null}"#);
}

#[tokio::test]
async fn the_limit_counts_per_family() {
    let fixture = Fixture::new().await;
    let token = fixture.token().await;
    let mut refused = None;
    for _ in 0..=20 {
        let answer = fixture.call(Method::GET, "/beta/password-change-status/x", &token, "").await;
        refused = Some(answer).filter(|a| a.status == StatusCode::TOO_MANY_REQUESTS);
    }
    let refused = refused.expect("the 21st request is over the limit");
    assert_eq!(refused.text, r#"{"message":" Rate Limit Exceeded "}"#);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    refused.check_headers();
    let other = fixture.call(Method::GET, "/v3/password-change-status/x", &token, "").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_public_answers() {
    let fixture = Fixture::new().await;
    let get = async |path: &str| {
        let answer = fixture.ask("GET", path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.check_headers();
        answer
    };
    assert_eq!(get("/livez").await.json(), json!({ "status": "alive" }));
    let ready = get("/readyz").await.json();
    assert_eq!((&ready["engine"], &ready["durability"]), (&json!("sqlite"), &json!("power-loss")));
    assert!(!get("/oauth/jwks.json").await.json()["keys"].as_array().unwrap().is_empty());
    let metadata = get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata["issuer"], "http://127.0.0.1:8080");
    assert_eq!(metadata["token_endpoint"], "http://127.0.0.1:8080/oauth/token");
    assert_eq!(get("/oauth/info").await.json()["tenantName"], "acme");
    assert_eq!(get("/openapi.json").await.json()["openapi"], "3.1.0");
    let metrics = get("/metrics").await;
    assert_eq!(metrics.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let line = r#"passwright_http_requests_total{route="/livez",method="GET",status="2xx"} 1"#;
    assert!(metrics.text.lines().any(|l| l == line), "{}", metrics.text);
    assert!(metrics.text.ends_with("# EOF\n"));
}
