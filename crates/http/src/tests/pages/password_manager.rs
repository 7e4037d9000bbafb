//! Changing passwords and the help desk, as the forms do it.

use axum::http::StatusCode;
use passwright_storage::audit;

use super::super::Fixture;
use super::{Browser, PASSWORD, fixture, hidden, wants_sign_in};

const NEW: &str = "Brand-new-pass-9";

/// The keys of the rows, in the order of the page.
async fn rows(fixture: &Fixture, browser: &mut Browser) -> Vec<String> {
    let page = browser.get(fixture, "/password-manager").await;
    page.text.split("name=\"row\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn events(fixture: &Fixture) -> Vec<(String, String)> {
    let mut reader = fixture.service.store().read().await.unwrap();
    let all = audit::list(&mut reader.tx(), 0, 10_000).await.unwrap();
    all.into_iter().map(|(_, _, event, _, _, _, detail)| (event, detail)).collect()
}

#[tokio::test]
async fn several_passwords_are_changed_at_once_and_all_or_none() {
    let (fixture, _) = fixture().await;
    let mut abby = Browser::of(&fixture, "Abby.Smith").await;
    let keys = rows(&fixture, &mut abby).await;
    assert_eq!(keys.len(), 3, "Intranet, Wiki and the sign-in here");
    let path = format!("/password-manager/change?row={}&row={}", keys[0], keys[1]);
    let page = abby.get(&fixture, &path).await;
    assert!(page.text.contains("Intranet and Wiki"), "{}", page.text);
    assert!(
        page.text.contains("autocomplete=\"new-password\"") && page.text.contains("autocomplete=\"current-password\"")
    );
    let token = hidden(&page, "form");
    let send = async |abby: &mut Browser, current: &str, new: &str, again: &str| {
        let fields = [
            ("form", token.as_str()),
            ("row", keys[0].as_str()),
            ("row", keys[1].as_str()),
            ("current", current),
            ("new", new),
            ("again", again),
        ];
        abby.post(&fixture, "/password-manager/change", &fields).await
    };
    for (current, new, again, words) in [
        ("wrong", NEW, NEW, "The current password is not right"),
        (PASSWORD, NEW, "another", "The two new passwords differ"),
        (PASSWORD, "", "", "Type a new password"),
        (PASSWORD, "a\u{7}bcdefgh1", "a\u{7}bcdefgh1", "cannot be used"),
    ] {
        let answer = send(&mut abby, current, new, again).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
        assert!(!answer.text.contains(PASSWORD) && !answer.text.contains(NEW), "no password comes back");
    }
    assert!(!events(&fixture).await.iter().any(|(event, _)| event == "USER_PASSWORD_UPDATE"));
    let before = abby.clone();
    let answer = send(&mut abby, PASSWORD, NEW, NEW).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let result = abby.get(&fixture, answer.header("location")).await;
    assert_eq!(result.status, StatusCode::OK, "{}", result.text);
    assert_eq!(result.text.matches("class=\"word\">waiting").count(), 2, "{}", result.text);
    assert!(result.text.contains("http-equiv=\"refresh\""));
    assert_eq!(events(&fixture).await.iter().filter(|(event, _)| event == "USER_PASSWORD_UPDATE").count(), 2);
    // Who proved again has a new secret, and the old one is nothing.
    let mut stolen = before;
    assert!(wants_sign_in(&stolen.get(&fixture, "/password-manager").await));
    // Nobody else sees it.
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    assert_eq!(hank.get(&fixture, answer.header("location")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rows_of_others_are_refused() {
    let (fixture, _) = fixture().await;
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let foreign = rows(&fixture, &mut hank).await;
    let mut abby = Browser::of(&fixture, "Abby.Smith").await;
    let token = abby.token(&fixture).await;
    let fields = [("form", token.as_str()), ("row", &foreign[0]), ("current", PASSWORD), ("new", NEW)];
    for path in ["/password-manager/change", "/password-manager/check", "/password-manager/suggest"] {
        assert_eq!(abby.post(&fixture, path, &fields).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    let page = abby.get(&fixture, &format!("/password-manager/change?row={}", foreign[0])).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_suggestion_satisfies_the_rules_with_and_without_script() {
    let (fixture, _) = fixture().await;
    let mut abby = Browser::of(&fixture, "Abby.Smith").await;
    let keys = rows(&fixture, &mut abby).await;
    let token = abby.token(&fixture).await;
    let base = [("form", token.as_str()), ("row", keys[0].as_str())];
    let made = abby.post(&fixture, "/password-manager/suggest", &base).await.json();
    let made = made["password"].as_str().unwrap().to_owned();
    let check = async |abby: &mut Browser, new: &str| {
        let fields = [base[0], base[1], ("new", new)];
        abby.post(&fixture, "/password-manager/check", &fields).await.json()
    };
    let good = check(&mut abby, &made).await;
    assert_eq!((good["broken"].as_array().unwrap().len(), good["usable"].as_bool()), (0, Some(true)), "{good}");
    assert_eq!(good["strength"], 4);
    let bad = check(&mut abby, "a\tb").await;
    assert_eq!(bad["usable"], false);
    let page = abby.post(&fixture, "/password-manager/change", &[base[0], base[1], ("do", "suggest")]).await;
    assert_eq!(page.status, StatusCode::OK);
    let shown = page.text.split("id=\"new\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    assert_eq!(shown.split('"').next().unwrap().len(), 18, "{}", page.text);
}

#[tokio::test]
async fn the_help_desk_lets_a_person_in() {
    let (fixture, clock) = fixture().await;
    let mut abby = Browser::of(&fixture, "Abby.Smith").await;
    for path in ["/help-desk", "/help-desk?q=hank"] {
        assert_eq!(abby.get(&fixture, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let person = async |hank: &mut Browser, text: &str| {
        let found = hank.get(&fixture, &format!("/help-desk?q={text}")).await;
        found.text.split("/help-desk/people/").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let id = person(&mut hank, "abby").await;
    assert_eq!(abby.get(&fixture, &format!("/help-desk/people/{id}")).await.status, StatusCode::FORBIDDEN);
    let path = format!("/help-desk/people/{id}");
    let page = hank.get(&fixture, &path).await;
    assert!(page.text.contains("usable when last seen"), "{}", page.text);
    let form = hidden(&page, "form");
    for fields in [vec![("reason", "INC-1")], vec![("checked", "yes")], vec![("checked", "yes"), ("reason", "  ")]] {
        let fields: Vec<_> = std::iter::once(("form", form.as_str())).chain(fields).collect();
        let answer = hank.post(&fixture, &format!("{path}/token"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let fields = [("form", form.as_str()), ("checked", "yes"), ("reason", "INC-1 <b>")];
    let made = hank.post(&fixture, &format!("{path}/token"), &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let digits = made.text.split("class=\"digits\"").nth(1).unwrap().split("</p>").next().unwrap();
    let groups: Vec<&str> = digits.split("<span>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert!(
        groups.len() == 2 && groups.iter().all(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit())),
        "{groups:?}"
    );
    let told = events(&fixture).await;
    assert!(
        told.iter().any(|(event, detail)| event == "DIGIT_TOKEN_GENERATION_PASSED" && detail.ends_with(": INC-1 <b>"))
    );
    let again = hank.get(&fixture, &path).await;
    assert!(!again.text.contains(&groups.concat()) && again.text.contains("A token is valid until"), "shown once");
    let token = hidden(&made, "token");
    hank.post(&fixture, &format!("{path}/token/cancel"), &[("form", &form), ("token", &token)]).await;
    assert!(hank.get(&fixture, &path).await.text.contains("used or cancelled"));
    clock.advance(std::time::Duration::from_secs(11));
    // Nobody acts for themselves, nor a helper for somebody with a level.
    for text in ["hank", "olga"] {
        let id = person(&mut hank, text).await;
        let answer = hank.post(&fixture, &format!("/help-desk/people/{id}/token"), &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{text}");
    }
}
