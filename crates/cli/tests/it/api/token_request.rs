//! The token endpoint: four SDKs and a command line, four shapes of one request.

use passwright_testkit::Login;
use serde_json::Value;

use crate::support::fixture::{ALL, Fixture};
use crate::support::raw::RawConnection;
use crate::support::{Answer, Caller, QUERY, shared, until};

const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

#[track_caller]
fn is_token(answer: &Answer, what: &str) -> Value {
    assert_eq!(answer.status, 200, "{what}: {}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let json = answer.json();
    assert_eq!(json["access_token"].as_str().unwrap().split('.').count(), 3, "a signed JWT");
    assert!(json["expires_in"].is_u64() && json["token_type"] == "bearer", "{what}: {json}");
    for (field, is_right) in [
        ("scope", json["scope"].is_string()),
        ("tenant_id", json["tenant_id"].is_string()),
        ("pod", json["pod"].is_string()),
        ("org", json["org"].is_string()),
        ("jti", json["jti"].is_string()),
        ("strong_auth", json["strong_auth"].is_boolean()),
        ("strong_auth_supported", json["strong_auth_supported"].is_boolean()),
    ] {
        assert!(is_right, "{what}: {field} in {json}");
    }
    json
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, error: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/json"), "{what}");
    assert_eq!(answer.json()["error"], error, "{what}");
}

fn multipart(parts: &[(&str, &str)], part: impl Fn(&str) -> String, end: &str) -> String {
    let mut body = String::new();
    for (name, value) in parts {
        body += &format!("--XbX{end}{}{end}{end}{value}{end}", part(name).replace('\n', end));
    }
    body + &format!("--XbX--{end}")
}

#[tokio::test]
async fn every_clients_shape() {
    let server = shared();
    let mut connection = RawConnection::new(server.address());
    let nobody = Caller::anonymous(&server);
    for login in [Login::ApiClient, Login::BulkClient, Login::Abby, Login::Admin, Login::Helpdesk] {
        let (id, secret) = server.credentials(login).unwrap();
        let all = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let rest = format!("client_id={id}&client_secret={secret}");
        let parts = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let quoted = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"");
        let dotnet = |name: &str| {
            format!("Content-Type: text/plain; charset=utf-8\nContent-Disposition: form-data; name={name}")
        };
        let type_of = |boundary: &str| format!("content-type: multipart/form-data; boundary={boundary}\r\n");
        let charset = "content-type: application/x-www-form-urlencoded; charset=UTF-8\r\n";
        let rows: [(&str, &str, String, String); 12] = [
            ("Python, Go", "/oauth/token", FORM.to_owned(), all.clone()),
            ("with a charset", "/oauth/token", charset.to_owned(), all.clone()),
            ("TypeScript", "/oauth/token", type_of("XbX"), multipart(&parts, quoted, "\r\n")),
            ("PowerShell", "/oauth/token", type_of("\"XbX\""), multipart(&parts, dotnet, "\r\n")),
            ("bare line feeds", "/oauth/token", type_of("XbX"), multipart(&parts, quoted, "\n")),
            ("sail", "/oauth/token?grant_type=client_credentials", FORM.to_owned(), rest.clone()),
            (
                "sail, multipart",
                "/oauth/token?grant_type=client_credentials",
                type_of("XbX"),
                multipart(&parts[1..], quoted, "\r\n"),
            ),
            ("all in the query", &format!("/oauth/token?{all}"), String::new(), String::new()),
            ("all in the query, with a type", &format!("/oauth/token?{all}"), FORM.to_owned(), String::new()),
            ("trailing slash in the base URL", "//oauth/token", FORM.to_owned(), all.clone()),
            ("upper case", "/oauth/token", FORM.to_owned(), all.replace("client_credentials", "CLIENT_CREDENTIALS")),
            (
                "more than asked for",
                "/oauth/token",
                FORM.to_owned(),
                format!("{all}&scope=x&audience=y&refresh_token="),
            ),
        ];
        for (what, target, headers, body) in rows {
            let what = format!("{login:?}, {what}");
            let json = is_token(&connection.ask("POST", target, &headers, &body).await, &what);
            let is_user = !matches!(login, Login::ApiClient | Login::BulkClient);
            assert_eq!(json["user_name"].is_string(), is_user, "{what}: {json}");
            assert_eq!(json["identity_id"].is_string(), is_user, "{what}: {json}");
            let caller = nobody.with_token(json["access_token"].as_str().unwrap());
            assert_ne!(caller.post(QUERY, "{}").await.status, 401, "{what}");
        }
    }
}

