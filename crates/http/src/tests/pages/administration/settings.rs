//! Settings, own texts, name and colour.

use std::time::Duration;

use axum::http::StatusCode;

use super::super::{Browser, PASSWORD, fixture, hidden, wants_sign_in};
use super::check_shown;

#[tokio::test]
async fn settings_hold_at_once() {
    let (fixture, clock) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let page = olga.get(&fixture, "/admin/settings").await;
    check_shown(
        &page,
        &["name=\"tokens\" value=\"yes\" checked", "id=\"totp\"", "name=\"attempts\"", "name=\"networks\""],
    );
    let token = hidden(&page, "form");
    let form = ("form", token.as_str());
    for (section, fields) in [
        ("passwords", vec![("length", "8"), ("minutes", "10"), ("instructions", "yes")]),
        ("recovery", vec![("totp", "whole"), ("passkey", "half"), ("mailed_code", "half"), ("revoke_tokens", "yes")]),
        ("lockout", vec![("attempts", "2"), ("window", "10"), ("duration", "30")]),
        ("networks", vec![("networks", "10.0.0.0/8\n2001:db8::/32 ")]),
        ("sessions", vec![("idle", "5"), ("longest", "20")]),
    ] {
        let fields: Vec<_> = [form].into_iter().chain(fields).collect();
        let saved = olga.post(&fixture, &format!("/admin/settings/{section}"), &fields).await;
        assert_eq!(saved.header("location"), "/admin/settings?done=saved", "{section}: {}", saved.text);
    }
    let page = olga.get(&fixture, "/admin/settings?done=saved").await;
    let shown = ["Saved.", "name=\"length\" inputmode=\"numeric\" required value=\"8\"", "10.0.0.0/8\n2001:db8::/32"];
    check_shown(&page, &shown);
    assert!(!page.text.contains("name=\"tokens\" value=\"yes\" checked"), "switched off");
    for (section, fields, why) in [
        ("passwords", vec![("length", "5"), ("minutes", "10")], "digitTokenLength"),
        ("passwords", vec![("length", "many"), ("minutes", "10")], "digitTokenLength"),
        ("recovery", vec![("passkey", "half")], "enough"),
        ("recovery", vec![("mailed_code", "whole")], "mail"),
        ("lockout", vec![("attempts", "99"), ("window", "5"), ("duration", "5")], "maximumAttempts"),
        ("networks", vec![("networks", "everywhere")], "everywhere"),
        ("sessions", vec![("idle", "20"), ("longest", "5")], "maxSessionTime"),
    ] {
        let fields: Vec<_> = [form].into_iter().chain(fields).collect();
        let answer = olga.post(&fixture, &format!("/admin/settings/{section}"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{section} {why}");
        assert!(answer.text.contains("Nothing was saved") && answer.text.contains(why), "{section}: {}", answer.text);
    }
    // The lock-out: the third attempt is not looked at.
    let mut stranger = Browser::default();
    for _ in 0..2 {
        assert_eq!(stranger.enter(&fixture, "Abby.Smith", "wrong").await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(stranger.enter(&fixture, "Abby.Smith", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    // And the sessions: five minutes unused, twenty in all.
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let mut used = hank.clone();
    for _ in 0..4 {
        assert_eq!(used.get(&fixture, "/sessions").await.status, StatusCode::OK);
        clock.advance(Duration::from_secs(280));
    }
    assert_eq!(used.get(&fixture, "/sessions").await.status, StatusCode::OK);
    assert!(wants_sign_in(&hank.get(&fixture, "/sessions").await), "unused");
    clock.advance(Duration::from_secs(100));
    assert!(wants_sign_in(&used.get(&fixture, "/sessions").await), "twenty minutes are over");
}

#[tokio::test]
async fn security_questions_are_added_and_removed() {
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let page = olga.get(&fixture, "/admin/settings").await;
    check_shown(&page, &["There are none."]);
    let token = hidden(&page, "form");
    let form = ("form", token.as_str());
    let long = "x".repeat(256);
    for text in ["", "  ", long.as_str()] {
        let refused = olga.post(&fixture, "/admin/settings/questions", &[form, ("text", text)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{text:?}");
        assert!(refused.text.contains("1 to 255 characters"), "{}", refused.text);
    }
    for (text, german) in [("Your first <b>pet</b>?", "Ihr erstes Tier?"), ("Your first car?", " ")] {
        let fields = [form, ("text", text), ("text-de", german), ("text-en", "")];
        let saved = olga.post(&fixture, "/admin/settings/questions", &fields).await;
        assert_eq!(saved.header("location"), "/admin/settings?done=saved", "{}", saved.text);
    }
    let page = olga.get(&fixture, "/admin/settings").await;
    check_shown(&page, &["Your first &#60;b&#62;pet&#60;/b&#62;?", "Your first car?", "0 answers"]);
    olga.cookies.push(("passwright-language".to_owned(), "de".to_owned()));
    let page = olga.get(&fixture, "/admin/settings").await;
    check_shown(&page, &["Ihr erstes Tier?", "Your first car?"]);
    let id = hidden(&page, "question");
    let mut hank = Browser::of(&fixture, "Hank.Helper").await;
    let hanks = hank.token(&fixture).await;
    let fields = [("form", hanks.as_str()), ("question", id.as_str()), ("text", "Mine?")];
    for path in ["/admin/settings/questions", "/admin/settings/questions/remove"] {
        assert_eq!(hank.post(&fixture, path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let removed = olga.post(&fixture, "/admin/settings/questions/remove", &[form, ("question", &id)]).await;
    assert_eq!(removed.header("location"), "/admin/settings?done=deleted", "{}", removed.text);
    assert!(!olga.get(&fixture, "/admin/settings").await.text.contains("Ihr erstes Tier?"));
    let again = olga.post(&fixture, "/admin/settings/questions/remove", &[form, ("question", &id)]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn own_texts_are_written_and_taken_away() {
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    check_shown(&olga.get(&fixture, "/admin/texts").await, &["Own texts are switched off"]);
    let on = [("form", token.as_str()), ("tokens", "yes"), ("length", "6"), ("minutes", "5"), ("instructions", "yes")];
    olga.post(&fixture, "/admin/settings/passwords", &on).await;
    let place = [("form", token.as_str()), ("page", "change-password:enter-password"), ("locale", "de")];
    let with = |more: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> {
        place.iter().copied().chain(more.iter().copied()).collect()
    };
    let empty = olga.post(&fixture, "/admin/texts", &with(&[("content", " "), ("do", "save")])).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let content = "<p>Rufen Sie <b>4711</b> an.</p><script>alert(1)</script>";
    let saved = olga.post(&fixture, "/admin/texts", &with(&[("content", content), ("do", "save")])).await;
    let to = saved.header("location").to_owned();
    assert_eq!(to, "/admin/texts?page=change-password%3Aenter-password&locale=de&done=saved");
    let page = olga.get(&fixture, &to).await;
    check_shown(&page, &["Saved.", "<b>4711</b>", "Delete the text"]);
    assert!(!page.text.contains("alert(1)"), "{}", page.text);
    let row = olga.get(&fixture, "/password-manager").await;
    let row = row.text.split("name=\"row\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    olga.cookies.push(("passwright-language".to_owned(), "de".to_owned()));
    let seen = olga.get(&fixture, &format!("/password-manager/change?row={row}")).await;
    check_shown(&seen, &["Rufen Sie <b>4711</b> an."]);
    let deleted = olga.post(&fixture, "/admin/texts", &with(&[("content", ""), ("do", "delete")])).await;
    assert!(deleted.header("location").ends_with("done=deleted"), "{}", deleted.text);
    let again = olga.post(&fixture, "/admin/texts", &with(&[("content", ""), ("do", "delete")])).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_pages_have_a_name_and_a_colour_of_their_own() {
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let plain = fixture.ask("GET", "/sign-in").await;
    assert!(plain.text.contains("Passwright") && !plain.text.contains("colours.css"), "{}", plain.text);
    for (name, accent, why) in [
        ("Acme", "#ffff00", "has a contrast of"),
        ("Acme", "red", "must be a colour"),
        ("x".repeat(41).as_str(), "", "name must be at most 40"),
    ] {
        let fields = [("form", token.as_str()), ("name", name), ("accent", accent)];
        let answer = olga.post(&fixture, "/admin/settings/branding", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(why), "{why}: {}", answer.text);
    }
    let fields = [("form", token.as_str()), ("name", "Acme & Sons"), ("accent", "#8A1538")];
    let saved = olga.post(&fixture, "/admin/settings/branding", &fields).await;
    assert_eq!(saved.header("location"), "/admin/settings?done=saved", "{}", saved.text);
    for path in ["/sessions", "/admin/sources/089899f13a8f4da7824996191587bab9"] {
        let page = olga.get(&fixture, path).await;
        assert!(
            page.text.contains("Acme &#38; Sons") && page.text.contains("/colours.css?8a1538"),
            "{path}: {}",
            page.text
        );
    }
    let stranger = fixture.ask("GET", "/sign-in").await;
    assert!(stranger.text.contains("Acme &#38; Sons"), "{}", stranger.text);
    let colours = fixture.ask("GET", "/colours.css").await;
    assert_eq!(colours.header("content-type"), "text/css; charset=utf-8");
    assert!(
        colours.text.starts_with(":root { --accent: #8a1538;") && colours.text.contains("dark"),
        "{}",
        colours.text
    );
}

#[tokio::test]
async fn the_pages_have_a_picture_of_their_own() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot looked at any further";
    let (fixture, _) = fixture().await;
    let mut olga = Browser::of(&fixture, "Olga.Admin").await;
    let token = olga.token(&fixture).await;
    let path = "/admin/settings/branding";
    assert_eq!(fixture.ask("GET", "/logo").await.status, StatusCode::NOT_FOUND);
    let large = [PNG, &[0; 49 * 1024][..]].concat();
    for (content, why) in [
        (&b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..], "is not a picture of the kinds"),
        (&large, "has more than 48 KiB"),
    ] {
        let refused = olga.upload(&fixture, path, &[("form", &token), ("name", "Acme"), ("accent", "")], content).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}: {}", refused.text);
        assert!(refused.text.contains(why), "{why}: {}", refused.text);
    }
    // The token is looked for in such a form as in any other.
    let forged = olga.upload(&fixture, path, &[("form", "0"), ("name", "Evil"), ("accent", "")], PNG).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.text);
    let saved = olga.upload(&fixture, path, &[("form", &token), ("name", "Acme"), ("accent", "")], PNG).await;
    assert_eq!(saved.header("location"), "/admin/settings?done=saved", "{}", saved.text);
    for page in ["/sign-in", "/recovery"] {
        let page = fixture.ask("GET", page).await;
        assert!(page.text.contains("<img class=\"mark\" src=\"/logo?") && page.text.contains("Acme"), "{}", page.text);
    }
    let picture = fixture.ask("GET", "/logo").await;
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    let records = super::records(&fixture, "BRANDING_UPDATED").await;
    assert!(records.iter().all(|record| record.detail.len() < 200), "no picture in the audit: {records:?}");

    // Another name leaves the picture; a tick takes it away.
    let fields = [("form", token.as_str()), ("name", "Acme Two"), ("accent", "")];
    assert_eq!(olga.post(&fixture, path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(fixture.ask("GET", "/logo").await.status, StatusCode::OK);
    let fields = [("form", token.as_str()), ("name", "Acme Two"), ("accent", ""), ("no_logo", "yes")];
    assert_eq!(olga.post(&fixture, path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(fixture.ask("GET", "/logo").await.status, StatusCode::NOT_FOUND);
}
