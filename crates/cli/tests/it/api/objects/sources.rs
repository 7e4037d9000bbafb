use passwright_client::PathFamily;
use passwright_domain::access::Level;
use passwright_domain::directory::Source;
use passwright_testkit::TestServer;
use serde_json::{Map, Value, json};

use super::{Admin, path, refused};
use crate::support::fixture::{ALL, Fixture};
use crate::support::{Caller, demo, question};

const OURS: [&str; 4] = ["SOURCE_CREATED", "SOURCE_UPDATED", "SOURCE_DELETED", "SOURCE_CONNECTION_CHECKED"];
const UNKNOWN: &str = "2c91808382ffee0b01830de154f14034";

fn one(id: &str) -> String {
    path("sources", &format!("/{id}"))
}

fn patch(op: &str, path: &str, value: &Value) -> Value {
    json!([{ "op": op, "path": path, "value": value }])
}

/// The service credential of the demo's directory.
fn credential(server: &TestServer) -> String {
    std::fs::read_to_string(server.file("secrets/my-ad-service.secret")).unwrap().trim_end().to_owned()
}

/// A second source at the demo's directory, as an administrator describes it.
async fn directory(admin: &Admin, fixture: &Fixture<'_>, password: &str) -> Value {
    let stored = fixture.source("My-AD").await;
    let known = admin.get(&one(stored.id.as_str())).await.json();
    let mut settings: Map<String, Value> = Map::new();
    for key in ["url", "ca_file", "bind_dn"] {
        settings.insert(key.to_owned(), known["connectorAttributes"][key].clone());
    }
    settings.insert("password".to_owned(), password.into());
    let owner = fixture.identity_named("Olga.Admin").await;
    json!({
        "name": "Second AD",
        "description": "the same directory",
        "owner": { "type": "IDENTITY", "id": owner.id.as_str(), "name": null },
        "connector": "active_directory",
        "features": ["PASSWORD", "PROVISIONING", "ENABLE", "AUTHENTICATE"],
        "connectorAttributes": settings,
        "cluster": null,
    })
}

#[tokio::test]
async fn listed_in_every_family() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let names = |answer: &crate::support::Answer| -> Vec<String> {
        let json = answer.json();
        json.as_array().unwrap().iter().map(|source| source["name"].as_str().unwrap().to_owned()).collect()
    };
    for family in PathFamily::ALL {
        let all = family.path("sources", "");
        let listed = admin.get(&format!("{all}?count=true")).await;
        assert_eq!(names(&listed), ["CRM", "Intranet", "My-AD", "Reports"], "{family}");
        assert_eq!(listed.header("x-total-count"), Some("4"), "{family}");
        let id = listed.json()[2]["id"].as_str().unwrap().to_owned();
        let got = admin.get(&family.path("sources", &format!("/{id}"))).await;
        assert_eq!((got.status, got.json()), (200, listed.json()[2].clone()), "{family}");
    }
    let ask = async |query: &str| admin.get(&format!("{}?{query}", path("sources", ""))).await;
    assert_eq!(names(&ask("includeIDNSource=true&sorters=-created").await).len(), 5);
    assert_eq!(names(&ask("filters=type%20eq%20%22active_directory%22").await), ["My-AD"]);
    assert_eq!(names(&ask("filters=features+ca+(%22PASSWORD%22)&limit=1&offset=1").await), ["Intranet"]);
    assert_eq!(names(&ask("for-subadmin=me").await).len(), 4);
    let nobody = fixture.identity(&[]).await;
    assert!(names(&ask(&format!("for-subadmin={}", nobody.id)).await).is_empty());
    for wrong in ["for-subadmin=x", "filters=x%20eq%20%22y%22", "sorters=features", "limit=251", "includeIDNSource=1"] {
        assert_eq!(ask(wrong).await.status, 400, "{wrong}");
    }
    let directory = ask("filters=name+eq+%22my-ad%22").await;
    let secret = credential(&server);
    assert!(!directory.text.contains(&secret) && !directory.text.contains("\"password\""), "{directory:?}");
    assert_eq!(directory.json()[0]["passwordPolicies"][0]["name"], "Demo");
    assert_eq!(admin.get(&one(UNKNOWN)).await.status, 404);
}

