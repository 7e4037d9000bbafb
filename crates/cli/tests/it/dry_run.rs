//! Trying a password against the rules of every account it would reach.

use std::collections::BTreeMap;

use passwright_client::{PasswordDryRun, PathFamily};
use passwright_domain::access::Level;
use passwright_testkit::Login;
use serde_json::json;

use crate::support::fixture::{ALL, Fixture};
use crate::support::{ABBY_ALIAS, demo, info, shared};

const DRY_RUN: &str = "/api/v1/password-policy/dry-run";
const CANDIDATE: &str = "xyzzy";

#[tokio::test]
async fn every_broken_rule_at_every_account_of_the_group() {
    let server = demo();
    let client = server.client(Login::BulkClient, PathFamily::V2025).unwrap();
    let ad = info(&client, ABBY_ALIAS, Some("My-AD")).await;
    let ask = async |source: Option<String>, password: &str| {
        let (identity_id, password) = (ad.identity_id.clone(), password.to_owned());
        let request = PasswordDryRun { identity_id, source_id: source, account_id: None, password };
        client.dry_run_password(&request).await.unwrap()
    };
    let answer = ask(ad.source_id.clone(), CANDIDATE).await;
    assert!(!answer.acceptable);
    let broken: BTreeMap<_, Vec<_>> = answer
        .accounts
        .iter()
        .map(|at| (at.source_name.as_str(), at.broken_rules.iter().map(|broken| broken.rule.as_str()).collect()))
        .collect();
    let rules = vec!["minLength", "minNumeric"];
    assert_eq!(broken, BTreeMap::from([("My-AD", rules.clone()), ("CRM", rules.clone())]));
    assert_eq!(answer.accounts[0].account_id, ad.accounts[0].account_id.clone().unwrap());
    assert!(answer.accounts.iter().all(|at| at.broken_rules.iter().all(|broken| !broken.message.contains(CANDIDATE))));

    assert!(ask(ad.source_id.clone(), "Good-Enough-1").await.acceptable);
    let own = ask(None, CANDIDATE).await;
    assert_eq!((own.accounts.len(), own.acceptable), (1, false), "the sign-in password alone");

    let abby = server.client(Login::Abby, PathFamily::V2025).unwrap();
    let request = PasswordDryRun { source_id: ad.source_id.clone(), password: CANDIDATE.into(), ..Default::default() };
    assert_eq!(abby.dry_run_password(&request).await.unwrap(), answer, "a user's own without saying whose");

    // Nothing became of it: the old password still works everywhere and no change was made.
    let fixture = Fixture::of(&server).await;
    let abby = fixture.identity_named(ABBY_ALIAS).await;
    assert_eq!(fixture.changes_of(&abby.id).await, Vec::<String>::new());
}

#[tokio::test]
async fn only_who_may_set_the_password_may_try_one() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let (user, other) = (fixture.identity(&[]).await, fixture.identity(&[Level::OrgAdmin]).await);
    let body = json!({ "identityId": user.id.as_str(), "password": CANDIDATE });
    let manage = fixture.client(&["idn:password-change:manage"]).await.caller(&server).await;
    let rows = [
        (manage.clone(), 200),
        (fixture.client(&["idn:password-info:read", "idn:password-change:read"]).await.caller(&server).await, 403),
        (fixture.token(&user, ALL).await.caller(&server).await, 200),
        (fixture.token(&user, &["idn:password-info:read"]).await.caller(&server).await, 403),
        (fixture.token(&other, ALL).await.caller(&server).await, 403),
    ];
    for (row, (caller, status)) in rows.into_iter().enumerate() {
        let answer = caller.post_json(DRY_RUN, &body).await;
        assert_eq!(answer.status, status, "row {row}: {}", answer.text);
        assert!(!answer.text.contains(CANDIDATE), "{answer:?}");
        if status != 200 {
            answer.check_error_form();
        }
    }

    let whose = user.id.as_str();
    for (body, cause) in [
        (json!({ "password": "x" }), "identityId is required"),
        (json!({ "identityId": "x", "password": "x" }), "identityId does not name an identity"),
        (json!({ "identityId": "00".repeat(16), "password": "x" }), "identityId does not name an identity"),
        (json!({ "identityId": whose, "password": "" }), "password is required"),
        (json!({ "identityId": whose }), "\"password\" is required"),
        (json!({ "identityId": whose, "password": 5 }), "\"password\" must be a string"),
        (json!({ "identityId": whose, "password": "a\u{0}b" }), "password must not hold control characters"),
        (json!({ "identityId": whose, "password": "x".repeat(246) }), "password must have at most 245 bytes"),
        (json!({ "identityId": whose, "accountId": "x", "password": "x" }), "sourceId is required with accountId"),
        (json!({ "identityId": whose, "sourceId": "x", "password": "x" }), "sourceId does not name a source"),
    ] {
        let answer = manage.post_json(DRY_RUN, &body).await;
        assert_eq!((answer.status, answer.cause().as_str()), (400, cause), "{body}");
        answer.check_error_form();
    }
    assert_eq!(
        manage.post_json(DRY_RUN, &json!({ "identityId": whose, "password": "x".repeat(245) })).await.status,
        200
    );
}
