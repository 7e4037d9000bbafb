use passwright_client::PathFamily;
use passwright_testkit::Login;
use serde_json::{Value, json};

use super::{Admin, path, refused};
use crate::support::fixture::{ALL, Fixture};
use crate::support::{Caller, demo, shared};

const POLICIES: &str = "password-policies";

#[tokio::test]
async fn made_read_replaced_and_deleted_in_every_family() {
    let server = shared();
    let admin = Admin::of(&server).await;
    for family in PathFamily::ALL {
        let name = format!("Strict {family}");
        let body =
            json!({"name": name, "minLength": 12, "minUpper": 1, "useDictionary": null, "connectedServices": []});
        let made = admin.send("POST", &family.path(POLICIES, ""), &body).await;
        assert_eq!(made.status, 200, "{made:?}");
        let made = made.json();
        let one = family.path(POLICIES, &format!("/{}", made["id"].as_str().unwrap()));
        let dated = |policy: &Value| match family {
            PathFamily::Beta | PathFamily::V3 => policy["dateCreated"].as_str().unwrap().ends_with('Z'),
            _ => policy["dateCreated"].as_i64().unwrap() > 1_700_000_000_000,
        };
        assert!(dated(&made), "{made}");
        assert_eq!(
            (&made["minLength"], &made["minAlpha"], &made["defaultPolicy"]),
            (&json!(12), &json!(0), &json!(false))
        );
        assert_eq!(admin.get(&one).await.json(), made);

        // What was read can be sent back, its own times and lists included.
        let mut changed = made.clone();
        changed["minLength"] = json!(14);
        let replaced = admin.send("PUT", &one, &changed).await;
        assert_eq!(replaced.status, 200, "{replaced:?}");
        let replaced = replaced.json();
        assert_eq!((&replaced["minLength"], &replaced["dateCreated"]), (&json!(14), &made["dateCreated"]));
        assert!(!replaced["lastUpdated"].is_null());

        // Other tests make policies on this server meanwhile.
        let own = format!("?filters=name+eq+%22{}%22&count=true", name.replace(' ', "%20"));
        let listed = admin.get(&family.path(POLICIES, &own)).await;
        let names: Vec<Value> = listed.json().as_array().unwrap().iter().map(|p| p["name"].clone()).collect();
        assert_eq!((names, listed.header("x-total-count")), (vec![json!(name)], Some("1")));

        let gone = admin.delete(&one).await;
        assert_eq!((gone.status, gone.text.as_str()), (204, ""));
        for answer in [admin.get(&one).await, admin.delete(&one).await, admin.send("PUT", &one, &changed).await] {
            assert_eq!(answer.status, 404, "{answer:?}");
        }
    }
}

#[tokio::test]
async fn lists_in_parts() {
    let server = shared();
    let admin = Admin::of(&server).await;
    for n in 0..3 {
        let made = admin.send("POST", &path(POLICIES, ""), &json!({"name": format!("Paged {n}%")})).await;
        assert_eq!(made.status, 200, "{made:?}");
    }
    let names = async |query: &str| {
        let answer = admin.get(&path(POLICIES, query)).await;
        assert_eq!(answer.status, 200, "{query} {answer:?}");
        let names = answer.json().as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect();
        let names: Vec<String> = names;
        (names, answer.header("x-total-count").map(str::to_owned))
    };
    let paged = "filters=name+sw+%22PAGED%22";
    assert_eq!(
        names(&format!("?{paged}")).await,
        (["Paged 0%", "Paged 1%", "Paged 2%"].map(str::to_owned).to_vec(), None)
    );
    assert_eq!(
        names(&format!("?{paged}&limit=1&offset=1&count=true")).await,
        (vec!["Paged 1%".into()], Some("3".into()))
    );
    assert_eq!(names(&format!("?{paged}&sorters=-name&limit=1")).await.0, ["Paged 2%"]);
    assert_eq!(names(&format!("?{paged}&limit=0&count=true")).await, (vec![], Some("3".into())));
    assert_eq!(
        names("?filters=not%20(name%20sw%20%22paged%22)%20and%20name%20co%20%22%25%22").await.0,
        Vec::<String>::new()
    );
    assert_eq!(names("?filters=name+in+(%22paged+0%25%22,%22x%22)").await.0, ["Paged 0%"]);
    for (query, code, cause) in [
        ("?limit=251", "400.1.4", "limit"),
        ("?limit=-1", "400.1.3", "limit"),
        ("?offset=x", "400.1.3", "offset"),
        ("?count=maybe", "400.1.3", "count"),
        ("?filters=minLength+eq+8", "400.1.3", "\"minLength\""),
        ("?filters=name+gt+%22a%22", "400.1.3", "\"gt\""),
        ("?filters=name+eq+%22a", "400.1.3", "double quote"),
        ("?sorters=id", "400.1.3", "\"id\""),
    ] {
        refused(&admin.get(&path(POLICIES, query)).await, code, cause);
    }
}