#[tokio::test]
async fn connected_checked_changed_and_deleted() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let secret = credential(&server);
    let wanted = directory(&admin, &fixture, &secret).await;
    let before = fixture.events().await.len();
    let made = admin.send("POST", &path("sources", ""), &wanted).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert!(!made.text.contains(&secret));
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(made.json()["owner"]["name"], "Olga Admin");
    assert_eq!((&made.json()["healthy"], &made.json()["since"]), (&json!(false), &Value::Null));
    // The rows are those that `apply` writes.
    let (ours, theirs) = (fixture.source("Second AD").await, fixture.source("My-AD").await);
    assert_eq!(ours.connector, theirs.connector);
    assert!(ours.sealed_credential.as_ref().is_some_and(|sealed| !sealed.contains(&secret)));

    // The credential opens and works.
    let check = async |family: PathFamily, what: &str| {
        let path = family.path("sources", &format!("/{id}/connector/{what}"));
        admin.send("POST", &path, &Value::Null).await
    };
    for family in PathFamily::ALL {
        for what in ["check-connection", "test-configuration"] {
            let answer = check(family, what).await;
            if family == PathFamily::V3 {
                assert_eq!(answer.status, 404);
                continue;
            }
            assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("SUCCESS")), "{answer:?}");
            assert_eq!((&answer.json()["id"], &answer.json()["details"]), (&json!(id), &json!({})));
        }
    }
    let shown = admin.get(&one(&id)).await.json();
    assert_eq!((&shown["healthy"], &shown["status"]), (&json!(true), &json!("SOURCE_STATE_HEALTHY")));

    // What is read can be sent back; it changes nothing.
    let same = admin.send("PUT", &one(&id), &shown).await;
    assert_eq!((same.status, same.json()), (200, shown));
    // The service knows it at once: an account on it can be asked about, until it no longer takes passwords.
    let user = fixture.identity(&[]).await;
    fixture.account(&user, &ours.id, "CN=Nobody").await;
    let client = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let ask = async || client.query_password_info(&question(&user.alias, Some("Second AD"))).await;
    assert_eq!(ask().await.unwrap().source_id.as_deref(), Some(id.as_str()));
    let fewer = admin.send("PATCH", &one(&id), &patch("replace", "/features", &json!(["ENABLE"]))).await;
    assert_eq!((fewer.status, &fewer.json()["features"]), (200, &json!(["ENABLE"])));
    assert!(ask().await.is_err());
    let added = admin.send("PATCH", &one(&id), &patch("add", "/features/-", &json!("PASSWORD"))).await;
    assert_eq!(added.json()["features"], json!(["PASSWORD", "ENABLE"]));
    assert!(ask().await.is_ok());

    // A wrong credential, and the exact fault.
    let other = patch("replace", "/connectorAttributes/password", &json!("Wr0ng-secret"));
    let wrong = admin.send("PATCH", &one(&id), &other).await;
    assert_eq!((wrong.status, &wrong.json()["status"]), (200, &json!("SOURCE_STATE_UNCHECKED_SOURCE")), "{wrong:?}");
    let failed = check(PathFamily::V2025, "check-connection").await;
    assert_eq!((failed.status, &failed.json()["status"]), (200, &json!("FAILURE")), "{failed:?}");
    assert_eq!(failed.json()["details"]["class"], "configuration", "{failed:?}");
    assert!(failed.json()["details"]["detail"].as_str().unwrap().contains("49"), "{failed:?}");
    assert!(!failed.text.contains("Wr0ng"));
    assert_eq!(admin.get(&one(&id)).await.json()["status"], "SOURCE_STATE_FAILURE_SOURCE");
    // The refusal stopped it, and only another credential lets it go on: checks do not lock the service account.
    let again = check(PathFamily::V2025, "test-configuration").await.json();
    assert!(again["details"]["detail"].as_str().unwrap().contains("not tried again"), "{again}");
    let right = patch("add", "/connectorAttributes/password", &json!(secret));
    assert_eq!(admin.send("PATCH", &one(&id), &right).await.status, 200);
    assert_eq!(check(PathFamily::V2025, "check-connection").await.json()["status"], "SUCCESS");

    refused(&admin.delete(&one(&id)).await, "400.2.1.0", "accounts");
    let empty = json!({ "name": "Third AD", "owner": wanted["owner"], "connector": "active_directory",
        "connectorAttributes": wanted["connectorAttributes"] });
    let third = admin.send("POST", &path("sources", ""), &empty).await.json()["id"].as_str().unwrap().to_owned();
    let deleted = admin.delete(&one(&third)).await;
    assert_eq!((deleted.status, &deleted.json()["type"]), (202, &json!("TASK_RESULT")), "{deleted:?}");
    assert_eq!(admin.delete(&one(&third)).await.status, 404);
    let events = fixture.events().await;
    let ours: Vec<_> = events[before..].iter().filter(|event| OURS.contains(&event.as_str())).cloned().collect();
    let mut expected = vec!["SOURCE_CREATED"];
    expected.extend(["SOURCE_CONNECTION_CHECKED"; 10]);
    expected.extend(["SOURCE_UPDATED"; 3]);
    expected.extend(["SOURCE_CONNECTION_CHECKED"; 2]);
    expected.extend(["SOURCE_UPDATED", "SOURCE_CONNECTION_CHECKED", "SOURCE_CREATED", "SOURCE_DELETED"]);
    assert_eq!(ours, expected);
}

