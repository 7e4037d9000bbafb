//! The lock-out settings in effect at the sign-in page.

use axum::http::{Method, StatusCode};

use super::Fixture;
use super::sign_in::{asked, fixture, page, sign_in};

const CONFIG: &str = "/v2025/auth-org/lockout-config";

async fn set(fixture: &Fixture, attempts: i64, duration: i64) {
    let token = fixture.token().await;
    let patch = format!(
        r#"[{{"op":"replace","path":"/maximumAttempts","value":{attempts}}},
            {{"op":"add","path":"/lockoutDuration","value":{duration}}}]"#
    );
    let answer = fixture.call(Method::PATCH, CONFIG, &token, &patch).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let wanted = serde_json::json!({"maximumAttempts": attempts, "lockoutDuration": duration, "lockoutWindow": 5});
    assert_eq!(answer.json(), wanted);
    assert_eq!(fixture.call(Method::GET, CONFIG, &token, "").await.json(), wanted);
}

#[tokio::test]
async fn the_settings_decide_when_a_name_is_locked_and_for_how_long() {
    let (fixture, client) = fixture().await;
    let shown = page(&fixture, &asked(&client)).await;
    let tried = async |user: &str, password: &str| sign_in(&fixture, &shown, user, password).await;
    // As it comes: five attempts, fifteen minutes.
    for n in 0..5 {
        assert_eq!(tried("Olga", "Wrong").await.status, StatusCode::FORBIDDEN, "attempt {n}");
    }
    let locked = tried("Olga", "Wrong").await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = locked.header("retry-after").parse().unwrap();
    assert!((14 * 60..=15 * 60).contains(&wait), "{wait}");
    assert!(locked.text.contains("Try again in 15 minutes."), "{}", locked.text);

    set(&fixture, 2, 30).await;
    assert_eq!(tried("Abby.Smith", "Wrong").await.status, StatusCode::FORBIDDEN);
    // A right password forgets what was wrong before.
    assert_eq!(tried("Abby.Smith", "Old-Pass-1").await.status, StatusCode::SEE_OTHER);
    for name in ["Abby.Smith", " ABBY.smith "] {
        assert_eq!(tried(name, "Wrong").await.status, StatusCode::FORBIDDEN, "{name}");
    }
    let locked = tried("abby.smith", "Old-Pass-1").await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS, "also with the right password");
    let wait: u64 = locked.header("retry-after").parse().unwrap();
    assert!((29 * 60..=30 * 60).contains(&wait), "{wait}");
    // Another name is not held up, and the setting counts for it.
    set(&fixture, 3, 5).await;
    for _ in 0..3 {
        assert_eq!(tried("Nobody", "Wrong").await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(tried("Nobody", "Wrong").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_is_no_setting_is_refused_and_changes_nothing() {
    let fixture = Fixture::new().await;
    let token = fixture.token().await;
    let before = fixture.call(Method::GET, CONFIG, &token, "").await.json();
    for (patch, code) in [
        (r#"[{"op":"replace","path":"/maximumAttempts","value":0}]"#, "400.1.4"),
        (r#"[{"op":"replace","path":"/maximumAttempts","value":16}]"#, "400.1.4"),
        (r#"[{"op":"replace","path":"/lockoutDuration","value":4}]"#, "400.1.4"),
        (r#"[{"op":"replace","path":"/lockoutWindow","value":61}]"#, "400.1.4"),
        (r#"[{"op":"replace","path":"/lockoutWindow","value":"5"}]"#, "400.1.3"),
        (r#"[{"op":"remove","path":"/lockoutWindow"}]"#, "400.1.3"),
        (r#"[{"op":"add","path":"/other","value":1}]"#, "400.1.3"),
        (r#"[{"op":"test","path":"/maximumAttempts","value":6}]"#, "400.1.3"),
    ] {
        let answer = fixture.call(Method::PATCH, CONFIG, &token, patch).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{patch}: {}", answer.text);
        assert!(answer.json()["detailCode"].as_str().unwrap().starts_with(code), "{patch}: {}", answer.text);
    }
    assert_eq!(fixture.call(Method::GET, CONFIG, &token, "").await.json(), before);
}
