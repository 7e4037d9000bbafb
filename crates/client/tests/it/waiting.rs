//! Waiting for the final state.

use std::time::Duration;

use passwright_client::{ClientError, PasswordChangeState};

use crate::responder::{Responder, answer, ok};

fn state(state: &str) -> String {
    ok(&format!(r#"{{"requestId":"a1","state":"{state}","errors":[],"sourceIds":[]}}"#))
}

#[tokio::test]
async fn until_the_final_state() {
    let server =
        Responder::start([state("IN_PROGRESS"), answer(503, "", ""), state("IN_PROGRESS"), state("FINISHED")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let mut seen = Vec::new();
    let waited = client.wait_for_password_change("a1", Duration::from_secs(60), |status| seen.push(status.state)).await;
    assert_eq!(waited.unwrap().state, PasswordChangeState::Finished);
    let in_progress = PasswordChangeState::InProgress;
    assert_eq!(seen, [in_progress, in_progress, PasswordChangeState::Finished]);
    assert_eq!(server.lines(), ["GET /v2025/password-change-status/a1"; 4]);
}

#[tokio::test]
async fn a_failed_change_is_an_answer() {
    let server = Responder::start([state("FAILED")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let status = client.wait_for_password_change("a1", Duration::ZERO, |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Failed);
}

#[tokio::test]
async fn no_longer_than_asked() {
    let server = Responder::start([state("IN_PROGRESS"), state("FINISHED")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let error = client.wait_for_password_change("a1", Duration::from_millis(99), |_| {}).await.unwrap_err();
    assert!(matches!(&error, ClientError::StillInProgress(status) if status.request_id.as_deref() == Some("a1")));
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn what_will_not_change_ends_the_wait() {
    let server = Responder::start([answer(404, "", "{}"), state("FINISHED")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let error = client.wait_for_password_change("a1", Duration::MAX, |_| {}).await.unwrap_err();
    assert_eq!(error.api().map(|error| error.status), Some(404));
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_server_that_asks_to_wait_does_not_prolong_the_wait() {
    let busy = answer(503, "retry-after: 30\r\n", "{}");
    let server = Responder::start([state("IN_PROGRESS"), busy]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let begun = std::time::Instant::now();
    let error = client.wait_for_password_change("a1", Duration::from_millis(400), |_| {}).await.unwrap_err();
    assert!(matches!(error, ClientError::StillInProgress(_)), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(server.lines().len(), 2);
}
