//! "Cannot sign in?", as its forms do it: the same for nobody, bound to one browser, each form good for one step.

use std::time::Duration;

use axum::http::StatusCode;
use passwright_app::factors::MadeCodes;
use passwright_app::{ApiVersion, Caller, Principal, ScopeSet};
use passwright_storage::directory::identities;

use super::super::{Answer, Fixture};
use super::{Browser, PASSWORD, fixture, hidden};

const SECRET: &str = "passwright-recovery";
const NEW: &str = "Brand-new-pass-9";

/// The person, signed in, for what is set up beforehand.
pub(super) async fn caller(fixture: &Fixture, alias: &str) -> Caller {
    let mut reader = fixture.service.store().read().await.unwrap();
    let identity = identities::lookup_by_alias(&mut reader.tx(), alias).await.unwrap().unwrap();
    Caller {
        principal: Principal::User {
            client_id: "pages".into(),
            identity_id: identity.id,
            alias: identity.alias,
            levels: identity.levels,
        },
        scopes: ScopeSet::all(),
        api_version: ApiVersion::Native,
        tracking_id: "t".into(),
    }
}

/// Ten recovery codes of a person who has no other factor.
pub(super) async fn codes(fixture: &Fixture, alias: &str) -> Vec<String> {
    let caller = caller(fixture, alias).await;
    let MadeCodes(codes) = fixture.service.make_recovery_codes(&caller, None).await.unwrap().unwrap();
    codes.iter().map(|code| code.expose().to_owned()).collect()
}

/// Opens the first page and gives the name; gives the page of the flow.
pub(super) async fn begin(browser: &mut Browser, fixture: &Fixture, path: &str, name: &str) -> Answer {
    let page = browser.get(fixture, path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let form = hidden(&page, "form");
    let answer = browser.post(fixture, path, &[("form", &form), ("username", name)]).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/recovery/flow"),
        "{}",
        answer.text
    );
    browser.get(fixture, "/recovery/flow").await
}

