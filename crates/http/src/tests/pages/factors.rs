//! Two-factor authentication, as its forms do it: the first factor is free, every later change needs another one.

use std::time::Duration;

use axum::http::StatusCode;
use passwright_app::Principal;
use passwright_app::factors::{Factor, Method, Shown};
use passwright_app::setup::{Setup, SetupDocument};
use passwright_storage::directory::sign_in_passwords::SetSignInPassword;
use passwright_vault::factors::TotpSeed;
use passwright_vault::secret::SecretText;

use super::super::{Answer, Fixture, sign_in};
use super::recovery::{caller, codes};
use super::{Browser, PASSWORD, fixture, hidden, wants_sign_in};

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
    let current = ("current", PASSWORD);
    let wrong = abby.post(&fixture, "/factors/totp", &[("form", &form), ("code", "000000"), current]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!wrong.text.contains("otpauth://"), "the key is shown once");
    let code = app.code_at(fixture.service.now()).expose().to_owned();
    for path in ["/factors/totp", "/factors/recovery-codes"] {
        for password in ["", "wrong"] {
            let fields = [("form", form.as_str()), ("code", &code), ("current", password)];
            let answer = abby.post(&fixture, path, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "a session alone enrols nothing");
            assert!(answer.text.contains("The current password is not right"), "{}", answer.text);
        }
    }
    let done = abby.post(&fixture, "/factors/totp", &[("form", &form), ("code", &code), current]).await;
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
    assert_eq!(asked["rpId"], "localhost");
    assert_eq!(asked["challenge"].as_str().unwrap().len(), 43);
    for (made, status) in [("", StatusCode::UNPROCESSABLE_ENTITY), ("{}", StatusCode::UNPROCESSABLE_ENTITY)] {
        let fields = [("form", form.as_str()), ("made", made), ("current", PASSWORD)];
        let answer = hank.post(&fixture, "/factors/passkey", &fields).await;
        assert_eq!(answer.status, status, "{made}");
    }
    let asked = hank.post(&fixture, "/factors/question", &[("form", &form)]).await.json();
    assert_eq!(asked["allow"].as_array().unwrap().len(), 0);
    let unknown = hank.get(&fixture, "/factors/remove?factor=finger").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

const SESSION: &str = "passwright-session";
const HALF: &str = "passwright-factor";

