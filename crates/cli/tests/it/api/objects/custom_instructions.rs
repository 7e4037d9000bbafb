use passwright_client::PathFamily;
use serde_json::json;

use super::{Admin, path, refused};
use crate::support::demo;
use crate::support::fixture::{ALL, Fixture};

const TEXTS: &str = "custom-password-instructions";

#[tokio::test]
async fn set_read_and_deleted_where_they_are_switched_on() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let text = json!({"pageId": "mfa:select", "pageContent": "<b onclick='x()'>Choose</b><script>x</script>"});
    let one = path(TEXTS, "/mfa%3Aselect");
    for answer in [admin.send("POST", &path(TEXTS, ""), &text).await, admin.get(&one).await, admin.delete(&one).await] {
        refused(&answer, "400.1 ", "not enabled");
    }
    let on = json!({"customInstructionsEnabled": true});
    assert_eq!(admin.send("PUT", &path("password-org-config", ""), &on).await.status, 200);
    for family in PathFamily::ALL {
        let all = family.path(TEXTS, "");
        let set = admin.send("POST", &all, &text).await;
        if family == PathFamily::V3 {
            assert_eq!(set.status, 404, "{set:?}");
            continue;
        }
        let kept = json!({"pageId": "mfa:select", "pageContent": "<b>Choose</b>", "locale": "default"});
        assert_eq!((set.status, set.json()), (200, kept.clone()));
        let one = family.path(TEXTS, "/mfa:select");
        assert_eq!(admin.get(&one).await.json(), kept);
        assert_eq!(admin.get(&format!("{one}?locale=default")).await.json(), kept);
        assert_eq!(admin.get(&format!("{one}?locale=de")).await.status, 404);
        let german = json!({"pageId": "mfa:select", "pageContent": "Wählen", "locale": "de_AT"});
        assert_eq!(admin.send("POST", &all, &german).await.json()["locale"], "de-at");
        assert_eq!(admin.get(&format!("{one}?locale=DE-at")).await.json()["pageContent"], "Wählen");
        for locale in ["", "?locale=de-AT"] {
            let gone = admin.delete(&format!("{one}{locale}")).await;
            assert_eq!((gone.status, gone.text.as_str()), (204, ""));
            assert_eq!(admin.get(&format!("{one}{locale}")).await.status, 404);
            assert_eq!(admin.delete(&format!("{one}{locale}")).await.status, 404);
        }
    }
    for (body, code, cause) in [
        (json!({"pageContent": "x"}), "400.1.0", "pageId"),
        (json!({"pageId": "nowhere", "pageContent": "x"}), "400.1.3", "pageId"),
        (json!({"pageId": "mfa:select", "pageContent": " "}), "400.1.0", "pageContent"),
        (json!({"pageId": "mfa:select", "pageContent": "x".repeat(1001)}), "400.1.4", "1000"),
        (json!({"pageId": "mfa:select", "pageContent": "x", "locale": "not a tag"}), "400.1.3", "locale"),
    ] {
        refused(&admin.send("POST", &path(TEXTS, ""), &body).await, code, cause);
    }
    assert_eq!(admin.get(&path(TEXTS, "/nowhere")).await.status, 404);
    let client = Fixture::of(&server).await.client(ALL).await.caller(&server).await;
    assert_eq!(client.get(&one).await.status, 403);
}
