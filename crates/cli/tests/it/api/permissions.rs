//! Who may call what: scopes, user context, levels, one's own identity.

use passwright_client::{PathFamily, encrypt_password};
use passwright_domain::access::Level;
use serde_json::json;

use crate::support::fixture::{ALL, Fixture};
use crate::support::{Answer, QUERY, SET, VERIFY, info, protected_paths, shared};

#[track_caller]
fn check(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text);
    if status >= 400 {
        answer.check_error_form();
    }
}

const UNKNOWN_ID: &str = "089899f13a8f4da7824996191587bab9";

/// Each operation is refused to a client with every scope but its own, and reached with its own alone.
#[tokio::test]
async fn every_operation_asks_for_its_scope() {
    const SCOPES: [&str; 4] = [
        "idn:password-digit-token:create",
        "idn:password-info:read",
        "idn:password-change:manage",
        "idn:password-change:read",
    ];
    let server = shared();
    let fixture = Fixture::of(&server).await;
    for own in SCOPES {
        let others: Vec<&str> = SCOPES.into_iter().filter(|scope| *scope != own).chain(["idn:sources:read"]).collect();
        let with = fixture.client(&[own]).await.caller(&server).await;
        let without = fixture.client(&others).await.caller(&server).await;
        for (method, path) in protected_paths() {
            let needed = match path.as_str() {
                path if path.contains("digit") => SCOPES[0],
                path if path.contains("query") => SCOPES[1],
                path if path.contains("set-password") => SCOPES[2],
                _ => SCOPES[3],
            };
            if needed != own {
                continue;
            }
            // A body that reads, so that only the right is left to refuse; a reader of statuses finds nothing.
            let body = r#"{"userId":" ","digitToken":"1"}"#;
            let call = async |caller: &crate::support::Caller| match method {
                "GET" => caller.get(&path).await,
                _ => caller.post(&path, body).await,
            };
            let refused = call(&without).await;
            check(&refused, 403, &path);
            assert_eq!(refused.cause(), "the token lacks the scope of this operation");
            let reached = match path.as_str() {
                VERIFY => 200,
                path if path.contains("status") => 404,
                _ => 400,
            };
            check(&call(&with).await, reached, &path);
        }
    }
}

#[tokio::test]
async fn user_tokens_at_query_password_info() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let (user, other) = (fixture.identity(&[]).await, fixture.identity(&[]).await);
    let helpdesk = fixture.identity(&[Level::Helpdesk]).await;
    let admin = fixture.identity(&[Level::OrgAdmin]).await;
    let grants = [
        fixture.token(&user, ALL).await.caller(&server).await,
        fixture.token(&helpdesk, ALL).await.caller(&server).await,
        fixture.token(&admin, ALL).await.caller(&server).await,
    ];
    let (own, level, own_admin) = ("a user may query only their own password info", "helpdesk", "admin");
    for family in PathFamily::ALL {
        let path = family.path("query-password-info", "");
        let beta = family == PathFamily::Beta;
        // Caller, name asked for, status outside beta; inside beta a user is always refused.
        let cases = [
            (0, user.alias.as_str(), 200, own),
            (0, other.alias.as_str(), 403, own),
            (0, "Nobody.Here", 403, own),
            (1, helpdesk.alias.as_str(), 200, level),
            (1, user.alias.as_str(), 403, level),
            (2, user.alias.as_str(), 200, own_admin),
            (2, "Nobody.Here", 400, own_admin),
        ];
        for (caller, name, status, what) in cases {
            let answer = grants[caller].post_json(&path, &json!({ "userName": name })).await;
            let what = format!("{what}: {path} about {name}");
            check(&answer, if beta { 403 } else { status }, &what);
            if answer.status == 403 {
                let wanted = if beta { "only an API client may query password info in beta" } else { own };
                assert_eq!(answer.cause(), wanted, "{what}");
            }
        }
    }
}

/// A refusal is the same whether the named identity exists or not.
#[tokio::test]
async fn a_user_sets_only_their_own_password() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let trusted = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let victim = fixture.identity(&[]).await;
    let at_stake = info(&trusted, &victim.alias, None).await;
    let encrypted = encrypt_password(at_stake.public_key.as_deref().unwrap(), "Taken-Over-1").unwrap();
    for levels in [&[][..], &[Level::Helpdesk], &[Level::OrgAdmin]] {
        let user = fixture.identity(levels).await;
        let caller = fixture.token(&user, ALL).await.caller(&server).await;
        let mut refusals = Vec::new();
        for identity in [victim.id.as_str(), UNKNOWN_ID, "not an id"] {
            let body = json!({
                "identityId": identity,
                "encryptedPassword": encrypted,
                "publicKeyId": at_stake.public_key_id,
                "accountId": at_stake.accounts[0].account_id,
                "sourceId": at_stake.source_id,
            });
            for family in PathFamily::ALL {
                let answer = caller.post_json(&family.path("set-password", ""), &body).await;
                check(&answer, 403, identity);
                refusals.push((answer.cause(), answer.json()["detailCode"].clone()));
            }
        }
        refusals.dedup();
        assert_eq!(refusals.len(), 1, "{refusals:?}");
        // Their own account's fields do not help: the account of the victim is not theirs.
        let body = json!({
            "encryptedPassword": encrypted,
            "publicKeyId": info(&trusted, &user.alias, None).await.public_key_id,
            "accountId": at_stake.accounts[0].account_id,
            "sourceId": at_stake.source_id,
        });
        let answer = caller.post_json(SET, &body).await;
        check(&answer, 400, "own identity, the victim's account");
    }
    assert_eq!(fixture.sign_in_hash(&victim.id).await, None, "nothing was changed");
    let changes = fixture.changes_of(&victim.id).await;
    assert!(changes.is_empty(), "{changes:?}");
}

#[tokio::test]
async fn a_user_without_the_field_means_themselves() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let user = fixture.identity(&[]).await;
    let caller = fixture.token(&user, ALL).await.caller(&server).await;
    let own = caller.post_json(QUERY, &json!({ "userName": user.alias })).await.json();
    let encrypted = encrypt_password(own["publicKey"].as_str().unwrap(), "Own-Password-1").unwrap();
    let body = json!({ "encryptedPassword": encrypted, "publicKeyId": own["publicKeyId"], "identityId": null });
    let answer = caller.post_json(SET, &body).await;
    check(&answer, 202, "own password");
    let change = fixture.change(answer.json()["requestId"].as_str().unwrap()).await;
    assert_eq!((change.identity_id, change.actor), (user.id.clone(), format!("identity:{}", user.id)));
}
