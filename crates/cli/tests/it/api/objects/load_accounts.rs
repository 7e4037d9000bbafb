use passwright_client::PathFamily;
use passwright_testkit::{Login, TestServer};
use serde_json::{Value, json};

use super::{Admin, path, refused};
use crate::program::run;
use crate::support::fixture::Fixture;
use crate::support::{ABBY, Answer, Caller, demo, until};

async fn load(admin: &Admin, path: &str, kind: &str, body: &str) -> Answer {
    let request = admin.0.request("POST", path).header("content-type", kind).body(body.to_owned());
    admin.0.send(request).await
}

/// The aggregation, once it has ended.
async fn ended(admin: &Admin, id: &str) -> Value {
    until("the accounts are read", async || {
        let now = admin.get(&format!("/api/v1/aggregations/{id}")).await;
        assert_eq!(now.status, 200, "{now:?}");
        Some(now.json()).filter(|now| now["state"] != "RUNNING")
    })
    .await
}

fn form(boundary: &str, parts: &[(&str, &str)]) -> String {
    let part = |(head, content): &(&str, &str)| {
        format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    };
    parts.iter().map(part).collect::<String>() + &format!("--{boundary}--\r\n")
}

#[tokio::test]
async fn the_demos_sources_are_read_in_every_family() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let source = fixture.source("My-AD").await;
    for family in PathFamily::ALL {
        let path = family.path("sources", &format!("/{}/load-accounts", source.id));
        let answer = load(&admin, &path, "multipart/form-data; boundary=x", &form("x", &[])).await;
        if family == PathFamily::V3 {
            assert_eq!(answer.status, 404, "{answer:?}");
            continue;
        }
        assert_eq!(answer.status, 202, "{family}: {answer:?}");
        let json = answer.json();
        let task = &json["task"];
        assert_eq!((&json["success"], &task["type"]), (&json!(true), &json!("QUARTZ")));
        let attributes = json!({ "appId": source.id.as_str(), "optimizedAggregation": "enabled" });
        assert_eq!((&task["attributes"], &task["completed"]), (&attributes, &Value::Null));
        let done = ended(&admin, task["id"].as_str().unwrap()).await;
        assert_eq!((&done["state"], &done["read"]), (&json!("COMPLETED"), &json!(7)), "{done}");
        let unchanged = [&done["created"], &done["removed"], &done["uncorrelated"]];
        assert_eq!(unchanged, [&json!(0); 3], "the demo's accounts are those of its directory: {done}");
    }
    let list = format!("{}?filters=nativeIdentity+eq+%22{}%22", path("accounts", ""), ABBY.replace(' ', "+"));
    let abby = admin.get(&list).await.json()[0].clone();
    assert_eq!((&abby["attributes"]["mail"], &abby["name"]), (&json!("abby.smith@acme.com"), &json!("Abby Smith")));
    assert_eq!((&abby["uncorrelated"], &abby["identity"]["name"]), (&json!(false), &json!("Abby Smith")));
    assert_eq!(abby["uuid"].as_str().map(str::len), Some(36), "{abby}");
    for (name, count) in [("CRM", 6), ("Reports", 3), ("Intranet", 4)] {
        let source = fixture.source(name).await;
        let path = path("sources", &format!("/{}/load-accounts", source.id));
        let task = load(&admin, &path, "application/x-www-form-urlencoded", "disableOptimization=true").await;
        let done = ended(&admin, task.json()["task"]["id"].as_str().unwrap()).await;
        assert_eq!((&done["state"], &done["read"], &done["created"]), (&json!("COMPLETED"), &json!(count), &json!(0)));
    }
    let list = admin.get(&format!("/api/v1/aggregations?sourceId={}&limit=2", source.id)).await.json();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["sourceName"]), (2, &json!("My-AD")));
    let events = fixture.audit_events(&format!("source:{}", source.id)).await;
    assert_eq!(events.iter().filter(|event| *event == "ACCOUNT_AGGREGATION_PASSED").count(), 5, "{events:?}");
}

