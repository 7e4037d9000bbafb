//! Sessions: requirement R77, and R46 and R48 where they are about them.

use std::time::Duration;

use axum::http::StatusCode;
use passwright_storage::directory::identities;
use passwright_storage::directory::sign_in_passwords::SetSignInPassword;

use super::{Browser, PASSWORD, fixture, fixture_at, hidden, wants_sign_in};

const SESSION: &str = "passwright-session";
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let (fixture, _) = fixture().await;
    let mut browser = Browser::of(&fixture, "abby.SMITH").await;
    let page = browser.get(&fixture, "/password-manager").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("Abby Smith") && page.text.contains("Wiki &#38; more"), "{}", page.text);
    let kept = browser.clone();
    let token = browser.token(&fixture).await;
    let out = browser.post(&fixture, "/sign-out", &[("form", &token)]).await;
    assert!(wants_sign_in(&out), "{}", out.status);
    assert_eq!(browser.cookie(SESSION), None, "the browser forgets it");
    for mut browser in [browser, kept] {
        assert!(wants_sign_in(&browser.get(&fixture, "/password-manager").await), "and the server too");
    }
}

/// Wrong name, wrong password, disabled: the same bytes, but for what is random in each page.
#[tokio::test]
async fn what_is_wrong_is_not_told() {
    let (fixture, _) = fixture().await;
    let mut pages = Vec::new();
    for (name, password) in [("Abby.Smith", "wrong"), ("Nobody.Here", "wrong"), ("Abby.Smith", ""), ("", "")] {
        let mut browser = Browser::default();
        let answer = browser.enter(&fixture, name, password).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.cookie(SESSION), None);
        let typed = format!("name=\"username\" value=\"{name}\"");
        pages.push(answer.text.replace(&hidden(&answer, "form"), "").replace(&typed, ""));
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{} {}", pages[0], pages[1]);
}