#[tokio::test]
async fn what_is_refused() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let secret = credential(&server);
    let wanted = directory(&admin, &fixture, &secret).await;
    let with = |changes: &[(&str, Value)]| {
        let mut body = wanted.clone();
        for (pointer, value) in changes {
            let (holder, key) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(holder).unwrap()[key] = value.clone();
        }
        body
    };
    let sql = json!({ "database": "sqlite:///etc/x", "update": "UPDATE a SET b = :password_hash WHERE c = :account",
        "select": "SELECT b FROM a WHERE c = :account" });
    let cases = [
        (with(&[("/name", Value::Null)]), "400.1.0", "name"),
        (with(&[("/name", json!("crm"))]), "400.1.409", "another source"),
        (with(&[("/owner", Value::Null)]), "400.1.0", "owner"),
        (with(&[("/owner", json!({ "id": UNKNOWN }))]), "400.1.404", "owner"),
        (with(&[("/connector", Value::Null)]), "400.1.0", "connector"),
        (with(&[("/connector", json!("mainframe"))]), "400.1.3", "connector"),
        (with(&[("/connector", json!("built_in"))]), "400.1.3", "built-in"),
        (with(&[("/connector", json!("sql")), ("/connectorAttributes", sql)]), "400.1.3", "apply"),
        (with(&[("/features", json!(["PASSWORT"]))]), "400.1.3", "PASSWORT"),
        (with(&[("/connectorAttributes/hostname", json!("x"))]), "400.1.3", "hostname"),
        (with(&[("/connectorAttributes/bind_dn", json!(5))]), "400.1.3", "wrong type"),
        (with(&[("/connectorAttributes/url", json!("ldap://dc1"))]), "400.1.3", "connectorAttributes"),
        (with(&[("/connectorAttributes/ca_file", json!("/etc/passwd"))]), "400.1.3", "ca_file"),
        (with(&[("/connectorAttributes/password", json!(""))]), "400.1.3", "password"),
        (with(&[("/authoritative", json!(true))]), "400.1.3", "authoritative"),
        (json!([]), "400.1 ", "object"),
    ];
    for (body, code, cause) in cases {
        let answer = admin.send("POST", &path("sources", ""), &body).await;
        refused(&answer, code, cause);
        assert!(!answer.text.contains(&secret), "{answer:?}");
    }
    let csv = admin.send("POST", &format!("{}?provisionAsCsv=true", path("sources", "")), &wanted).await;
    refused(&csv, "400.1.3", "provisionAsCsv");

    let my_ad = fixture.source("My-AD").await.id.to_string();
    let crm = fixture.source("CRM").await.id.to_string();
    let built_in = fixture.sources().await.into_iter().find(Source::is_built_in).unwrap().id.to_string();
    let elsewhere = json!("ldaps://127.0.0.1:1");
    for (id, op, pointer, value, cause) in [
        (&my_ad, "replace", "/id", json!(UNKNOWN), "id cannot be changed"),
        (&my_ad, "replace", "/type", json!("ldap"), "type cannot be changed"),
        (&my_ad, "replace", "/authoritative", json!(true), "authoritative cannot be changed"),
        (&my_ad, "replace", "/created", json!("x"), "created cannot be changed"),
        (&my_ad, "replace", "/modified", json!("x"), "modified cannot be changed"),
        (&my_ad, "replace", "/connector", json!("ldap"), "connector cannot be changed"),
        (&my_ad, "add", "/connectorClass", json!("x"), "connectorClass cannot be changed"),
        (&my_ad, "replace", "/passwordPolicies", json!([]), "passwordPolicies cannot be changed"),
        (&my_ad, "replace", "/cluster/id", json!("x"), "not a path"),
        (&my_ad, "replace", "/features", json!(["UNLOCK"]), "password group"),
        (&my_ad, "replace", "/connectorAttributes/url", elsewhere.clone(), "password is required"),
        (&my_ad, "add", "/connectorAttributes/other_urls", json!([elsewhere]), "password is required"),
        (&my_ad, "replace", "/name", json!("CRM"), "another source"),
        (&crm, "replace", "/connectorAttributes/update", json!("x"), "apply"),
        (&crm, "add", "/connectorAttributes/password", json!("x"), "apply"),
        (&built_in, "add", "/connectorAttributes/url", json!("x"), "built-in"),
    ] {
        refused(&admin.send("PATCH", &one(id), &patch(op, pointer, &value)).await, "400", cause);
    }
    // What says nothing about the address needs no credential.
    let slower = patch("replace", "/connectorAttributes/connect_timeout_ms", &json!(2500));
    assert_eq!(admin.send("PATCH", &one(&my_ad), &slower).await.status, 200);
    // What of these needs no connector can be changed.
    let renamed = admin.send("PATCH", &one(&crm), &patch("replace", "/description", &json!("customers"))).await;
    assert_eq!((renamed.status, &renamed.json()["description"]), (200, &json!("customers")), "{renamed:?}");
    let put = json!({ "name": "CRM", "connector": "ldap" });
    refused(&admin.send("PUT", &one(&crm), &put).await, "400.1.3", "connector cannot be changed");
    refused(&admin.delete(&one(&crm)).await, "400.2.1.0", "password group");
    refused(&admin.delete(&one(&built_in)).await, "400.2.1.0", "built-in");
    for method in ["PUT", "PATCH", "DELETE"] {
        let body = if method == "PATCH" { json!([]) } else { put.clone() };
        assert_eq!(admin.send(method, &one(UNKNOWN), &body).await.status, 404, "{method}");
    }
}

