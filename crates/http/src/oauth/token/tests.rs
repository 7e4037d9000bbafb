use axum::body::Body;
use axum::http::Request as HttpRequest;
use passwright_app::oauth::{SecretText, TokenRequest};

use super::*;

const URLENCODED: &str = "application/x-www-form-urlencoded";

async fn read(query: &str, content_type: &str, body: &str) -> Result<TokenRequest, Failure> {
    let mut request = HttpRequest::post(format!("/oauth/token{query}"));
    if !content_type.is_empty() {
        request = request.header(CONTENT_TYPE, content_type);
    }
    form(request.body(Body::from(body.to_owned())).unwrap()).await.map(TokenForm::into_request)
}

async fn check(client: &str, query: &str, content_type: &str, body: &str) {
    let request = read(query, content_type, body).await.unwrap_or_else(|f| panic!("{client}: {f:?}"));
    assert_eq!(request.grant_type.as_deref(), Some("client_credentials"), "{client}");
    assert_eq!(request.client_id.as_deref(), Some("2f0c"), "{client}");
    assert_eq!(request.client_secret.as_ref().map(SecretText::expose), Some("5e+c/r t"), "{client}");
}

/// The requests as the clients' own code writes them.
#[tokio::test]
async fn every_client_is_understood() {
    let body = "grant_type=client_credentials&client_id=2f0c&client_secret=5e%2Bc%2Fr+t";
    check("python", "", URLENCODED, body).await;
    let body = "client_id=2f0c&client_secret=5e%2Bc%2Fr+t&grant_type=client_credentials";
    check("go", "", URLENCODED, body).await;
    let body = "client_id=2f0c&client_secret=5e%2Bc%2Fr%20t";
    check("cli", "?grant_type=client_credentials", URLENCODED, body).await;
    let query = "?grant_type=client_credentials&client_id=2f0c&client_secret=5e%2Bc%2Fr%20t";
    check("curl", query, "", "").await;
    check("curl -H", query, "application/json", "").await;
    check("no content type", "", "", &query[1..]).await;
    check("charset", "", "Application/X-WWW-Form-Urlencoded; charset=UTF-8", &query[1..]).await;

    let line = "--------------------------418272645091783451920336";
    let part = |name: &str, value: &str| {
        format!("--{line}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let grant = part("grant_type", "client_credentials");
    let body = grant + &part("client_id", "2f0c") + &part("client_secret", "5e+c/r t") + &format!("--{line}--\r\n");
    check("typescript", "", &format!("multipart/form-data; boundary={line}"), &body).await;

    let line = "5c2f0d0b-6f5e-4b0e-9a53-5d8f3a1c7e42";
    let part = |name: &str, value: &str| {
        let kind = "Content-Type: text/plain; charset=utf-8";
        format!("--{line}\r\n{kind}\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
    };
    let grant = part("grant_type", "client_credentials");
    let body = grant + &part("client_id", "2f0c") + &part("client_secret", "5e+c/r t") + &format!("--{line}--\r\n");
    check("powershell", "", &format!("multipart/form-data; boundary=\"{line}\""), &body).await;
}

#[tokio::test]
async fn a_parameter_comes_once_wherever_it_stands() {
    let many: String = (0..33).map(|n| format!("p{n}=x&")).collect();
    let cases = [
        ("?client_id=a", "client_id=a"),
        ("?client_id=a&client_id=a", ""),
        ("", "client_id=a&client_id=b"),
        ("", "client_id=&client_id=b"),
        ("", "scope=a&scope=a"),
        ("", &many),
    ];
    for (query, body) in cases {
        let read = read(query, URLENCODED, body).await;
        assert!(matches!(read, Err(Failure::Token(TokenFault::InvalidRequest(_)))), "{query} {body}");
    }
    let multipart = "--b\r\nContent-Disposition: form-data; name=client_id\r\n\r\na\r\n--b--";
    let read = read("?client_id=a", "multipart/form-data; boundary=b", multipart).await;
    assert!(matches!(read, Err(Failure::Token(TokenFault::InvalidRequest(_)))));
}

#[tokio::test]
async fn absent_and_empty_are_the_same_and_unknown_is_ignored() {
    let request = read("?grant_type=", URLENCODED, "client_id=&other=1&Client_Secret=x").await.unwrap();
    assert!(request.grant_type.is_none() && request.client_id.is_none() && request.client_secret.is_none());
}

#[tokio::test]
async fn other_bodies_are_refused() {
    let json = read("", "application/json", r#"{"grant_type":"client_credentials"}"#).await;
    assert!(matches!(json, Err(Failure::MediaType(_))));
    let long = read("", URLENCODED, &"x".repeat(65 * 1024)).await;
    assert!(matches!(long, Err(Failure::BodyTooLarge)));
    let torn = read("", "multipart/form-data; boundary=b", "--b\r\n").await;
    assert!(matches!(torn, Err(Failure::Token(TokenFault::InvalidRequest(_)))));
}