#[tokio::test]
async fn a_file_stands_for_the_source_and_too_few_remove_nothing() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let fixture = Fixture::of(&server).await;
    let source = fixture.source("Reports").await;
    let path = path("sources", &format!("/{}/load-accounts", source.id));
    let send = async |parts: &[(&str, &str)]| {
        load(&admin, &path, "multipart/form-data; boundary=\"y\"", &form("y", parts)).await
    };
    // As the PowerShell SDK writes it: names without quotes.
    let file = "name=file; filename=a.csv";
    let held = send(&[(file, "login,mail\nnew.person,n@acme.com\n"), ("name=disableOptimization", "True")]).await;
    assert_eq!(held.json()["task"]["attributes"]["optimizedAggregation"], "disabled");
    let held = ended(&admin, held.json()["task"]["id"].as_str().unwrap()).await;
    assert_eq!((&held["state"], &held["created"], &held["removed"]), (&json!("HELD"), &json!(1), &json!(3)), "{held}");
    let of_source = format!("{}?filters=sourceId+eq+%22{}%22", super::path("accounts", ""), source.id);
    assert_eq!(admin.get(&of_source).await.json().as_array().unwrap().len(), 4);
    let uncorrelated = admin.get(&format!("{of_source}+and+uncorrelated+eq+true")).await.json();
    assert_eq!((uncorrelated.as_array().unwrap().len(), &uncorrelated[0]["name"]), (1, &json!("new.person")));
    assert!(uncorrelated[0].get("identityId").is_none(), "{uncorrelated}");
    for (parts, code) in [
        (vec![(file, "login,login\n")], "400"),
        (vec![("name=file", "login\nx\n")], "400"),
        (vec![("name=disableOptimization", "perhaps")], "400"),
    ] {
        let answer = send(&parts).await;
        answer.check_error_form();
        assert!(answer.json()["detailCode"].as_str().unwrap().starts_with(code), "{parts:?}: {answer:?}");
    }
    assert_eq!(load(&admin, &path, "application/json", "{}").await.status, 415);
    let built_in = super::path("sources", &format!("/{}/load-accounts", fixture.source("Passwright").await.id));
    refused(&load(&admin, &built_in, "application/json", "").await, "400", "built-in source");
    let helpdesk = Admin(Caller::of(&server, Login::Helpdesk).await);
    assert_eq!(load(&helpdesk, &path, "application/json", "").await.status, 403);
    assert_eq!(helpdesk.get("/api/v1/aggregations").await.status, 403);
}

fn command(server: &TestServer, arguments: &[&str]) -> (i32, String, String) {
    let (id, secret) = server.credentials(Login::Admin).unwrap();
    let environment = [("SAIL_BASE_URL", server.url()), ("SAIL_CLIENT_ID", id), ("SAIL_CLIENT_SECRET", secret)];
    run(&[&["source", "aggregate"][..], arguments].concat(), &environment)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_tells_what_it_did() {
    let server = demo();
    let (code, out, error) = command(&server, &["my-ad"]);
    assert_eq!(code, 0, "{error}");
    let expected = "My-AD: 7 accounts read, 0 new, 7 changed, 0 removed\n0 of them belong to nobody\n";
    assert_eq!((out.as_str(), error.as_str()), (expected, ""));
    let (code, out, _) = command(&server, &["My-AD", "--json"]);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["changed"], &told["state"]), (0, &json!(0), &json!("COMPLETED")));
    let file = server.file("few.csv");
    std::fs::write(&file, "login\nabby.smith\n").unwrap();
    let file = file.to_str().unwrap();
    let (code, out, error) = command(&server, &["CRM", "--file", file]);
    assert_eq!((code, out.contains("5 gone and kept")), (1, true), "{out}");
    assert!(error.starts_with("error: 5 of 6 accounts are gone at the source"), "{error}");
    let (code, out, _) = command(&server, &["CRM", "--file", file, "--confirm-removals"]);
    assert_eq!((code, out.contains("5 removed")), (0, true), "{out}");
    let (code, _, error) = command(&server, &["Nowhere"]);
    assert_eq!((code, error.as_str()), (2, "error: there is no source \"Nowhere\"\n"));
    let (code, _, error) = command(&server, &["CRM", "--file", "/nowhere.csv"]);
    assert_eq!((code, error.starts_with("error: cannot read /nowhere.csv")), (2, true), "{error}");
}