#[tokio::test]
async fn levels() {
    let server = demo();
    let fixture = Fixture::of(&server).await;
    let source = fixture.source("My-AD").await.id.to_string();
    let check = path("sources", &format!("/{source}/connector/check-connection"));
    let schemas = path("sources", &format!("/{source}/schemas"));
    // Rows: the level, then what reading, changing, checking, reading schemas and making one answer.
    for (level, wanted) in [
        (Level::OrgAdmin, [200, 400, 200, 200, 400]),
        (Level::SourceAdmin, [200, 400, 403, 200, 400]),
        (Level::SourceSubadmin, [200, 400, 403, 200, 403]),
        (Level::RoleSubadmin, [200, 403, 403, 403, 403]),
        (Level::Helpdesk, [403, 403, 403, 403, 403]),
    ] {
        let identity = fixture.identity(&[level]).await;
        let caller: Caller = fixture.token(&identity, ALL).await.caller(&server).await;
        let answers = [
            caller.get(&one(&source)).await.status,
            caller.post_json(&path("sources", ""), &json!({})).await.status,
            caller.post_json(&check, &json!({})).await.status,
            caller.get(&schemas).await.status,
            caller.post_json(&schemas, &json!({})).await.status,
        ];
        assert_eq!(answers, wanted, "{level:?}");
    }
    let client: Caller = fixture.client(ALL).await.caller(&server).await;
    assert_eq!(client.get(&one(&source)).await.status, 200);
    assert_eq!(client.post_json(&check, &json!({})).await.status, 200);
    assert_eq!(client.get(&schemas).await.status, 403, "schemas need a user");
}
