//! Which paths lead where, and that nothing else does.

use axum::http::StatusCode;

use super::Fixture;

#[tokio::test]
async fn variants_of_a_path_reach_no_route() {
    let fixture = Fixture::new().await;
    for path in [
        "/beta",
        "/beta/set-password/",
        "//beta//set-password//",
        "/beta/set-password;x",
        "/beta;x/set-password",
        "/beta/./set-password",
        "/beta/../beta/set-password",
        "/beta/%2e/set-password",
        "/beta/set%2dpassword",
        "/%62eta/set-password",
        "/beta%2fset-password",
        "/Beta/set-password",
        "/beta/SET-PASSWORD",
        "/beta/set-password.",
        "/beta/set-password/v1",
        "/latest/set-password",
        "/set-password",
        "/v1/set-password",
        "/set-password/v2",
        "/api/set-password/v1",
        "/v3/generate-password-reset-token/digit",
        "/beta/generate-password-reset-token/v1/digit",
        "/beta/password-change-status",
        "/beta/password-change-status/",
        "/beta/password-change-status/a/b",
        "/oauth",
        "/oauth/token/",
        "/oauth/authorize/",
        "/..%2fmetrics",
    ] {
        for method in ["GET", "POST", "DELETE", "OPTIONS"] {
            let answer = fixture.ask(method, path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
            let body = answer.json();
            assert_eq!(body["detailCode"], "404 Not found", "{method} {path}");
            assert_eq!(body["trackingId"], answer.header("slpt-request-id"), "{method} {path}");
            answer.check_headers();
        }
    }
}

#[tokio::test]
async fn duplicate_slashes_reach_the_route() {
    let fixture = Fixture::new().await;
    for path in ["//beta/set-password", "/beta//set-password", "///set-password//v1", "//api/v1/digit-tokens///verify"]
    {
        assert_eq!(fixture.ask("POST", path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(fixture.ask("GET", "//livez").await.status, StatusCode::OK);
    assert_eq!(fixture.ask("GET", "http://other.example//livez").await.status, StatusCode::OK);
    let answer = fixture.ask("POST", "//oauth/token?grant_type=client_credentials").await;
    assert_eq!(answer.json()["error_description"], "client_id is required");
}

#[tokio::test]
async fn other_methods_are_405_in_shape() {
    let fixture = Fixture::new().await;
    for (method, path, allow) in [
        ("GET", "/beta/set-password", "POST"),
        ("HEAD", "/beta/set-password", "POST"),
        ("OPTIONS", "/set-password/v1", "POST"),
        ("PUT", "/oauth/token", "POST"),
        ("GET", "/oauth/token", "POST"),
        ("TRACE", "/livez", "GET,HEAD"),
        ("POST", "/livez", "GET,HEAD"),
        ("BREW", "/v2026/password-change-status/a", "GET,HEAD"),
    ] {
        let answer = fixture.ask(method, path).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        assert_eq!(answer.header("content-type"), "application/json", "{method} {path}");
        answer.check_headers();
        if method != "HEAD" {
            assert_eq!(answer.json()["detailCode"], "405 Method not allowed");
        }
    }
    let head = fixture.ask("HEAD", "/livez").await;
    assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
}