/// Sends the second step of a sign-in.
async fn second(browser: &mut Browser, fixture: &Fixture, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(fixture, "/sign-in/factor").await;
    let form = hidden(&page, "form");
    let fields: Vec<_> = [("form", form.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.post(fixture, "/sign-in/factor", &fields).await
}

/// Whoever has a factor enrolled has no session before one was shown; each half sign-in opens one.
#[tokio::test]
async fn a_sign_in_asks_for_the_factor() {
    let (fixture, clock) = fixture().await;
    let codes = codes(&fixture, "Abby.Smith").await;
    let mut browser = Browser::default();
    let answer = browser.enter(&fixture, "Abby.Smith", PASSWORD).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in/factor"));
    assert_eq!(browser.cookie(SESSION), None);
    for path in ["/password-manager", "/sessions", "/factors"] {
        assert!(wants_sign_in(&browser.get(&fixture, path).await), "{path}");
    }
    let half = browser.clone();
    for fields in [
        vec![("method", "recovery_code"), ("proof", "00000-00000-00000-00000")],
        vec![("method", "recovery_code"), ("proof", "")],
        vec![("method", "mailed_code"), ("proof", codes[0].as_str())],
        vec![("method", "totp"), ("proof", codes[0].as_str())],
        vec![("passkey", "{}")],
        vec![],
    ] {
        let answer = second(&mut browser, &fixture, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{fields:?}");
        assert_eq!(browser.cookie(SESSION), None, "{fields:?}");
    }
    let fields = [("method", "recovery_code"), ("proof", codes[0].as_str()), ("to", "/sessions")];
    let answer = second(&mut browser, &fixture, &fields).await;
    assert_eq!(answer.header("location"), "/sessions", "{}", answer.text);
    assert_eq!(browser.get(&fixture, "/password-manager").await.status, StatusCode::OK);
    assert_eq!(browser.cookie(HALF), None, "the browser forgets it");
    for cookies in [half.cookies, vec![(HALF.to_owned(), "a".repeat(64))], Vec::new()] {
        let mut used = Browser { cookies };
        assert!(wants_sign_in(&used.get(&fixture, "/sign-in/factor").await), "it is used up");
    }
    // Five minutes for it, and it ends with the credentials that it was begun with.
    let mut late = Browser::default();
    late.enter(&fixture, "Abby.Smith", PASSWORD).await;
    clock.advance(Duration::from_secs(300));
    assert!(wants_sign_in(&late.get(&fixture, "/sign-in/factor").await));
    let mut overtaken = Browser::default();
    overtaken.enter(&fixture, "Abby.Smith", PASSWORD).await;
    let shown = Some(Shown { method: Method::RecoveryCode, text: SecretText::new(codes[1].clone()) });
    let caller = caller(&fixture, "Abby.Smith").await;
    fixture.service.start_totp(&caller).await.unwrap();
    let refused = fixture.service.remove_factor(&caller, Factor::RecoveryCodes, shown).await.unwrap();
    assert!(refused.is_err(), "not with itself");
    let store = fixture.service.store();
    let Principal::User { identity_id, .. } = caller.principal else { panic!("a person") };
    let now = fixture.service.now();
    store.write(SetSignInPassword { identity_id, hash: "x".to_owned(), now }).await.unwrap();
    assert!(wants_sign_in(&overtaken.get(&fixture, "/sign-in/factor").await), "another password");
}

/// Wrong factors are bounded, apart from the password: the sixth is not compared, in whatever browser.
#[tokio::test]
async fn wrong_factors_are_bounded() {
    let (fixture, _) = fixture().await;
    let codes = codes(&fixture, "Abby.Smith").await;
    for _ in 0..5 {
        let mut browser = Browser::default();
        browser.enter(&fixture, "Abby.Smith", PASSWORD).await;
        let fields = [("method", "recovery_code"), ("proof", "00000-00000-00000-00000")];
        assert_eq!(second(&mut browser, &fixture, &fields).await.status, StatusCode::FORBIDDEN);
    }
    let mut browser = Browser::default();
    browser.enter(&fixture, "Abby.Smith", PASSWORD).await;
    let fields = [("method", "recovery_code"), ("proof", codes[0].as_str())];
    let answer = second(&mut browser, &fixture, &fields).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.text);
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(browser.cookie(SESSION), None);
}

/// Digits of the help desk help a person in who has lost the factor; not one with a level (requirement R41).
#[tokio::test]
async fn digits_are_no_second_step_for_people_with_a_level() {
    let (fixture, _) = fixture().await;
    for (alias, offered) in [("Abby.Smith", true), ("Hank.Helper", false)] {
        codes(&fixture, alias).await;
        let mut browser = Browser::default();
        browser.enter(&fixture, alias, PASSWORD).await;
        let page = browser.get(&fixture, "/sign-in/factor").await;
        assert!(page.text.contains("value=\"recovery_code\""), "{}", page.text);
        assert_eq!(page.text.contains("value=\"digit_token\""), offered, "{alias}");
    }
}

/// The page for clients of OAuth shares the sign-in, and does not go round the factor.
#[tokio::test]
async fn a_client_gets_no_code_without_the_factor() {
    let (fixture, client) = sign_in::fixture().await;
    let codes = codes(&fixture, "Abby.Smith").await;
    let page = sign_in::page(&fixture, &sign_in::asked(&client)).await;
    let answer = sign_in::sign_in(&fixture, &page, "Abby.Smith", PASSWORD).await;
    let step = answer.header("location").to_owned();
    assert!(step.starts_with("/sign-in/factor?to=%2Foauth%2Fauthorize%3F"), "{step}");
    assert!(!step.contains("code%3D") && answer.status == StatusCode::SEE_OTHER, "{step}");
    let mut browser = Browser::default();
    browser.keep(&page);
    browser.keep(&answer);
    assert_eq!(browser.cookie(SESSION), None);
    let form = hidden(&browser.get(&fixture, &step).await, "form");
    let to = form_urlencoded::parse(step.split_once('?').unwrap().1.as_bytes()).next().unwrap().1.into_owned();
    let fields = [("form", form.as_str()), ("to", &to), ("method", "recovery_code"), ("proof", codes[0].as_str())];
    let answer = browser.post(&fixture, "/sign-in/factor", &fields).await;
    assert_eq!(answer.header("location"), to, "back to the client's request");
    let agree = browser.get(&fixture, &to).await;
    assert!(agree.text.contains("name=\"agree\" value=\"yes\""), "{}", agree.text);
}

/// A policy that wants strong authentication: a change asks for a factor first, each ten minutes anew.
#[tokio::test]
async fn a_change_asks_for_the_factor_where_the_policy_does() {
    let (fixture, clock) = fixture().await;
    let policy = SetupDocument::parse(
        "[[password_policy]]\nname = \"Strict\"\nminLength = 8\nrequireStrongAuthn = true\ndefault = true\n",
    );
    let setup = Setup::resolve(policy.unwrap(), fixture.folder.path(), &|_| None).unwrap();
    fixture.service.apply(setup, false).await.unwrap();
    let mut abby = Browser::of(&fixture, "Abby.Smith").await;
    let list = abby.get(&fixture, "/password-manager").await;
    let key = list.text.split("name=\"row\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let change = format!("/password-manager/change?row={key}");
    let asked = abby.get(&fixture, &change).await;
    assert!(asked.header("location").starts_with("/factors/confirm?to=%2Fpassword-manager%2Fchange"), "{}", asked.text);
    let form = abby.token(&fixture).await;
    let new = "Brand-new-pass-9";
    let wish = [("form", form.as_str()), ("row", key.as_str()), ("current", PASSWORD), ("new", new)];
    let direct = abby.post(&fixture, "/password-manager/change", &wish).await;
    assert!(direct.header("location").starts_with("/factors/confirm?to="), "the form does not go round it");
    let codes = codes(&fixture, "Abby.Smith").await;
    let shows = async |abby: &mut Browser, code: &str| {
        let fields = [("form", form.as_str()), ("to", &change), ("method", "recovery_code"), ("proof", code)];
        abby.post(&fixture, "/factors/confirm", &fields).await
    };
    let before = abby.cookie(SESSION).unwrap().to_owned();
    assert_eq!(shows(&mut abby, "00000-00000-00000-00000").await.status, StatusCode::FORBIDDEN);
    assert_eq!(shows(&mut abby, &codes[0]).await.header("location"), change);
    assert_ne!(abby.cookie(SESSION).unwrap(), before, "another secret");
    assert_eq!(abby.get(&fixture, &change).await.status, StatusCode::OK);
    clock.advance(Duration::from_secs(590));
    let accepted = abby.post(&fixture, "/password-manager/change", &wish).await;
    assert!(accepted.header("location").starts_with("/password-manager/changes/"), "{}", accepted.text);
    clock.advance(Duration::from_secs(11));
    assert!(
        abby.get(&fixture, &change).await.header("location").starts_with("/factors/confirm"),
        "ten minutes are over"
    );
}