/// Sends a form of the flow as `page` has it.
pub(super) async fn send(
    browser: &mut Browser,
    fixture: &Fixture,
    page: &Answer,
    path: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let (form, step) = (hidden(page, "form"), hidden(page, "step"));
    let fields: Vec<_> =
        [("form", form.as_str()), ("step", step.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.post(fixture, &format!("/recovery/flow/{path}"), &fields).await
}

/// Proves oneself with a recovery code; gives the page that comes then.
async fn prove(browser: &mut Browser, fixture: &Fixture, page: &Answer, code: &str) -> Answer {
    let answer = send(browser, fixture, page, "way", &[("method", "recovery_code")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = browser.get(fixture, "/recovery/flow").await;
    let answer = send(browser, fixture, &page, "answer", &[("code", code)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    browser.get(fixture, "/recovery/flow").await
}

/// The address of the form for the password of a system.
fn account(page: &Answer, name: &str) -> String {
    let line =
        page.text.split("<a href=\"").find(|rest| rest.split("</a>").next().unwrap().ends_with(&format!(">{name}")));
    line.unwrap_or_else(|| panic!("no {name}: {}", page.text)).split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_password_is_reset_and_nobody_signed_in() {
    let (fixture, clock) = fixture().await;
    let codes = codes(&fixture, "Abby.Smith").await;
    let mut browser = Browser::default();
    let page = begin(&mut browser, &fixture, "/recovery/password", "abby.SMITH").await;
    for way in ["totp", "passkey", "recovery_code", "digit_token"] {
        assert!(page.text.contains(&format!("value=\"{way}\"")), "{way}: {}", page.text);
    }
    let ready = prove(&mut browser, &fixture, &page, &codes[0]).await;
    let form = browser.get(&fixture, &account(&ready, "Wiki")).await;
    assert!(form.text.contains("The new password will be set in Wiki."), "{}", form.text);
    let row = hidden(&form, "row");
    for (new, again, words) in [
        ("", "", "Type a new password"),
        (NEW, "another", "The two new passwords differ"),
        ("a\u{7}bcdefgh1", "a\u{7}bcdefgh1", "cannot be used"),
    ] {
        let answer =
            send(&mut browser, &fixture, &form, "password", &[("row", &row), ("new", new), ("again", again)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(answer.text.contains(words) && !answer.text.contains(NEW), "{words}: {}", answer.text);
    }
    let accepted =
        send(&mut browser, &fixture, &form, "password", &[("row", &row), ("new", NEW), ("again", NEW)]).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.text);
    let result = accepted.header("location").to_owned();
    assert!(result.starts_with("/recovery/changes/"), "{result}");
    assert_eq!(browser.cookie("passwright-session"), None, "a reset signs nobody in");
    let shown = browser.get(&fixture, &result).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(shown.text.contains("<strong>Wiki</strong>") && !shown.text.contains("Intranet"), "{}", shown.text);
    // Once, and in this browser alone.
    let again = send(&mut browser, &fixture, &form, "password", &[("row", &row), ("new", NEW), ("again", NEW)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    let mut other = Browser::default();
    assert_eq!(other.get(&fixture, &result).await.status, StatusCode::NOT_FOUND);
    begin(&mut other, &fixture, "/recovery/password", "Abby.Smith").await;
    for path in [result.clone(), format!("{result}/events")] {
        assert_eq!(other.get(&fixture, &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    clock.advance(Duration::from_secs(3590));
    assert_eq!(browser.get(&fixture, &result).await.status, StatusCode::OK, "still");
    clock.advance(Duration::from_secs(11));
    assert_eq!(browser.get(&fixture, &result).await.status, StatusCode::NOT_FOUND, "an hour is over");
}

/// Requirement R46: of somebody, of nobody and of a person without factors, every page is made of the same bytes.
#[tokio::test]
async fn nobody_is_told_the_same() {
    let (fixture, _) = fixture().await;
    codes(&fixture, "Abby.Smith").await;
    let mut seen: Vec<Vec<(StatusCode, String)>> = Vec::new();
    for name in ["Abby.Smith", "Nobody.Here", "Hank.Helper", "Olga.Admin"] {
        let mut browser = Browser::default();
        let mut pages = Vec::new();
        for (path, way) in [
            ("/recovery/password", "totp"),
            ("/recovery/unlock", "recovery_code"),
            ("/recovery/password", "digit_token"),
        ] {
            let choose = begin(&mut browser, &fixture, path, name).await;
            let form = hidden(&choose, "form");
            send(&mut browser, &fixture, &choose, "way", &[("method", way)]).await;
            let prove = browser.get(&fixture, "/recovery/flow").await;
            let wrong = send(&mut browser, &fixture, &prove, "answer", &[("code", "000000")]).await;
            let later = browser.get(&fixture, "/recovery/flow").await;
            for page in [choose, prove, wrong, later] {
                pages.push((page.status, page.text.replace(&form, "")));
            }
        }
        seen.push(pages);
    }
    assert_eq!(seen[0][2].0, StatusCode::UNPROCESSABLE_ENTITY);
    for pages in &seen[1..] {
        assert_eq!(*pages, seen[0]);
    }
}

/// What was planted in a browser before it began is nothing afterwards; nor is another browser's form.
#[tokio::test]
async fn each_flow_has_a_secret_of_its_own() {
    let (fixture, _) = fixture().await;
    let planted = "a".repeat(64);
    let mut browser = Browser { cookies: vec![(SECRET.to_owned(), planted.clone())] };
    begin(&mut browser, &fixture, "/recovery/password", "Abby.Smith").await;
    let first = browser.cookie(SECRET).unwrap().to_owned();
    assert_ne!(first, planted);
    let page = begin(&mut browser, &fixture, "/recovery/password", "Abby.Smith").await;
    assert_ne!(browser.cookie(SECRET).unwrap(), first, "new with each flow");
    let mut other = Browser::default();
    let theirs = begin(&mut other, &fixture, "/recovery/password", "Abby.Smith").await;
    let answer = send(&mut other, &fixture, &page, "way", &[("method", "totp")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "the form is another browser's");
    assert_eq!(send(&mut other, &fixture, &theirs, "way", &[("method", "totp")]).await.status, StatusCode::SEE_OTHER);
    let mut nobody = Browser::default();
    let page = nobody.get(&fixture, "/recovery/flow").await;
    assert!(page.text.contains("There is nothing to go on with here"), "{}", page.text);
}

/// A form made for an earlier step, as in a second tab, changes nothing and is told where the flow stands.
#[tokio::test]
async fn a_form_is_good_for_one_step() {
    let (fixture, clock) = fixture().await;
    let codes = codes(&fixture, "Abby.Smith").await;
    let mut browser = Browser::default();
    let choose = begin(&mut browser, &fixture, "/recovery/unlock", "Abby.Smith").await;
    assert_eq!(
        send(&mut browser, &fixture, &choose, "unlock", &[]).await.status,
        StatusCode::CONFLICT,
        "nothing was proved"
    );
    let early = send(&mut browser, &fixture, &choose, "password", &[("row", "x/y"), ("new", NEW)]).await;
    assert!(early.status.is_client_error(), "{}", early.status);
    send(&mut browser, &fixture, &choose, "way", &[("method", "recovery_code")]).await;
    let stale = send(&mut browser, &fixture, &choose, "way", &[("method", "totp")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text.contains("Here is where you are") && stale.text.contains("Recovery code"), "{}", stale.text);
    let back = send(&mut browser, &fixture, &stale, "back", &[]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let choose = browser.get(&fixture, "/recovery/flow").await;
    let ready = prove(&mut browser, &fixture, &choose, &codes[1]).await;
    assert!(ready.text.contains("Unlock your accounts"), "{}", ready.text);
    let done = send(&mut browser, &fixture, &ready, "unlock", &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(done.text.contains("unlocked"), "{}", done.text);
    let again = send(&mut browser, &fixture, &ready, "unlock", &[]).await;
    assert!(again.text.contains("This was done already"), "{}", again.text);
    clock.advance(Duration::from_secs(601));
    let page = browser.get(&fixture, "/recovery/flow").await;
    assert!(page.text.contains("There is nothing to go on with here"), "{}", page.text);
}

/// A locked name is let in again by a person who proves who they are.
#[tokio::test]
async fn unlocking_opens_the_sign_in_here() {
    let (fixture, _) = fixture().await;
    let codes = codes(&fixture, "Abby.Smith").await;
    for _ in 0..5 {
        Browser::default().enter(&fixture, "Abby.Smith", "wrong").await;
    }
    let locked = Browser::default().enter(&fixture, "Abby.Smith", PASSWORD).await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    let mut browser = Browser::default();
    let choose = begin(&mut browser, &fixture, "/recovery/unlock", "Abby.Smith").await;
    let ready = prove(&mut browser, &fixture, &choose, &codes[0]).await;
    send(&mut browser, &fixture, &ready, "unlock", &[]).await;
    let open = Browser::default().enter(&fixture, "Abby.Smith", PASSWORD).await;
    assert_eq!(open.status, StatusCode::SEE_OTHER, "{}", open.text);
}

/// Requirement R36: a look at the link is no use of it, and in another browser it is nothing.
#[tokio::test]
async fn a_link_shows_a_button() {
    let (fixture, _) = fixture().await;
    let mut stranger = Browser::default();
    let page = stranger.get(&fixture, "/recovery/link?proof=a.b").await;
    assert!(page.text.contains("in the other browser") && !page.text.contains("<form"), "{}", page.text);
    let mut browser = Browser::default();
    begin(&mut browser, &fixture, "/recovery/password", "Abby.Smith").await;
    let page = browser.get(&fixture, "/recovery/link?proof=a.%22%3Eb").await;
    assert!(page.text.contains("name=\"proof\" value=\"a.&#34;&#62;b\""), "{}", page.text);
    let fields = [("form", hidden(&page, "form")), ("proof", "a.b".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.post(&fixture, "/recovery/link", &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "no link was asked for");
    assert!(answer.text.contains("How do you want to show who you are?"), "{}", answer.text);
}

#[tokio::test]
async fn a_forgotten_name_is_never_shown() {
    let (fixture, _) = fixture().await;
    let mut pages = Vec::new();
    for address in ["abby@acme.test", "nobody@acme.test"] {
        let mut browser = Browser::default();
        let page = browser.get(&fixture, "/recovery/user-name").await;
        let form = hidden(&page, "form");
        let empty = browser.post(&fixture, "/recovery/user-name", &[("form", &form), ("address", " ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = browser.post(&fixture, "/recovery/user-name", &[("form", &form), ("address", address)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        pages.push(answer.text);
    }
    assert_eq!(pages[0], pages[1]);
}

/// Over https the secret is bound to the host; it comes with a link out of a mail.
#[tokio::test]
async fn the_secret_is_kept_as_a_session_is() {
    let (fixture, _) = super::fixture_at("https://pw.example").await;
    let mut browser = Browser::default();
    let page = browser.get(&fixture, "/recovery/password").await;
    let fields = [("form", hidden(&page, "form")), ("username", "Abby.Smith".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.post(&fixture, "/recovery/password", &fields).await;
    let cookie = answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).find(|c| c.contains(SECRET));
    let cookie = cookie.unwrap();
    assert!(cookie.starts_with("__Host-passwright-recovery="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=4200; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
}
