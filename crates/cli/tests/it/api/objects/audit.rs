use serde_json::json;

use super::{Admin, path};
use crate::support::demo;
use crate::support::fixture::Fixture;

/// Every change leaves its record, under the vendor's name where it has one; a refusal by a rule leaves none.
#[tokio::test]
async fn every_change_leaves_its_record() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let source = fixture.source("Reports").await.id.to_string();
    let before = fixture.events().await.len();
    let send = async |method: &str, path: String, body| {
        let answer = admin.send(method, &path, &body).await;
        assert!(answer.status < 300, "{answer:?}");
        if answer.text.is_empty() { json!({}) } else { answer.json() }
    };
    let one = |resource: &str, made: &serde_json::Value| path(resource, &format!("/{}", made["id"].as_str().unwrap()));
    let policy = send("POST", path("password-policies", ""), json!({"name": "A"})).await;
    send("PUT", one("password-policies", &policy), json!({"name": "B"})).await;
    send("DELETE", one("password-policies", &policy), json!({})).await;
    let group = send("POST", path("password-sync-groups", ""), json!({"name": "A", "sourceIds": [source]})).await;
    send("PUT", one("password-sync-groups", &group), json!({"name": "B", "sourceIds": [source]})).await;
    send("DELETE", one("password-sync-groups", &group), json!({})).await;
    send("POST", path("password-org-config", ""), json!({})).await;
    send("PUT", path("password-org-config", ""), json!({"customInstructionsEnabled": true})).await;
    let text = json!({"pageId": "mfa:select", "pageContent": "x"});
    send("POST", path("custom-password-instructions", ""), text).await;
    send("DELETE", path("custom-password-instructions", "/mfa:select"), json!({})).await;
    send("PATCH", path("sources", &format!("/{source}/password-policies")), json!([])).await;
    assert_eq!(admin.send("POST", &path("password-policies", ""), &json!({})).await.status, 400);
    let events = fixture.events().await;
    let expected = [
        "PASSWORD_POLICY_CREATED",
        "PASSWORD_POLICY_UPDATED",
        "PASSWORD_POLICY_DELETED",
        "PASSWORD_SYNC_GROUP_CREATED",
        "PASSWORD_SYNC_GROUP_UPDATED",
        "PASSWORD_SYNC_GROUP_DELETED",
        "PASSWORD_ORG_CONFIG_CREATE",
        "PASSWORD_ORG_CONFIG_UPDATE",
        "CUSTOM_PASSWORD_INSTRUCTIONS_CREATE",
        "CUSTOM_PASSWORD_INSTRUCTIONS_DELETE",
        "SOURCE_PASSWORD_POLICY_ASSIGNED",
    ];
    assert_eq!(events[before..], expected);
}
