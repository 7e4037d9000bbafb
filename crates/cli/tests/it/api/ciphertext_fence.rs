//! R8 and R10: a ciphertext belongs to who used it first. The same again is a retry; from anyone else it is refused, and
//! the refusal tells nothing of what is inside.

use passwright_client::{Client, PasswordChangeRequest, PathFamily, encrypt_password};
use passwright_testkit::Login;

use crate::support::fixture::{ALL, Fixture};
use crate::support::targets::{System, systems_that_accept};
use crate::support::{ABBY_ALIAS, accept, demo, end_of, info, request_for, request_with, shared};

async fn refusal(client: &Client, request: &PasswordChangeRequest) -> String {
    let error = client.set_identity_password(request).await.unwrap_err();
    let error = error.api().unwrap_or_else(|| panic!("{error}"));
    assert_eq!(error.status, 400, "{error}");
    error.reason()
}

const TAKEN: &str = "encryptedPassword was used before by another caller or identity";

/// The matrix over who, whose and which account, on an accepted ciphertext.
#[tokio::test]
async fn who_may_send_a_ciphertext_again() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let family = PathFamily::V2025;
    let (first, second) = (fixture.client(ALL).await, fixture.client(ALL).await);
    let (first, second) = (first.client(&server, family), second.client(&server, family));
    let (user, other) = (fixture.identity(&[]).await, fixture.identity(&[]).await);
    let own = fixture.token(&user, ALL).await.client(&server, family);
    let others = fixture.token(&other, ALL).await.client(&server, family);
    let about_user = info(&first, &user.alias, None).await;
    let about_other = info(&first, &other.alias, None).await;
    assert_eq!(about_user.public_key, about_other.public_key, "one key pair, so that the ciphertext opens for both");

    // The password is against the policy: a refusal must not say so.
    for password in ["Good-Password-1", "bad"] {
        let request = request_for(&about_user, password);
        let id = accept(&first, &request).await;
        let elsewhere =
            PasswordChangeRequest { ..request_with(&about_other, request.encrypted_password.clone().unwrap()) };
        let rows: [(&str, &Client, &PasswordChangeRequest, Option<&str>); 7] = [
            ("the same caller", &first, &request, Some(&id)),
            ("another client", &second, &request, None),
            ("the identity itself", &own, &request, None),
            ("the same caller for another identity", &first, &elsewhere, None),
            ("another client for another identity", &second, &elsewhere, None),
            ("the other identity for itself", &others, &elsewhere, None),
            ("the same caller again", &first, &request, Some(&id)),
        ];
        for (what, caller, request, wanted) in rows {
            match wanted {
                Some(id) => assert_eq!(accept(caller, request).await, id, "{what}"),
                None => assert_eq!(refusal(caller, request).await, TAKEN, "{what}"),
            }
        }
        end_of(&first, &id).await;
        assert_eq!(accept(&first, &request).await, id, "after its end too");
        assert_eq!(refusal(&others, &elsewhere).await, TAKEN);
    }
    assert_eq!(fixture.changes_of(&user.id).await.len(), 2, "one change for each ciphertext");
    assert_eq!(fixture.changes_of(&other.id).await, [""; 0]);
}

/// A ciphertext that was refused for a public fault is still free.
#[tokio::test]
async fn a_refused_request_uses_nothing_up() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let (first, second) = (fixture.client(ALL).await, fixture.client(ALL).await);
    let (first, second) = (first.client(&server, PathFamily::V3), second.client(&server, PathFamily::V3));
    let user = fixture.identity(&[]).await;
    let request = request_for(&info(&first, &user.alias, None).await, "Good-Password-1");
    let wrong = PasswordChangeRequest { account_id: Some("nobody".to_owned()), ..request.clone() };
    refusal(&first, &wrong).await;
    let id = accept(&second, &request).await;
    assert_eq!(end_of(&second, &id).await.state.as_str(), "FINISHED");
    assert_eq!(refusal(&first, &request).await, TAKEN);
}

/// Sent at once by two callers, one has it; sent at once by one caller, it is one change.
#[tokio::test]
async fn at_the_same_time() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let (first, second) = (fixture.client(ALL).await, fixture.client(ALL).await);
    let (first, second) = (first.client(&server, PathFamily::V3), second.client(&server, PathFamily::V3));
    let user = fixture.identity(&[]).await;
    let about = info(&first, &user.alias, None).await;
    info(&second, &user.alias, None).await;
    for round in 0..10 {
        let request = request_for(&about, &format!("Good-Password-{round}"));
        let (one, other) = tokio::join!(first.set_identity_password(&request), second.set_identity_password(&request));
        assert!(one.is_ok() != other.is_ok(), "round {round}: {one:?} {other:?}");
        let request = request_for(&about, &format!("Better-Password-{round}"));
        let (one, other) = tokio::join!(accept(&first, &request), accept(&first, &request));
        assert_eq!(one, other, "round {round}");
    }
    assert_eq!(fixture.changes_of(&user.id).await.len(), 20);
}

/// A retry writes nothing: an older password does not come back by it. For another account it is a change of its own.
#[tokio::test]
async fn a_retry_brings_no_old_password_back() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::Beta).unwrap();
    let directory = info(&client, ABBY_ALIAS, Some("My-AD")).await;
    let intranet = info(&client, ABBY_ALIAS, Some("Intranet")).await;
    let encrypted = encrypt_password(directory.public_key.as_deref().unwrap(), "First-Password-1").unwrap();
    let first = accept(&client, &request_with(&directory, encrypted.clone())).await;
    assert_eq!(end_of(&client, &first).await.state.as_str(), "FINISHED");
    let second = accept(&client, &request_for(&directory, "Second-Password-2")).await;
    assert_eq!(end_of(&client, &second).await.state.as_str(), "FINISHED");

    assert_eq!(accept(&client, &request_with(&directory, encrypted.clone())).await, first);
    let other = accept(&client, &request_with(&intranet, encrypted.clone())).await;
    assert_ne!(other, first, "another account of the identity");
    assert_eq!(accept(&client, &request_with(&intranet, encrypted)).await, other);
    let end = end_of(&client, &other).await;
    assert_eq!((end.state.as_str(), end.source_ids), ("FINISHED", vec![intranet.source_id.unwrap()]));
    assert_eq!(systems_that_accept(&server, "First-Password-1").await, [System::Intranet]);
    assert_eq!(systems_that_accept(&server, "Second-Password-2").await, [System::MyAd, System::Crm]);
    assert_eq!(end_of(&client, &first).await.state.as_str(), "FINISHED", "what was done stays told");
}
