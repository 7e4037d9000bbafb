//! Renewal of the token after a 401, repetition after 429 and 503.

use passwright_client::{PasswordChangeRequest, PasswordDigitTokenReset, PasswordInfoQueryDto};

use crate::responder::{Responder, answer, ok, token};

const INFO: &str = "POST /v2025/query-password-info";
const TOKEN: &str = "POST /oauth/token";

fn unauthorized() -> String {
    answer(401, "", r#"{"error":"JWT validation failed: JWT is expired"}"#)
}

fn busy(status: u16, seconds: &str) -> String {
    answer(status, &format!("retry-after: {seconds}\r\n"), r#"{"message":" Rate Limit Exceeded "}"#)
}

#[tokio::test]
async fn a_401_renews_the_token_once() {
    let server = Responder::start([token("old"), unauthorized(), token("new"), ok("{}"), ok("{}")]).await;
    let client = server.client();
    client.query_password_info(&PasswordInfoQueryDto::default()).await.unwrap();
    client.query_password_info(&PasswordInfoQueryDto::default()).await.unwrap();
    assert_eq!(server.lines(), [TOKEN, INFO, TOKEN, INFO, INFO]);
    let sent: Vec<_> =
        server.asked().iter().filter_map(|asked| asked.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent, ["Bearer old", "Bearer new", "Bearer new"]);
}

#[tokio::test]
async fn a_second_401_is_the_answer() {
    let server = Responder::start([token("old"), unauthorized(), token("new"), unauthorized()]).await;
    let error = server.client().query_password_info(&PasswordInfoQueryDto::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "JWT validation failed: JWT is expired (status 401)");
    assert_eq!(server.lines(), [TOKEN, INFO, TOKEN, INFO]);
}

#[tokio::test]
async fn a_fixed_token_is_not_renewed() {
    let server = Responder::start([unauthorized()]).await;
    let client = server.builder().access_token("fixed").build().unwrap();
    let error = client.query_password_info(&PasswordInfoQueryDto::default()).await.unwrap_err();
    assert_eq!(error.api().map(|error| error.status), Some(401));
    assert_eq!(server.lines(), [INFO]);
}

#[tokio::test]
async fn calls_at_once_fetch_one_token() {
    let server = Responder::start([token("one"), ok("{}"), ok("{}"), ok("{}")]).await;
    let client = server.client();
    let query = PasswordInfoQueryDto::default();
    let (a, b, c) = tokio::join!(
        client.query_password_info(&query),
        client.query_password_info(&query),
        client.query_password_info(&query)
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(server.lines(), [TOKEN, INFO, INFO, INFO]);
}

#[tokio::test]
async fn retry_after_is_honoured_and_bounded() {
    let server = Responder::start([busy(429, "0"), token("t"), busy(429, "0"), busy(503, "0"), ok("{}")]).await;
    server.client().query_password_info(&PasswordInfoQueryDto::default()).await.unwrap();
    assert_eq!(server.lines(), [TOKEN, TOKEN, INFO, INFO, INFO]);

    let server = Responder::start([busy(429, "0"), busy(429, "0"), busy(429, "0"), busy(429, "0"), ok("{}")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let error = client.query_password_info(&PasswordInfoQueryDto::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "Rate Limit Exceeded (status 429, retry after 0 s)");
    assert!(error.is_transient());
    assert_eq!(server.lines().len(), 4, "the first and three repeats");

    let server = Responder::start([busy(503, "3600")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let error = client.query_password_info(&PasswordInfoQueryDto::default()).await.unwrap_err();
    assert_eq!(error.api().and_then(|error| error.retry_after).map(|wait| wait.as_secs()), Some(3600));
    assert_eq!(server.lines(), [INFO]);
}

#[tokio::test]
async fn what_is_repeated() {
    let accepted = || answer(202, "", r#"{"requestId":"a1","state":"IN_PROGRESS"}"#);
    let request = PasswordChangeRequest { encrypted_password: Some("Y2k=".into()), ..Default::default() };

    let server = Responder::start([busy(503, "0"), accepted()]).await;
    let client = server.builder().access_token("t").build().unwrap();
    client.set_identity_password(&request).await.unwrap();
    let bodies: Vec<_> = server.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(bodies, [r#"{"encryptedPassword":"Y2k="}"#; 2], "the same ciphertext");

    let server = Responder::start([busy(503, "0"), accepted()]).await;
    let client = server.builder().access_token("t").repeat_set_password(false).build().unwrap();
    assert!(client.set_identity_password(&request).await.is_err());
    assert_eq!(server.lines().len(), 1);

    let server = Responder::start([busy(429, "0"), ok("{}")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    assert!(client.create_digit_token(&PasswordDigitTokenReset::for_user("Abby.Smith")).await.is_err());
    assert_eq!(server.lines().len(), 1, "each call would make a new token");
}
