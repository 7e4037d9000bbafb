use passwright_client::PathFamily;
use serde_json::{Value, json};

use super::{Admin, path, refused};
use crate::support::demo;
use crate::support::fixture::Fixture;

const GROUPS: &str = "password-sync-groups";

#[tokio::test]
async fn made_read_replaced_and_deleted() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let id_of = |sources: &[passwright_domain::directory::Source], name: &str| {
        sources.iter().find(|source| source.name == name).unwrap().id.to_string()
    };
    let sources = fixture.sources().await;
    let (ad, crm) = (id_of(&sources, "My-AD"), id_of(&sources, "CRM"));
    let (intranet, reports) = (id_of(&sources, "Intranet"), id_of(&sources, "Reports"));
    for family in PathFamily::ALL {
        let all = family.path(GROUPS, "");
        let listed = admin.get(&format!("{all}?count=true")).await;
        assert_eq!(listed.header("x-total-count"), Some("1"), "{listed:?}");
        assert_eq!(listed.json()[0]["sourceIds"], json!([ad, crm]));
        let body =
            json!({"id": null, "name": "Two", "sourceIds": [reports, intranet], "created": null, "modified": null});
        let made = admin.send("POST", &all, &body).await;
        assert_eq!(made.status, 200, "{made:?}");
        let made = made.json();
        // In the order that was asked for.
        assert_eq!((&made["sourceIds"], &made["passwordPolicyId"]), (&json!([reports, intranet]), &Value::Null));
        assert!(made["created"].as_str().unwrap().ends_with('Z'));
        let one = family.path(GROUPS, &format!("/{}", made["id"].as_str().unwrap()));
        assert_eq!(admin.get(&one).await.json(), made);
        let replaced = admin.send("PUT", &one, &json!({"name": "One", "sourceIds": [intranet]})).await;
        assert_eq!((replaced.status, &replaced.json()["sourceIds"]), (200, &json!([intranet])));
        assert_eq!(admin.delete(&one).await.status, 204);
        for answer in [admin.get(&one).await, admin.delete(&one).await, admin.send("PUT", &one, &body).await] {
            assert_eq!(answer.status, 404, "{answer:?}");
        }
    }
    let group = admin.get(&path(GROUPS, "")).await.json()[0].clone();
    let built_in = sources.iter().find(|source| source.is_built_in()).unwrap().id.to_string();
    let unknown = "2c91808382ffee0b01830de154f14034";
    for (body, code, cause) in [
        (json!({"sourceIds": [reports]}), "400.1.0", "name"),
        (json!({"name": "G"}), "400.1.0", "sourceIds"),
        (json!({"name": "G", "sourceIds": [ad]}), "400.1.409", "Corporate"),
        (json!({"name": "CORPORATE", "sourceIds": [reports]}), "400.1.409", "name"),
        (json!({"name": "G", "sourceIds": [reports, reports]}), "400.1.3", "twice"),
        (json!({"name": "G", "sourceIds": [unknown]}), "400.1.404", "sourceIds"),
        (json!({"name": "G", "sourceIds": ["x"]}), "400.1.404", "sourceIds"),
        (json!({"name": "G", "sourceIds": [reports], "passwordPolicyId": unknown}), "400.1.404", "passwordPolicyId"),
    ] {
        refused(&admin.send("POST", &path(GROUPS, ""), &body).await, code, cause);
    }
    assert_eq!(admin.send("POST", &path(GROUPS, ""), &json!({"name": "B", "sourceIds": [built_in]})).await.status, 200);

    // A deleted group leaves its policy with its sources.
    let policy =
        admin.send("POST", &path("password-policies", ""), &json!({"name": "Kept"})).await.json()["id"].clone();
    let mut with_policy = group.clone();
    with_policy["passwordPolicyId"] = policy.clone();
    let one = path(GROUPS, &format!("/{}", group["id"].as_str().unwrap()));
    assert_eq!(admin.send("PUT", &one, &with_policy).await.status, 200);
    assert_eq!(admin.delete(&one).await.status, 204);
    let shown = admin.get(&path("password-policies", &format!("/{}", policy.as_str().unwrap()))).await.json();
    let mut expected = [ad, crm];
    expected.sort();
    assert_eq!(shown["sourceIds"], json!(expected));
}
