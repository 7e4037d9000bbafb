//! What is sent, and how answers are read.

use passwright_client::{
    ClientError, PasswordChangeRequest, PasswordChangeState, PasswordDigitTokenReset, PasswordInfoQueryDto, PathFamily,
};

use crate::responder::{Responder, answer, ok, token};

const ID: &str = "089899f13a8f4da7824996191587bab9";

fn digits() -> String {
    ok(r#"{"digitToken":"09087713","requestId":"e1267ecd-fcd9-4c73-9c55-12555efad136"}"#)
}

#[tokio::test]
async fn the_four_operations() {
    let server = Responder::start([
        token("a.b.c"),
        digits(),
        ok(r#"{"identityId":"1","publicKey":"K","accounts":[{"accountId":"CN=Abby","accountName":"Abby"}],"policies":[]}"#),
        answer(202, "", &format!(r#"{{"requestId":"{ID}","state":"IN_PROGRESS"}}"#)),
        ok(&format!(r#"{{"requestId":"{ID}","state":"FAILED","errors":["no"],"sourceIds":["2"]}}"#)),
    ])
    .await;
    let client = server.client();

    let reset = PasswordDigitTokenReset { length: Some(8), ..PasswordDigitTokenReset::for_user("Abby.Smith") };
    assert_eq!(client.create_digit_token(&reset).await.unwrap().digit_token, "09087713");
    let info = client.query_password_info(&PasswordInfoQueryDto::new("Abby.Smith", "My-AD")).await.unwrap();
    assert_eq!(info.accounts[0].account_id.as_deref(), Some("CN=Abby"));
    let change = client.set_identity_password(&info.change_request(Some("CN=Abby"), "Y2k=".into())).await.unwrap();
    assert_eq!(change.request_id.as_deref(), Some(ID));
    let status = client.get_identity_password_change_status(ID).await.unwrap();
    assert_eq!((status.state, status.errors), (PasswordChangeState::Failed, vec!["no".to_owned()]));

    let asked = server.asked();
    let status_line = format!("GET /v2025/password-change-status/{ID}");
    let wanted = [
        ("POST /oauth/token", "grant_type=client_credentials&client_id=the-id&client_secret=the-secret"),
        ("POST /v2025/generate-password-reset-token/digit", r#"{"userId":"Abby.Smith","length":8}"#),
        ("POST /v2025/query-password-info", r#"{"userName":"Abby.Smith","sourceName":"My-AD"}"#),
        ("POST /v2025/set-password", r#"{"identityId":"1","encryptedPassword":"Y2k=","accountId":"CN=Abby"}"#),
        (status_line.as_str(), ""),
    ];
    let found: Vec<_> = asked.iter().map(|asked| (asked.line.as_str(), asked.body.as_str())).collect();
    assert_eq!(found, wanted);
    assert_eq!(asked[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(asked[0].header("authorization"), None);
    for asked in &asked[1..] {
        assert_eq!(asked.header("authorization"), Some("Bearer a.b.c"), "{}", asked.line);
        assert_eq!(asked.header("accept"), Some("application/json"));
    }
    assert_eq!(asked[2].header("content-type"), Some("application/json"));
    let experimental: Vec<_> = asked.iter().map(|asked| asked.header("x-sailpoint-experimental")).collect();
    assert_eq!(experimental, [None, Some("true"), None, None, None]);
}

#[tokio::test]
async fn path_families() {
    let cases = [
        (PathFamily::Beta, "POST /beta/generate-password-reset-token/digit", None),
        (PathFamily::V2024, "POST /v2024/generate-password-reset-token/digit", Some("true")),
        (PathFamily::V2026, "POST /v2026/generate-password-reset-token/digit", Some("true")),
        (PathFamily::Root, "POST /generate-password-reset-token/v1/digit", Some("true")),
    ];
    for (family, line, experimental) in cases {
        let server = Responder::start([digits()]).await;
        let client = server.builder().access_token("fixed").path_family(family).build().unwrap();
        client.create_digit_token(&PasswordDigitTokenReset::for_user("Abby.Smith")).await.unwrap();
        let asked = server.asked();
        assert_eq!(asked[0].line, line);
        assert_eq!(asked[0].header("x-sailpoint-experimental"), experimental, "{family}");
        assert_eq!(asked[0].header("authorization"), Some("Bearer fixed"));
    }

    let server = Responder::start([]).await;
    let client = server.builder().path_family(PathFamily::V3).build().unwrap();
    let error = client.create_digit_token(&PasswordDigitTokenReset::for_user("Abby.Smith")).await.unwrap_err();
    assert_eq!(error.to_string(), "create_digit_token does not exist in v3");
    assert!(server.asked().is_empty(), "refused before anything is sent");
}

#[tokio::test]
async fn an_id_cannot_leave_its_path() {
    let server = Responder::start([]).await;
    let client = server.client();
    for id in ["", "..", "../set-password", "a/b", "a?b", "a%2fb", "a b", "ä"] {
        let error = client.get_identity_password_change_status(id).await.unwrap_err();
        assert!(matches!(error, ClientError::InvalidRequestId), "{id}: {error}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn refusals_keep_their_reasons() {
    let server = Responder::start([
        token("a.b.c"),
        answer(
            400,
            "",
            r#"{"detailCode":"400.1 Bad Request Content","trackingId":"b21b","messages":[{"text":"generic"}],"causes":[{"text":"the key is expired"}]}"#,
        ),
    ])
    .await;
    let error = server.client().set_identity_password(&PasswordChangeRequest::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key is expired (status 400, detailCode \"400.1 Bad Request Content\", trackingId b21b)"
    );
    assert!(!error.is_transient());

    let server = Responder::start([answer(401, "", r#"{"error":"invalid_client"}"#)]).await;
    let error = server.client().set_identity_password(&PasswordChangeRequest::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "no access token: invalid_client (status 401)");
    assert_eq!(server.lines(), ["POST /oauth/token"]);
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_not_repeated() {
    let server = Responder::start([ok(r#"{"digitToken":90877135,"requestId":"e1"}"#)]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let error = client.create_digit_token(&PasswordDigitTokenReset::for_user("Abby.Smith")).await.unwrap_err();
    assert_eq!(error.to_string(), r#"the answer to create_digit_token cannot be read: "digitToken" must be a string"#);
    assert!(!format!("{error:?}").contains("90877135"), "{error:?}");

    let server = Responder::start([ok(&format!(r#"{{"x":"{}"}}"#, "y".repeat(2 << 20)))]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let error = client.query_password_info(&PasswordInfoQueryDto::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "the answer is longer than 1048576 bytes");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Responder::start([answer(307, "location: /elsewhere\r\n", "")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let error = client.set_identity_password(&PasswordChangeRequest::default()).await.unwrap_err();
    assert_eq!(error.api().map(|error| error.status), Some(307));
    assert_eq!(server.lines(), ["POST /v2025/set-password"]);
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let client =
        passwright_client::Client::builder().base_url(format!("http://{closed}")).access_token("t").build().unwrap();
    let error = client.query_password_info(&PasswordInfoQueryDto::default()).await.unwrap_err();
    assert!(error.to_string().starts_with("the server was not reached: "), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(error.is_transient());
}