#[tokio::test]
async fn refusals_are_json_in_the_form_of_rfc_6749() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (id, secret) = (grant.id.as_str(), grant.secret.as_str());
    let mut connection = RawConnection::new(server.address());
    let wrong = secret.chars().rev().collect::<String>();
    let whole = |id: &str, secret: &str| format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let unknown = "3f0b1cf9-8a6f-4f0e-9d35-0c5d4a1e2b7c";
    let pat = "089899f13a8f4da7824996191587bab9";
    let good = whole(id, secret);
    let rows = [
        (401, "invalid_client", whole(id, &wrong)),
        (401, "invalid_client", whole(id, &secret.to_uppercase())),
        (401, "invalid_client", whole(id, &secret[1..])),
        (401, "invalid_client", whole(id, &format!("{secret}%00"))),
        (401, "invalid_client", whole(id, &"x".repeat(5000))),
        (401, "invalid_client", whole(unknown, secret)),
        (401, "invalid_client", whole(pat, secret)),
        (401, "invalid_client", whole("x", secret)),
        (401, "invalid_client", whole(&id.to_uppercase(), &wrong)),
        (400, "invalid_request", String::new()),
        (400, "invalid_request", good.replace("grant_type=", "granttype=")),
        (400, "invalid_request", good.replace("client_id=", "clientid=")),
        (400, "invalid_request", good.replace("client_secret=", "clientsecret=")),
        (400, "invalid_request", whole("", secret)),
        (400, "invalid_request", whole(id, "")),
        (400, "unsupported_grant_type", good.replace("client_credentials", "password")),
        (400, "unauthorized_client", good.replace("client_credentials", "authorization_code")),
        (400, "unauthorized_client", good.replace("client_credentials", "refresh_token")),
        (400, "unsupported_grant_type", good.replace("client_credentials", "client_credentials%20")),
        // RFC 6749 section 3.2: a parameter may come once.
        (400, "invalid_request", format!("{good}&client_id={id}")),
        (400, "invalid_request", format!("{good}&client_secret={wrong}")),
        (400, "invalid_request", format!("{good}&grant_type=client_credentials")),
        (400, "invalid_request", format!("{good}&x=1&x=1")),
    ];
    for (status, error, body) in rows {
        let answer = connection.ask("POST", "/oauth/token", FORM, &body).await;
        is_refused(&answer, status, error, &body);
        assert!(!answer.text.contains(secret) && !answer.text.contains(&wrong), "{}", answer.text);
    }
    let answer = connection.ask("POST", &format!("/oauth/token?client_id={id}"), FORM, &good).await;
    is_refused(&answer, 400, "invalid_request", "once in the query and once in the body");
    let parts = [("client_id", id), ("client_id", id)];
    let body = multipart(&parts, |name| format!("Content-Disposition: form-data; name=\"{name}\""), "\r\n");
    let answer =
        connection.ask("POST", "/oauth/token", "content-type: multipart/form-data; boundary=XbX\r\n", &body).await;
    is_refused(&answer, 400, "invalid_request", "twice in a multipart body");
    for body in ["", "--XbX", "--XbX\r\n\r\nx\r\n", "--XbX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"] {
        let kind = "content-type: multipart/form-data; boundary=XbX\r\n";
        is_refused(&connection.ask("POST", "/oauth/token", kind, body).await, 400, "invalid_request", body);
    }
    let basic = format!("authorization: Basic {id}\r\ncontent-type: application/json\r\n");
    let answer = connection.ask("POST", "/oauth/token", &basic, "{}").await;
    assert_eq!(answer.status, 415, "{}", answer.text);
    answer.check_error_form();
    let long = connection.ask("POST", "/oauth/token", FORM, &format!("{good}&x={}", "x".repeat(65_536))).await;
    assert_eq!(long.status, 413, "{}", long.text);
    assert_eq!(connection.ask("GET", &format!("/oauth/token?{good}"), "", "").await.status, 405);
    is_token(&connection.ask("POST", "/oauth/token", FORM, &good).await, "after all of that");
}

/// What a token endpoint is asked stays out of the log, wherever in the request it stood.
#[tokio::test]
async fn secrets_stay_out_of_the_log() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let (id, secret) = (&grant.id, &grant.secret);
    let mut connection = RawConnection::new(server.address());
    let all = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let token = is_token(&connection.ask("POST", &format!("/oauth/token?{all}"), "", "").await, "query");
    connection.ask("POST", &format!("/oauth/token/?{all}"), "", "").await;
    connection.ask("POST", "/oauth/token", FORM, &format!("{all}x")).await;
    connection.ask("GET", &format!("/livez?{all}"), "", "").await;
    // Written in turn, so that the last line shows that the others are there.
    let log =
        until("the requests are in the log", async || Some(server.log()).filter(|log| log.contains("/livez"))).await;
    assert!(log.contains("/oauth/token") && log.contains(id), "{log}");
    for hidden in [secret.as_str(), token["access_token"].as_str().unwrap()] {
        assert!(!log.contains(hidden));
    }
}
