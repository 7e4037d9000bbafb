//! The operations of Passwright's own API.

use passwright_client::{
    ClientError, PasswordChangeQuery, PasswordChangeRequest, PasswordChangeState, PasswordChangeTargetState,
    PathFamily, SyncPasswordRequest,
};

use crate::responder::{Responder, answer, ok, token};

const ID: &str = "089899f13a8f4da7824996191587bab9";

fn change() -> String {
    format!(
        r#"{{"id":"{ID}","identityId":"1","state":"IN_PROGRESS","errors":[],"summary":[],"acceptedAt":"t","endedAt":null,
        "version":1,"targets":[{{"sourceId":"2","sourceName":"CRM","accountId":"abby","accountName":"Abby",
        "state":"retrying","reason":"away","attempts":1,"nextAttemptAt":"t","endedAt":null}}]}}"#
    )
}

#[tokio::test]
async fn changes_are_made_once_read_listed_and_cancelled() {
    let accepted = answer(202, "", &format!(r#"{{"requestId":"{ID}","state":"IN_PROGRESS"}}"#));
    let server = Responder::start([
        token("a.b.c"),
        answer(503, "retry-after: 0\r\n", "{}"),
        accepted,
        ok(&change()),
        ok(&format!("[{}]", change())),
        ok("[]"),
        ok(&change()),
    ])
    .await;
    let client = server.client();
    let request = PasswordChangeRequest { identity_id: Some("1".into()), ..PasswordChangeRequest::default() };
    let made = client.create_password_change(&request, "my-key").await.unwrap();
    assert_eq!(made.request_id.as_deref(), Some(ID));
    let read = client.get_password_change(ID).await.unwrap();
    assert_eq!(read.targets[0].state, PasswordChangeTargetState::Retrying);
    let query = PasswordChangeQuery { identity_id: Some("a b&c".into()), limit: Some(5), offset: Some(10) };
    assert_eq!(client.list_password_changes(&query).await.unwrap(), std::slice::from_ref(&read));
    assert_eq!(client.list_password_changes(&PasswordChangeQuery::default()).await.unwrap(), []);
    assert_eq!(client.cancel_password_change(ID).await.unwrap(), read);

    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    let one = format!("GET /api/v1/password-changes/{ID}");
    let cancel = format!("POST /api/v1/password-changes/{ID}/cancel");
    let wanted = [
        "POST /oauth/token",
        "POST /api/v1/password-changes",
        "POST /api/v1/password-changes",
        &one,
        "GET /api/v1/password-changes?identityId=a+b%26c&limit=5&offset=10",
        "GET /api/v1/password-changes",
        &cancel,
    ];
    assert_eq!(lines, wanted);
    for asked in &asked[1..3] {
        assert_eq!(asked.header("idempotency-key"), Some("my-key"));
        assert_eq!(asked.body, r#"{"identityId":"1"}"#);
    }
    assert_eq!(asked[3].header("idempotency-key"), None);
}

#[tokio::test]
async fn ids_stay_in_their_path_and_answers_must_read() {
    let server = Responder::start([]).await;
    for id in ["", "..", "a/b", "a?b"] {
        let read = server.client().get_password_change(id).await.unwrap_err();
        let cancelled = server.client().cancel_password_change(id).await.unwrap_err();
        assert!(matches!((read, cancelled), (ClientError::InvalidRequestId, ClientError::InvalidRequestId)), "{id}");
    }
    assert!(server.asked().is_empty());
    let server = Responder::start([ok("{}")]).await;
    let client = server.builder().access_token("t").build().unwrap();
    let error = client.list_password_changes(&PasswordChangeQuery::default()).await.unwrap_err();
    assert!(matches!(error, ClientError::Answer { operation: "list_password_changes", .. }), "{error}");
}

#[tokio::test]
async fn a_sync_answers_its_change_or_nothing() {
    let accepted = answer(202, "", &format!(r#"{{"requestId":"{ID}","state":"IN_PROGRESS"}}"#));
    let server = Responder::start([accepted, answer(204, "", "")]).await;
    let client = server.builder().access_token("t").path_family(PathFamily::Root).build().unwrap();
    let request = SyncPasswordRequest { uuid: Some("u".into()), ..SyncPasswordRequest::default() };
    let change = client.sync_password(&request).await.unwrap().unwrap();
    assert_eq!((change.request_id.as_deref(), change.state), (Some(ID), PasswordChangeState::InProgress));
    assert_eq!(client.sync_password(&request).await.unwrap(), None);
    assert_eq!(server.lines(), ["POST /sync-password/v1", "POST /sync-password/v1"]);
    for family in [PathFamily::V3, PathFamily::V2026] {
        let client = server.builder().access_token("t").path_family(family).build().unwrap();
        let refused = client.sync_password(&request).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("sync_password does not exist in {family}"));
    }
}
