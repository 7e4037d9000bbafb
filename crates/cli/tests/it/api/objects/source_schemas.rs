use passwright_client::PathFamily;
use serde_json::{Value, json};

use super::{Admin, path, refused};
use crate::support::demo;
use crate::support::fixture::Fixture;

fn attribute(name: &str) -> Value {
    json!({ "name": name, "type": "STRING", "description": name, "isMulti": false, "isEntitlement": false })
}

fn account() -> Value {
    json!({
        "name": "account",
        "nativeObjectType": "User",
        "identityAttribute": "distinguishedName",
        "displayAttribute": "sAMAccountName",
        "attributes": [attribute("distinguishedName"), attribute("sAMAccountName")],
    })
}

#[tokio::test]
async fn kept_per_source_in_every_family() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let source = fixture.source("My-AD").await.id.to_string();
    for family in PathFamily::ALL {
        let all = family.path("sources", &format!("/{source}/schemas"));
        let made = admin.send("POST", &all, &account()).await;
        assert_eq!(made.status, 201, "{family}: {made:?}");
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let one = format!("{all}/{id}");
        assert_eq!(made.json()["attributes"][1]["name"], "sAMAccountName");
        assert_eq!(admin.get(&one).await.json(), made.json(), "{family}");
        for (query, found) in
            [("", 1), ("?include-types=user", 1), ("?include-types=group", 0), ("?include-names=a,account", 1)]
        {
            assert_eq!(admin.get(&format!("{all}{query}")).await.json().as_array().unwrap().len(), found, "{query}");
        }
        let shown = admin.get(&family.path("sources", &format!("/{source}"))).await.json();
        assert_eq!(shown["schemas"], json!([{ "type": "CONNECTOR_SCHEMA", "id": id, "name": "account" }]), "{family}");
        let step = json!([{ "op": "add", "path": "/attributes/-", "value": attribute("mail") }]);
        let patched = admin.send("PATCH", &one, &step).await;
        assert_eq!((patched.status, patched.json()["attributes"].as_array().unwrap().len()), (200, 3), "{patched:?}");
        let mut replaced = patched.json();
        replaced["displayAttribute"] = json!("mail");
        let put = admin.send("PUT", &one, &replaced).await;
        assert_eq!((put.status, &put.json()["displayAttribute"]), (200, &json!("mail")), "{put:?}");

        refused(&admin.send("POST", &all, &account()).await, "400.1.409", "schema of this name");
        replaced.as_object_mut().unwrap().remove("id");
        refused(&admin.send("PUT", &one, &replaced).await, "400.1.0", "id is required");
        for (path, value, cause) in [
            ("/id", json!("x"), "cannot be changed"),
            ("/name", json!("group"), "name cannot be changed"),
            ("/created", json!("x"), "cannot be changed"),
            ("/identityAttribute", json!("uid"), "identityAttribute is not one"),
            ("/attributes/0/type", json!("FLOAT"), "wrong type"),
        ] {
            let step = json!([{ "op": "replace", "path": path, "value": value }]);
            refused(&admin.send("PATCH", &one, &step).await, "400.1.3", cause);
        }
        assert_eq!(admin.delete(&one).await.status, 204, "{family}");
        for answer in [admin.get(&one).await, admin.delete(&one).await, admin.send("PUT", &one, &account()).await] {
            assert_eq!(answer.status, 404, "{family}: {answer:?}");
        }
    }
    let all = path("sources", &format!("/{source}/schemas"));
    let mut group = account();
    group["name"] = json!("group");
    refused(&admin.send("POST", &all, &group).await, "400.1.3", "account");
    refused(&admin.get(&format!("{all}?include-types=role")).await, "400.1.3", "include-types");
    let nowhere = path("sources", "/2c91808382ffee0b01830de154f14034/schemas");
    assert_eq!(admin.get(&nowhere).await.status, 404);
    assert_eq!(admin.send("POST", &nowhere, &account()).await.status, 404);
    let events = fixture.events().await;
    for (event, times) in [("SOURCE_SCHEMA_CREATED", 6), ("SOURCE_SCHEMA_UPDATED", 12), ("SOURCE_SCHEMA_DELETED", 6)] {
        assert_eq!(events.iter().filter(|written| *written == event).count(), times, "{event}");
    }
}