#[tokio::test]
async fn wrong_passwords_are_bounded_here_and_for_clients_together() {
    let (fixture, clock) = fixture().await;
    for _ in 0..5 {
        let answer = Browser::default().enter(&fixture, "Abby.Smith", "wrong").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    let answer = Browser::default().enter(&fixture, "ABBY.smith", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("retry-after"), "900");
    clock.advance(Duration::from_secs(901));
    Browser::of(&fixture, "Abby.Smith").await;
}

/// Fixation: what a browser brings to the sign-in is nothing afterwards, and each sign-in has a secret of its own.
#[tokio::test]
async fn every_sign_in_has_a_new_secret() {
    let (fixture, _) = fixture().await;
    let one = Browser::of(&fixture, "Abby.Smith").await;
    let other = Browser::of(&fixture, "Abby.Smith").await;
    let secret = |browser: &Browser| browser.cookie(SESSION).unwrap().split('.').next().unwrap().to_owned();
    assert_ne!(secret(&one), secret(&other));
    assert_eq!(secret(&one).len(), 64, "256 bits in hex");
    // The first browser signs in again: what it had is over, the other's goes on.
    let mut again = one.clone();
    let page = again.get(&fixture, "/oauth/authorize").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "no client");
    let mut planted =
        Browser { cookies: vec![(SESSION.to_owned(), format!("{}.1800000000.{}", "a".repeat(64), "b".repeat(64)))] };
    let answer = planted.enter(&fixture, "Abby.Smith", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_ne!(secret(&planted), "a".repeat(64));
    for mut browser in [one, other, planted] {
        assert_eq!(browser.get(&fixture, "/password-manager").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn cookies_of_others_are_nothing() {
    let (fixture, _) = fixture().await;
    let good = Browser::of(&fixture, "Abby.Smith").await;
    let cookie = good.cookie(SESSION).unwrap();
    let parts: Vec<&str> = cookie.split('.').collect();
    let [secret, used_at, digest] = parts[..] else { panic!("{cookie}") };
    let later = (used_at.parse::<i64>().unwrap() + 1).to_string();
    for text in [
        secret.to_owned(),
        format!("{secret}.{used_at}"),
        format!("{secret}.{later}.{digest}"),
        format!("{}.{used_at}.{digest}", secret.to_uppercase()),
        format!("{cookie}.x"),
        format!("{secret}.{used_at}.{}", digest.replace(|c: char| c == digest.chars().next().unwrap(), "0")),
        "x".repeat(5000),
    ] {
        let mut browser = Browser { cookies: vec![(SESSION.to_owned(), text.clone())] };
        let answer = browser.get(&fixture, "/password-manager").await;
        assert!(wants_sign_in(&answer) || text == cookie, "{text}");
    }
}

#[tokio::test]
async fn an_unused_session_ends_and_a_used_one_does_at_last() {
    let (fixture, clock) = fixture().await;
    let mut idle = Browser::of(&fixture, "Abby.Smith").await;
    let mut used = Browser::of(&fixture, "Abby.Smith").await;
    let first = used.clone();
    for _ in 0..5 {
        clock.advance(9 * MINUTE);
        assert_eq!(used.get(&fixture, "/password-manager").await.status, StatusCode::OK);
    }
    assert!(wants_sign_in(&idle.get(&fixture, "/password-manager").await), "unused for 45 minutes");
    let mut old = first;
    assert!(wants_sign_in(&old.get(&fixture, "/password-manager").await), "an old cookie is not good for long");
    for _ in 0..49 {
        clock.advance(9 * MINUTE);
        used.get(&fixture, "/password-manager").await;
    }
    assert!(wants_sign_in(&used.get(&fixture, "/password-manager").await), "eight hours are over");
    // Who can do more has an hour.
    let mut helper = Browser::of(&fixture, "Hank.Helper").await;
    for minutes in [9, 9, 9, 9, 9, 9, 5] {
        clock.advance(minutes * MINUTE);
        assert_eq!(helper.get(&fixture, "/password-manager").await.status, StatusCode::OK);
    }
    clock.advance(MINUTE);
    assert!(wants_sign_in(&helper.get(&fixture, "/password-manager").await));
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_only() {
    let (fixture, _) = fixture().await;
    let mut here = Browser::of(&fixture, "Abby.Smith").await;
    let mut there = Browser::of(&fixture, "Abby.Smith").await;
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let page = here.get(&fixture, "/sessions").await;
    let ids: Vec<&str> =
        page.text.split("action=\"/sessions/").skip(1).map(|rest| rest.split('/').next().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{}", page.text);
    let hanks = hank.get(&fixture, "/sessions").await;
    let foreign = hanks.text.split("action=\"/sessions/").nth(1).unwrap().split('/').next().unwrap();
    let token = hidden(&page, "form");
    let answer = here.post(&fixture, &format!("/sessions/{foreign}/end"), &[("form", &token)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(hank.get(&fixture, "/sessions").await.status, StatusCode::OK);
    let own = there.get(&fixture, "/sessions").await;
    let this = own.text.split("this device").next().unwrap().matches("class=\"session\"").count();
    let other = ids[usize::from(this == 2)];
    here.post(&fixture, &format!("/sessions/{other}/end"), &[("form", &token)]).await;
    assert!(wants_sign_in(&there.get(&fixture, "/sessions").await));
    assert_eq!(here.get(&fixture, "/sessions").await.status, StatusCode::OK);
    let mut third = Browser::of(&fixture, "Abby.Smith").await;
    let out = here.post(&fixture, "/sign-out-everywhere", &[("form", &token)]).await;
    assert!(wants_sign_in(&out));
    assert!(wants_sign_in(&third.get(&fixture, "/sessions").await), "everywhere");
}

/// Requirement R48: a new sign-in password ends what the old one opened.
#[tokio::test]
async fn a_new_sign_in_password_ends_sessions() {
    let (fixture, _) = fixture().await;
    let mut browser = Browser::of(&fixture, "Abby.Smith").await;
    let store = fixture.service.store();
    let mut reader = store.read().await.unwrap();
    let abby = identities::lookup_by_alias(&mut reader.tx(), "Abby.Smith").await.unwrap().unwrap();
    drop(reader);
    let set = SetSignInPassword { identity_id: abby.id, hash: "x".to_owned(), now: fixture.service.now() };
    store.write(set).await.unwrap();
    assert!(wants_sign_in(&browser.get(&fixture, "/password-manager").await));
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_the_host() {
    let (fixture, _) = fixture_at("https://pw.example").await;
    let browser = Browser::of(&fixture, "Abby.Smith").await;
    assert!(browser.cookie("__Host-passwright-session").is_some(), "{:?}", browser.cookies);
    assert_eq!(browser.cookie(SESSION), None);
}

#[tokio::test]
async fn one_comes_back_to_where_one_wanted_to_go() {
    let (fixture, _) = fixture().await;
    let mut browser = Browser::default();
    let answer = browser.get(&fixture, "/sessions").await;
    assert_eq!(answer.header("location"), "/sign-in?to=%2Fsessions");
    for (to, wanted) in [("/sessions", "/sessions"), ("//evil.example", "/password-manager")] {
        let mut browser = Browser::default();
        let encoded: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
        let page = browser.get(&fixture, &format!("/sign-in?to={encoded}")).await;
        let form = hidden(&page, "form");
        let fields = [("form", form.as_str()), ("to", to), ("username", "Abby.Smith"), ("password", PASSWORD)];
        assert_eq!(browser.post(&fixture, "/sign-in", &fields).await.header("location"), wanted);
    }
}
