use passwright_client::PathFamily;
use passwright_domain::access::Level;
use passwright_testkit::Login;
use serde_json::{Value, json};

use super::{families, patch};
use crate::support::fixture::{ALL, Fixture};
use crate::support::{Caller, demo};

fn capabilities(names: &[&str]) -> Value {
    json!([{"op": "replace", "path": "/capabilities", "value": names}])
}

#[tokio::test]
async fn a_level_counts_from_the_next_request_on() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let admin = Caller::of(&server, Login::Admin).await;
    let person = fixture.identity(&[]).await;
    // One token, issued before any of it.
    let holder = fixture.token(&person, ALL).await.caller(&server).await;
    let accounts = PathFamily::V2025.path("accounts", "?limit=1");
    assert_eq!(holder.get(&accounts).await.status, 403);
    for family in families() {
        let one = family.path("auth-users", &format!("/{}", person.id));
        let given = patch(&admin, &one, &capabilities(&["HELPDESK"])).await;
        assert_eq!((given.status, &given.json()["capabilities"]), (200, &json!(["HELPDESK"])), "{given:?}");
        assert_eq!(holder.get(&accounts).await.status, 200, "{family}");
        let step = json!([{"op": "add", "path": "/capabilities/-", "value": "SOURCE_ADMIN"}]);
        assert_eq!(patch(&admin, &one, &step).await.json()["capabilities"], json!(["HELPDESK", "SOURCE_ADMIN"]));
        let taken = patch(&admin, &one, &capabilities(&[])).await;
        assert_eq!(taken.json()["capabilities"], json!([]));
        assert_eq!(holder.get(&accounts).await.status, 403, "{family}");
        assert_eq!(admin.get(&one).await.json(), taken.json());
    }
    let events = fixture.audit_events(&format!("identity:{}", person.id)).await;
    assert_eq!(events, vec!["USER_CAPABILITIES_UPDATED"; 3 * families().count()]);
}

#[tokio::test]
async fn what_is_shown_of_a_user() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let admin = Caller::of(&server, Login::Admin).await;
    let abby = fixture.identity_named("Abby.Smith").await;
    let shown = admin.get(&PathFamily::V3.path("auth-users", &format!("/{}", abby.id))).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    let body = shown.json();
    assert_eq!(
        (&body["id"], &body["alias"], &body["uid"]),
        (&json!(abby.id), &json!("Abby.Smith"), &json!("Abby.Smith"))
    );
    assert_eq!((&body["displayName"], &body["capabilities"]), (&json!("Abby Smith"), &json!([])));
    assert!(body["lastPasswordChangeDate"].as_str().is_some_and(|at| at.ends_with('Z')), "{body}");
    assert!(body.as_object().unwrap().keys().all(|key| !key.to_lowercase().contains("hash")), "{body}");
    for unknown in ["089899f13a8f4da7824996191587bab9", "x"] {
        assert_eq!(admin.get(&PathFamily::V3.path("auth-users", &format!("/{unknown}"))).await.status, 404);
    }
    assert_eq!(admin.get(&PathFamily::Beta.path("auth-users", &format!("/{}", abby.id))).await.status, 404);
}

#[tokio::test]
async fn what_is_refused() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let admin = Caller::of(&server, Login::Admin).await;
    let person = fixture.identity(&[Level::Helpdesk]).await;
    let one = PathFamily::V2025.path("auth-users", &format!("/{}", person.id));
    for (steps, code, cause) in [
        (capabilities(&["CERT_ADMIN"]), "400.1.3", "capabilities may be ORG_ADMIN, HELPDESK, "),
        (capabilities(&["org_admin"]), "400.1.3", "capabilities may be"),
        (json!([{"op": "replace", "path": "/alias", "value": "x"}]), "400.1.1 Illegal update attempt", "/capabilities"),
        (json!([{"op": "copy", "from": "/alias", "path": "/capabilities"}]), "400.1.1", "/capabilities"),
        (json!([{"op": "replace", "path": "/capabilities", "value": "ORG_ADMIN"}]), "400.1.3", "wrong type"),
        (json!([{"op": "remove", "path": "/capabilities/5"}]), "400.1.3", "is not a path"),
    ] {
        let answer = patch(&admin, &one, &steps).await;
        answer.check_error_form();
        assert_eq!(answer.status, 400, "{steps}");
        assert!(answer.json()["detailCode"].as_str().unwrap().starts_with(code), "{answer:?}");
        assert!(answer.cause().contains(cause), "{answer:?}");
    }
    assert_eq!(admin.get(&one).await.json()["capabilities"], json!(["HELPDESK"]));

    // The last who can give it keeps it; with a second one it can be taken.
    let olga = fixture.identity_named("Olga.Admin").await;
    let last = PathFamily::V2025.path("auth-users", &format!("/{}", olga.id));
    let alone = patch(&admin, &last, &capabilities(&[])).await;
    assert_eq!(alone.status, 400);
    assert!(alone.cause().contains("nobody would be ORG_ADMIN"), "{alone:?}");
    assert_eq!(patch(&admin, &one, &capabilities(&["ORG_ADMIN"])).await.status, 200);
    assert_eq!(patch(&admin, &last, &capabilities(&["HELPDESK"])).await.status, 200);
    assert_eq!(patch(&admin, &one, &capabilities(&["HELPDESK"])).await.status, 403, "it is gone at once");

    let helpdesk = Caller::of(&server, Login::Helpdesk).await;
    let client = fixture.client(ALL).await.caller(&server).await;
    for who in [&helpdesk, &client] {
        assert_eq!(who.get(&one).await.status, 403);
        assert_eq!(patch(who, &one, &capabilities(&["ORG_ADMIN"])).await.status, 403);
    }
}
