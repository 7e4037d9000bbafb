use passwright_client::PathFamily;
use passwright_domain::access::Level;
use serde_json::{Value, json};

use super::{Admin, path, refused};
use crate::support::fixture::{ALL, Fixture};
use crate::support::{demo, info};

fn holders(source: &str) -> String {
    path("sources", &format!("/{source}/password-policies"))
}

#[tokio::test]
async fn assigned_shown_and_in_force() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let source = fixture.source("Reports").await.id.to_string();
    let policy = async |name: &str, length: i64| -> Value {
        let body = json!({"name": name, "minLength": length});
        admin.send("POST", &path("password-policies", ""), &body).await.json()["id"].clone()
    };
    let (long, longer) = (policy("Long", 21).await, policy("Longer", 22).await);
    let wanted = json!([
        {"policyId": long, "policyName": "ignored", "selectors": null},
        {"policyId": longer, "selectors": {"identityAttr": [{"name": "department", "value": "Nowhere"}]}},
    ]);
    for family in PathFamily::ALL {
        let all = family.path("sources", &format!("/{source}/password-policies"));
        let set = admin.send("PATCH", &all, &wanted).await;
        let listed = admin.get(&format!("{all}?count=true&limit=1&offset=1")).await;
        match family {
            PathFamily::Beta | PathFamily::V3 => assert_eq!((set.status, listed.status), (404, 404)),
            PathFamily::V2024 => assert_eq!((set.status, listed.status), (200, 405)),
            _ => {
                let shown = json!([
                    {"policyId": long, "policyName": "Long", "selectors": null},
                    {
                        "policyId": longer,
                        "policyName": "Longer",
                        "selectors": {"identityAttr": [{"name": "department", "value": "Nowhere"}]},
                    },
                ]);
                assert_eq!((set.status, set.json()), (200, shown.clone()));
                assert_eq!((listed.json(), listed.header("x-total-count")), (json!([shown[1]]), Some("2")));
            }
        }
    }
    // In force at once: the query tells the rules of the assigned policy.
    let client = fixture.client(ALL).await.client(&server, PathFamily::V2025);
    let rules = info(&client, "Abby.Smith", Some("Reports")).await.policies;
    assert!(rules.iter().any(|rule| rule == "passwordMinLength is 21"), "{rules:?}");
    let used = admin.delete(&path("password-policies", &format!("/{}", longer.as_str().unwrap()))).await;
    refused(&used, "400.2.1.0", "Reports");

    let unknown = "2c91808382ffee0b01830de154f14034";
    let entry = |policy: &Value, selectors: Value| json!({"policyId": policy, "selectors": selectors});
    let department = json!({"identityAttr": [{"name": "department", "value": "Sales"}]});
    for (body, code, cause) in [
        (json!([{"selectors": null}]), "400.1.404", "policyId"),
        (json!([entry(&json!(unknown), Value::Null)]), "400.1.404", unknown),
        (json!([entry(&long, Value::Null), entry(&longer, json!({"identityAttr": []}))]), "400.1.3", "everyone"),
        (json!([entry(&long, json!({"identityAttr": [{"name": "department"}]}))]), "400.1.0", "identityAttr"),
        (json!({}), "400.1 ", "array"),
    ] {
        refused(&admin.send("PATCH", &holders(&source), &body).await, code, cause);
    }
    let grouped = fixture.source("CRM").await.id.to_string();
    let except = json!([entry(&long, department)]);
    refused(&admin.send("PATCH", &holders(&grouped), &except).await, "400.1.3", "password group");
    assert_eq!(admin.send("PATCH", &holders(unknown), &json!([])).await.status, 404);
    assert_eq!(admin.get(&holders(unknown)).await.status, 404);
    // A source with exceptions stays out of groups.
    let group = json!({"name": "With exceptions", "sourceIds": [source]});
    refused(&admin.send("POST", &path("password-sync-groups", ""), &group).await, "400.1.3", "exceptions");
    assert_eq!(admin.send("PATCH", &holders(&source), &json!([])).await.json(), json!([]));

    let subadmin = fixture.identity(&[Level::SourceSubadmin]).await;
    let subadmin = fixture.token(&subadmin, ALL).await.caller(&server).await;
    assert_eq!(subadmin.get(&holders(&source)).await.status, 200);
    let helpdesk = fixture.identity(&[Level::Helpdesk]).await;
    let helpdesk = fixture.token(&helpdesk, ALL).await.caller(&server).await;
    assert_eq!(helpdesk.get(&holders(&source)).await.status, 403);
}