#[tokio::test]
async fn what_is_refused() {
    let server = shared();
    let admin = Admin::of(&server).await;
    let make = async |body: Value| admin.send("POST", &path(POLICIES, ""), &body).await;
    assert_eq!(make(json!({"name": "Taken"})).await.status, 200);
    for (body, code, cause) in [
        (json!({}), "400.1.0", "name is required"),
        (json!({"name": " "}), "400.1.0", "name is required"),
        (json!({"name": "a\u{7}"}), "400.1.3", "control"),
        (json!({"name": " ＴＡＫＥＮ "}), "400.1.409", "another password policy"),
        (json!({"name": "P", "minLength": 9, "maxLength": 8}), "400.1.4", "minLength 9"),
        (json!({"name": "P", "minAlpha": -1}), "400.1.4", "minAlpha"),
        (json!({"name": "P", "minLength": "8"}), "400.1.3", "minLength"),
        (json!({"name": "P", "sourceIds": ["2c91808382ffee0b01830de154f14034"]}), "400.1.3", "sourceIds"),
    ] {
        refused(&make(body).await, code, cause);
    }
    let used = admin.get(&path(POLICIES, "")).await.json();
    let default = used.as_array().unwrap().iter().find(|policy| policy["defaultPolicy"] == true).unwrap();
    let default = path(POLICIES, &format!("/{}", default["id"].as_str().unwrap()));
    refused(&admin.delete(&default).await, "400.2.1.0", "default");
    for wrong in ["nonsense", "2c91808382ffee0b01830de154f14034"] {
        assert_eq!(admin.get(&path(POLICIES, &format!("/{wrong}"))).await.status, 404);
    }
}

#[tokio::test]
async fn there_is_always_one_default_and_a_used_policy_stays() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let old = admin.get(&path(POLICIES, "")).await.json()[0].clone();
    assert_eq!(old["defaultPolicy"], true);
    let made = admin.send("POST", &path(POLICIES, ""), &json!({"name": "New", "defaultPolicy": true})).await.json();
    let defaults = async || {
        let all = admin.get(&path(POLICIES, "")).await.json();
        let marked = all.as_array().unwrap().iter().filter(|policy| policy["defaultPolicy"] == true);
        marked.map(|policy| policy["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(defaults().await, ["New"]);
    // SDKs fill in false; the mark moves only to another one.
    let one = path(POLICIES, &format!("/{}", made["id"].as_str().unwrap()));
    let kept = admin.send("PUT", &one, &json!({"name": "Newer", "defaultPolicy": false})).await;
    assert_eq!(kept.json()["defaultPolicy"], true, "{kept:?}");
    assert_eq!(defaults().await, ["Newer"]);

    // A group takes the policy; then it cannot be deleted, and says which sources it is in force on.
    let group = admin.get(&path("password-sync-groups", "")).await.json()[0].clone();
    let held = admin.send("POST", &path(POLICIES, ""), &json!({"name": "Held"})).await.json();
    let mut wanted = group.clone();
    wanted["passwordPolicyId"] = held["id"].clone();
    let group_path = path("password-sync-groups", &format!("/{}", group["id"].as_str().unwrap()));
    let grouped = admin.send("PUT", &group_path, &wanted).await;
    assert_eq!(grouped.status, 200, "{grouped:?}");
    let held_path = path(POLICIES, &format!("/{}", held["id"].as_str().unwrap()));
    let shown = admin.get(&held_path).await.json();
    assert_eq!(shown["sourceIds"].as_array().unwrap().len(), 2, "{shown}");
    refused(&admin.delete(&held_path).await, "400.2.1.0", "Corporate");
}

#[tokio::test]
async fn who_may() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let client = fixture.client(ALL).await.caller(&server).await;
    assert_eq!(client.get(&path(POLICIES, "")).await.status, 200);
    let refused_write = client.post(&path(POLICIES, ""), r#"{"name":"x"}"#).await;
    assert_eq!((refused_write.status, refused_write.cause().as_str()), (403, "the operation needs a user's token"));
    let user = Caller::of(&server, Login::Abby).await;
    assert_eq!(user.get(&path(POLICIES, "")).await.status, 403);
    let reader = fixture.client(&["idn:password-sync-group:read"]).await.caller(&server).await;
    assert_eq!(reader.get(&path(POLICIES, "")).await.status, 403);
}
