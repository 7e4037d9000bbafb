use passwright_client::PathFamily;
use serde_json::json;

use super::{Admin, path, refused};
use crate::support::{DIGIT, demo};

const CONFIG: &str = "password-org-config";

#[tokio::test]
async fn post_fills_defaults_and_put_keeps_values() {
    let server = demo();
    let admin = Admin::of(&server).await;
    for family in PathFamily::ALL {
        let one = family.path(CONFIG, "");
        let set = admin.send("POST", &one, &json!({"digitTokenEnabled": true, "digitTokenLength": 9})).await;
        let expected = json!({
            "customInstructionsEnabled": false,
            "digitTokenEnabled": true,
            "digitTokenDurationMinutes": 5,
            "digitTokenLength": 9,
        });
        assert_eq!((set.status, set.json()), (200, expected));
        let put = admin.send("PUT", &one, &json!({"digitTokenDurationMinutes": 7, "digitTokenLength": null})).await;
        let expected = json!({
            "customInstructionsEnabled": false,
            "digitTokenEnabled": true,
            "digitTokenDurationMinutes": 7,
            "digitTokenLength": 9,
        });
        assert_eq!((put.status, put.json()), (200, expected.clone()));
        assert_eq!(admin.get(&one).await.json(), expected);
        let filled = admin.send("POST", &one, &json!({})).await;
        assert_eq!(filled.json()["digitTokenEnabled"], json!(false));
    }
    for (body, cause) in [
        (json!({"digitTokenLength": 5}), "digitTokenLength 5"),
        (json!({"digitTokenLength": 99_999_999_999_i64}), "digitTokenLength"),
        (json!({"digitTokenDurationMinutes": 0}), "digitTokenDurationMinutes 0"),
        (json!({"digitTokenDurationMinutes": 61}), "digitTokenDurationMinutes 61"),
    ] {
        refused(&admin.send("PUT", &path(CONFIG, ""), &body).await, "400.1.4", cause);
    }
}

/// The next request already finds the gate as it was set.
#[tokio::test]
async fn it_opens_and_shuts_digit_tokens() {
    let server = demo();
    let admin = Admin::of(&server).await;
    let token = async || admin.send("POST", DIGIT, &json!({"userId": "Abby.Smith"})).await;
    for (enabled, status) in [(false, 400), (true, 200), (false, 400)] {
        let set =
            admin.send("PUT", &path(CONFIG, ""), &json!({"digitTokenEnabled": enabled, "digitTokenLength": 11})).await;
        assert_eq!(set.status, 200, "{set:?}");
        let answer = token().await;
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 200 {
            assert_eq!(answer.json()["digitToken"].as_str().unwrap().len(), 11);
        }
    }
}
