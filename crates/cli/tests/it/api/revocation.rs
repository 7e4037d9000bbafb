//! What is withdrawn counts from the next request on, although access tokens live for hours.

use passwright_client::PathFamily;
use serde_json::json;

use crate::support::fixture::{ALL, Fixture, Grant};
use crate::support::{Caller, QUERY, SET, VERIFY, shared, status_path};

/// Refused with its token, and given no new one.
async fn is_withdrawn(caller: &Caller, grant: &Grant, what: &str) {
    for (path, body) in [(QUERY, "{}"), (SET, "{}"), (VERIFY, "{}"), ("/v3/set-password", "{}")] {
        let answer = caller.post(path, body).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
        answer.check_error_form();
        assert_eq!(answer.json()["error"], "JWT validation failed: the client may not act", "{what}");
    }
    assert_eq!(caller.get(&status_path("089899f13a8f4da7824996191587bab9")).await.status, 401, "{what}");
    let answer = caller.token(&grant.id, &grant.secret).await;
    assert_eq!((answer.status, &answer.json()["error"]), (401, &json!("invalid_client")), "{what}");
}

#[tokio::test]
async fn clients_tokens_and_their_owners() {
    let server = shared();
    let fixture = Fixture::of(&server).await;

    let grant = fixture.client(ALL).await;
    let caller = grant.caller(&server).await;
    assert_eq!(caller.post(QUERY, "{}").await.status, 400);
    fixture.disable_client(&grant.id).await;
    is_withdrawn(&caller, &grant, "a disabled client").await;

    let user = fixture.identity(&[]).await;
    let (first, second, third) =
        (fixture.token(&user, ALL).await, fixture.token(&user, ALL).await, fixture.token(&user, ALL).await);
    let callers = [first.caller(&server).await, second.caller(&server).await, third.caller(&server).await];
    let own = json!({ "userName": user.alias });
    let status = async |caller: &Caller| caller.post_json(QUERY, &own).await.status;
    for caller in &callers {
        assert_eq!(status(caller).await, 200);
    }
    fixture.delete_token(&first.id).await;
    is_withdrawn(&callers[0], &first, "a deleted personal access token").await;
    fixture.expire_token(&second.id).await;
    is_withdrawn(&callers[1], &second, "an expired personal access token").await;
    assert_eq!(status(&callers[2]).await, 200, "the owner's other token is untouched");
    fixture.disable_identity(&user).await;
    is_withdrawn(&callers[2], &third, "a disabled owner").await;
}

/// A scope that is taken away is gone at once too.
#[tokio::test]
async fn scopes() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client(ALL).await;
    let caller = grant.caller(&server).await;
    let path = PathFamily::Beta.path("query-password-info", "");
    assert_eq!(caller.post(&path, "{}").await.status, 400);
    fixture.set_scopes(&grant.id, &["idn:password-change:read"]).await;
    assert_eq!(caller.post(&path, "{}").await.status, 403);
    fixture.set_scopes(&grant.id, ALL).await;
    assert_eq!(caller.post(&path, "{}").await.status, 400);
}
