use passwright_client::PathFamily;
use passwright_testkit::Login;
use serde_json::json;

use super::{each, filtered};
use crate::support::fixture::Fixture;
use crate::support::{Answer, Caller, demo};

async fn send(caller: &Caller, method: &str, path: &str, kind: &str, body: &serde_json::Value) -> Answer {
    caller.send(caller.request(method, path).header("content-type", kind).body(body.to_string())).await
}

const PATCH: &str = "application/json-patch+json";
const JSON: &str = "application/json";

#[tokio::test]
async fn made_read_changed_and_deleted() {
    let server = demo();
    let admin = Caller::of(&server, Login::Admin).await;
    let fixture = Fixture::of(&server).await;
    let crm = fixture.source("CRM").await.id.to_string();
    for family in PathFamily::ALL {
        let apps = |rest: &str| family.path("source-apps", rest);
        let listed = admin.get(&format!("{}?count=true", apps(""))).await;
        if family == PathFamily::V3 {
            assert_eq!(listed.status, 404);
            continue;
        }
        assert_eq!(each(&listed, "name"), ["Build server", "CRM", "Reports", "Wiki", "Windows sign-in"]);
        let body = json!({
            "name": "Portal", "description": "d", "accountSource": {"id": crm, "type": "SOURCE", "name": "CRM"},
        });
        let made = send(&admin, "POST", &apps(""), JSON, &body).await;
        assert_eq!(made.status, 200, "{made:?}");
        let made = made.json();
        assert_eq!((&made["enabled"], &made["matchAllAccounts"]), (&json!(true), &json!(false)));
        assert_eq!(made["accountSource"]["useForPasswordManagement"], true);
        assert_eq!(made["accountSource"]["passwordPolicies"][0]["name"], "Demo");
        let one = apps(&format!("/{}", made["id"].as_str().unwrap()));
        assert_eq!(admin.get(&one).await.json(), made);
        let again = send(&admin, "POST", &apps(""), JSON, &body).await;
        assert!(again.status == 400 && again.cause().contains("name"), "{again:?}");
        let off = json!([{"op": "replace", "path": "/enabled", "value": false}]);
        let changed = send(&admin, "PATCH", &one, PATCH, &off).await;
        assert_eq!((changed.status, &changed.json()["enabled"]), (200, &json!(false)), "{changed:?}");
        let is_portal = r#"name eq "portal""#;
        assert_eq!(each(&admin.get(&filtered(&apps(""), is_portal)).await, "id").len(), 0);
        assert_eq!(each(&admin.get(&filtered(&apps("/all"), is_portal)).await, "id").len(), 1);
        let bulk = json!({
            "appIds": [made["id"]],
            "jsonPatch": [
                {"op": "replace", "path": "/enabled", "value": true},
                {"op": "replace", "path": "/matchAllAccounts", "value": true},
            ],
        });
        let updated = send(&admin, "POST", &apps("/bulk-update"), JSON, &bulk).await;
        assert_eq!((updated.status, updated.text.as_str()), (204, ""), "{updated:?}");
        // Switched on for all accounts, it is everybody's who has an account there.
        let abby = Caller::of(&server, Login::Abby).await;
        assert!(each(&abby.get(&apps("/assigned")).await, "name").contains(&"Portal".to_owned()));
        for (patch, status) in [
            (json!([{"op": "replace", "path": "/id", "value": "x"}]), 400),
            (json!([{"op": "replace", "path": "/name", "value": "Wiki"}]), 400),
            (json!([{"op": "replace", "path": "/accountSource/id", "value": "x"}]), 400),
            (json!([{"op": "test", "path": "/name", "value": "Other"}]), 400),
        ] {
            assert_eq!(send(&admin, "PATCH", &one, PATCH, &patch).await.status, status, "{patch}");
        }
        let deleted = admin.send(admin.request("DELETE", &one)).await;
        assert_eq!((deleted.status, &deleted.json()["name"]), (200, &json!("Portal")));
        assert_eq!(admin.get(&one).await.status, 404);
    }
    let events = fixture.events().await;
    for event in ["APPLICATION_CREATED", "APPLICATION_UPDATED", "APPLICATION_DELETED"] {
        assert!(events.iter().any(|known| known == event), "{event}");
    }
}

#[tokio::test]
async fn everybody_has_their_own() {
    let server = demo();
    let abby = Caller::of(&server, Login::Abby).await;
    let admin = Caller::of(&server, Login::Admin).await;
    for family in PathFamily::ALL.into_iter().filter(|family| *family != PathFamily::V3) {
        let apps = |rest: &str| family.path("user-apps", rest);
        let own = abby.get(&format!("{}?count=true", apps(""))).await;
        assert_eq!(own.header("x-total-count"), Some("5"), "{own:?}");
        let own = own.json();
        assert!(own.as_array().unwrap().iter().all(|app| app["owner"]["alias"] == "Abby.Smith"), "{own}");
        let wiki = own.as_array().unwrap().iter().find(|app| app["sourceApp"]["name"] == "Wiki").unwrap();
        assert_eq!((&wiki["source"]["name"], &wiki["useForPasswordManagement"]), (&json!("Intranet"), &json!(true)));
        assert_eq!(wiki["hasMultipleAccounts"], false);
        let id = wiki["id"].as_str().unwrap();
        let accounts = abby.get(&apps(&format!("/{id}/available-accounts?count=true"))).await;
        assert_eq!(accounts.header("x-total-count"), Some("1"), "{accounts:?}");
        let account = accounts.json()[0].clone();
        assert_eq!(account["sourceAccount"]["id"], wiki["account"]["id"]);
        assert_eq!(account["sourceAccount"]["nativeIdentity"], "abby.smith");
        assert_eq!(admin.get(&apps(&format!("/{id}/available-accounts"))).await.status, 404, "not the administrator's");
        assert_eq!(abby.get(&apps("/all")).await.status, 403);
        assert_eq!(admin.get(&apps("/all")).await.status, 400, "a filter is required");
        let of_eve = admin.get(&filtered(&apps("/all"), r#"ownerAlias eq "Eve.Novak""#)).await;
        assert_eq!(of_eve.header("x-total-count"), Some("3"), "{of_eve:?}");
        let one = admin.get(&filtered(&apps("/all"), &format!("id eq \"{id}\""))).await.json();
        assert_eq!(&one[0], wiki);
    }
}
