//! Two-factor authentication, as its forms do it: the first factor is free, every later change needs another one.

use std::time::Duration;

use axum::http::StatusCode;
use passwright_vault::factors::TotpSeed;

use super::super::Answer;
use super::recovery::codes;
use super::{Browser, fixture};

/// What the app reads from the page.
fn seed(page: &Answer) -> TotpSeed {
    let uri = page.text.split("href=\"otpauth://").nth(1).unwrap_or_else(|| panic!("{}", page.text));
    let key = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    TotpSeed::from_text(key).unwrap()
}

/// The recovery codes that a page shows.
fn shown_codes(page: &Answer) -> Vec<String> {
    page.text.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_authenticator_is_set_up_replaced_and_removed() {
    let (fixture, clock) = fixture().await;
    let mut abby = Browser::of(&fixture, "Abby.Smith").await;
    let form = abby.token(&fixture).await;
    let start = abby.post(&fixture, "/factors/totp/start", &[("form", &form)]).await;
    assert_eq!(start.status, StatusCode::OK, "{}", start.text);
    assert!(start.text.contains("<svg class=\"qr\"") && !start.text.contains("<fieldset"), "the first one is free");
    let app = seed(&start);
    let wrong = abby.post(&fixture, "/factors/totp", &[("form", &form), ("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!wrong.text.contains("otpauth://"), "the key is shown once");
    let code = app.code_at(fixture.service.now()).expose().to_owned();
    let done = abby.post(&fixture, "/factors/totp", &[("form", &form), ("code", &code)]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/factors?done=set"), "{}", done.text);
    assert!(abby.get(&fixture, "/factors").await.text.contains("set up"));
    // From here on, each change needs something else.
    clock.advance(Duration::from_secs(60));
    let code = app.code_at(fixture.service.now()).expose().to_owned();
    let remove = abby.get(&fixture, "/factors/remove?factor=totp").await;
    assert!(remove.text.contains("Digits from the help desk") && !remove.text.contains("value=\"totp\" checked"));
    let fields = [("form", form.as_str()), ("factor", "totp"), ("method", "totp"), ("proof", code.as_str())];
    let answer = abby.post(&fixture, "/factors/remove", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "not with itself");
    let bare = abby.post(&fixture, "/factors/recovery-codes", &[("form", &form)]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing was shown");
    assert!(bare.text.contains("Show another factor, or digits"), "{}", bare.text);
    let fields = [("form", form.as_str()), ("method", "totp"), ("proof", code.as_str())];
    let made = abby.post(&fixture, "/factors/recovery-codes", &fields).await;
    let made = shown_codes(&made);
    assert_eq!(made.len(), 10);
    let page = abby.get(&fixture, "/factors/recovery-codes").await;
    assert!(shown_codes(&page).is_empty() && !page.text.contains(&made[0]), "shown once");
    let fields =
        [("form", form.as_str()), ("factor", "totp"), ("method", "recovery_code"), ("proof", made[0].as_str())];
    let answer = abby.post(&fixture, "/factors/remove", &fields).await;
    assert_eq!(answer.header("location"), "/factors?done=removed", "{}", answer.text);
    let list = abby.get(&fixture, "/factors").await;
    assert!(
        list.text.contains("9 codes left") && list.text.contains("action=\"/factors/totp/start\""),
        "{}",
        list.text
    );
}

#[tokio::test]
async fn a_passkey_is_asked_for_by_script_alone() {
    let (fixture, _) = fixture().await;
    codes(&fixture, "Abby.Smith").await;
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let form = hank.token(&fixture).await;
    let page = hank.get(&fixture, "/factors/passkey").await;
    assert!(page.text.contains("Passkeys need JavaScript"), "{}", page.text);
    let asked = hank.post(&fixture, "/factors/passkey/question", &[("form", &form)]).await.json();
    assert_eq!(asked["rpId"], "127.0.0.1");
    assert_eq!(asked["challenge"].as_str().unwrap().len(), 43);
    for (made, status) in [("", StatusCode::UNPROCESSABLE_ENTITY), ("{}", StatusCode::UNPROCESSABLE_ENTITY)] {
        let answer = hank.post(&fixture, "/factors/passkey", &[("form", &form), ("made", made)]).await;
        assert_eq!(answer.status, status, "{made}");
    }
    let asked = hank.post(&fixture, "/factors/question", &[("form", &form)]).await.json();
    assert_eq!(asked["allow"].as_array().unwrap().len(), 0);
    let unknown = hank.get(&fixture, "/factors/remove?factor=finger").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
