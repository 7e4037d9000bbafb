use passwright_client::PathFamily;
use passwright_domain::directory::Source;
use passwright_testkit::Login;
use serde_json::{Value, json};

use super::filtered;
use crate::support::fixture::Fixture;
use crate::support::{ABBY, Caller, demo};

async fn account(admin: &Caller, filters: &str) -> Value {
    admin.get(&filtered(&PathFamily::V2025.path("accounts", ""), filters)).await.json()[0].clone()
}

#[tokio::test]
async fn changed_at_the_source_and_seen_there() {
    let server = demo();
    let admin = Caller::of(&server, Login::Admin).await;
    let on_ad = format!("nativeIdentity eq \"{ABBY}\"");
    let id = account(&admin, &on_ad).await["id"].as_str().unwrap().to_owned();
    for family in PathFamily::ALL {
        let to = async |verb: &str| {
            let path = family.path("accounts", &format!("/{id}/{verb}"));
            let body = json!({"externalVerificationId": null, "forceProvisioning": false});
            let answer = admin.post_json(&path, &body).await;
            assert_eq!(answer.status, 202, "{verb}: {answer:?}");
            assert_eq!(answer.json()["id"].as_str().unwrap().len(), 32);
            account(&admin, &on_ad).await
        };
        assert_eq!(to("disable").await["disabled"], true);
        assert_eq!(to("reload").await["disabled"], true, "as the directory says");
        assert_eq!(to("enable").await["disabled"], false);
        assert_eq!(to("reload").await["disabled"], false);
        assert_eq!(to("unlock").await["locked"], false);
    }
    let fixture = Fixture::of(&server).await;
    let events = fixture.audit_events(&format!("account:{id}")).await;
    assert_eq!(events.iter().filter(|event| *event == "UnlockAccount").count(), 6, "{events:?}");
}

#[tokio::test]
async fn refused_where_it_cannot_be_done() {
    let server = demo();
    let admin = Caller::of(&server, Login::Admin).await;
    let fixture = Fixture::of(&server).await;
    let path = |id: &str, verb: &str| PathFamily::V2025.path("accounts", &format!("/{id}/{verb}"));
    let on = async |source: &str| {
        let filters = format!("identity.name eq \"Abby Smith\" and source.displayableName eq \"{source}\"");
        account(&admin, &filters).await["id"].as_str().unwrap().to_owned()
    };
    let intranet = on("Intranet").await;
    let refused = admin.post_json(&path(&intranet, "unlock"), &json!({})).await;
    refused.check_error_form();
    assert!(refused.status == 400 && refused.cause().contains("cannot unlock"), "{refused:?}");
    assert_eq!(admin.post_json(&path(&intranet, "reload"), &json!({})).await.status, 202);
    let built_in = fixture.sources().await.into_iter().find(Source::is_built_in).unwrap().name;
    let refused = admin.post_json(&path(&on(&built_in).await, "disable"), &json!({})).await;
    assert!(refused.status == 400 && refused.cause().contains("sign-in"), "{refused:?}");
    let unknown = path("089899f13a8f4da7824996191587bab9", "enable");
    assert_eq!(admin.post_json(&unknown, &json!({})).await.status, 404);
    assert!(fixture.audit_events(&format!("account:{intranet}")).await.contains(&"UnlockAccountFailure".to_owned()));

    let ad = on("My-AD").await;
    let narrow = fixture.client(&["idn:accounts-state:manage"]).await.caller(&server).await;
    assert_eq!(narrow.post_json(&path(&ad, "unlock"), &json!({"forceProvisioning": true})).await.status, 403);
    assert_eq!(narrow.post_json(&path(&ad, "unlock"), &json!({"forceProvisioning": false})).await.status, 202);
    let abby = Caller::of(&server, Login::Abby).await;
    assert_eq!(abby.post_json(&path(&ad, "unlock"), &json!({})).await.status, 403);
}
