//! The authorization code flow over the wire: a browser that signs in, and a client that redeems.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use passwright_app::setup::{Setup, SetupDocument};
use passwright_domain::client::{ClientType, GrantType};
use serde_json::Value;

use super::{Answer, Fixture, SECRET};

const CALLBACK: &str = "https://app.example/callback?tenant=1";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const FORM: &str = "application/x-www-form-urlencoded";

/// A service where Abby has a password, and a client with all grants.
pub(super) async fn fixture() -> (Fixture, String) {
    let fixture = Fixture::new().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("abby"), "Old-Pass-1").unwrap();
    let document = "[[identity]]\nalias = \"Abby.Smith\"\npassword_file = \"abby\"\n\
                    [[identity]]\nalias = \"Off\"\ndisabled = true\npassword_file = \"abby\"\n\
                    [[identity]]\nalias = \"No.Password\"\n";
    let document = SetupDocument::parse(document).unwrap();
    fixture.service.apply(Setup::resolve(document, folder.path(), &|_| None).unwrap(), false).await.unwrap();
    let client = client(&fixture, 8, ClientType::Confidential).await;
    (fixture, client)
}

async fn client(fixture: &Fixture, n: u8, client_type: ClientType) -> String {
    fixture
        .put_client(&[n; 16], |client| {
            client.name = format!("<Portal> & \"Co\" {n}");
            client.token_seconds = 43_200;
            client.details.client_type = client_type;
            client.details.grant_types = [GrantType::AuthorizationCode, GrantType::RefreshToken].into();
            client.details.redirect_uris = vec![CALLBACK.to_owned()];
            client.rate_limit.0 = 1_000_000;
        })
        .await
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub(super) fn asked(client: &str) -> Vec<(&'static str, String)> {
    [
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", CALLBACK),
        ("state", "a&b \"c\""),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

pub(super) async fn page(fixture: &Fixture, asked: &[(&str, String)]) -> Answer {
    let pairs: Vec<_> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fixture.ask("GET", &format!("/oauth/authorize?{}", encoded(&pairs))).await
}

async fn post(fixture: &Fixture, path: &str, cookie: &str, body: String) -> Answer {
    let request = Request::builder().method(Method::POST).uri(path).header("content-type", FORM);
    let request = request.header("cookie", cookie).body(Body::from(body)).unwrap();
    fixture.send(request).await
}

/// Fills the form of a page in and sends it, as a browser would.
pub(super) async fn sign_in(fixture: &Fixture, page: &Answer, user: &str, password: &str) -> Answer {
    let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let mut pairs: Vec<(String, String)> = page
        .text
        .split("<footer")
        .next()
        .unwrap()
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            let value = rest.split_once('"').unwrap().0;
            let value = value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
            (name.to_owned(), value.replace("&#38;", "&"))
        })
        .collect();
    pairs.push(("username".to_owned(), user.to_owned()));
    pairs.push(("password".to_owned(), password.to_owned()));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    post(fixture, "/oauth/authorize", &cookie, body).await
}

/// A parameter of the redirect's query.
fn of(answer: &Answer, name: &str) -> Option<String> {
    let query = answer.header("location").split_once('?').map_or("", |(_, query)| query).to_owned();
    form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

async fn code(fixture: &Fixture, client: &str) -> String {
    let page = page(fixture, &asked(client)).await;
    let answer = sign_in(fixture, &page, "abby.smith", "Old-Pass-1").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    of(&answer, "code").unwrap()
}

async fn token(fixture: &Fixture, pairs: &[(&str, &str)]) -> Answer {
    post(fixture, "/oauth/token", "", encoded(pairs)).await
}

async fn redeem(fixture: &Fixture, client: &str, code: &str) -> Answer {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("client_secret", SECRET),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    token(fixture, &pairs).await
}

async fn renew(fixture: &Fixture, client: &str, refresh: &str) -> Answer {
    let pairs =
        [("grant_type", "refresh_token"), ("client_id", client), ("client_secret", SECRET), ("refresh_token", refresh)];
    token(fixture, &pairs).await
}

fn text(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().unwrap_or_else(|| panic!("{name}: {}", answer.text)).to_owned()
}

async fn works(fixture: &Fixture, bearer: &str) -> StatusCode {
    fixture.call(Method::GET, "/v2025/personal-access-tokens?owner-id=me", bearer, "").await.status
}

#[tokio::test]
async fn a_user_signs_in_for_a_client() {
    let (fixture, client) = fixture().await;
    let page = page(&fixture, &asked(&client)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("&#60;Portal&#62; &#38; &#34;Co&#34; 8 asks"), "{}", page.text);
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self' https://app.example; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    assert!(page.header("set-cookie").contains("HttpOnly; SameSite=Strict"), "{}", page.header("set-cookie"));
    let answer = sign_in(&fixture, &page, "ABBY.smith", "Old-Pass-1").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert!(answer.header("location").starts_with(&format!("{CALLBACK}&code=")), "{}", answer.header("location"));
    assert_eq!(of(&answer, "state").as_deref(), Some("a&b \"c\""));
    assert_eq!(of(&answer, "iss").as_deref(), Some("http://127.0.0.1:8080"));

    let issued = redeem(&fixture, &client, &of(&answer, "code").unwrap()).await;
    assert_eq!(issued.status, StatusCode::OK, "{}", issued.text);
    let expires_in = issued.json()["expires_in"].as_u64().unwrap();
    assert!((890..=900).contains(&expires_in), "{expires_in}: 15 minutes at most");
    assert_eq!(issued.json()["user_name"], "Abby.Smith");
    let bearer = text(&issued, "access_token");
    assert_eq!(works(&fixture, &bearer).await, StatusCode::OK, "it acts as the user");
    let other = r#"{"userId":"Abby.Smith","digitToken":"1"}"#;
    let as_client = fixture.call(Method::POST, "/api/v1/digit-tokens/verify", &bearer, other).await;
    assert_eq!(as_client.status, StatusCode::FORBIDDEN, "and not as a trusted client");

    let renewed = renew(&fixture, &client, &text(&issued, "refresh_token")).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text);
    assert_ne!(text(&renewed, "refresh_token"), text(&issued, "refresh_token"));
    // The old one again: somebody stole one of them.
    let again = renew(&fixture, &client, &text(&issued, "refresh_token")).await;
    assert_eq!((again.status, text(&again, "error").as_str()), (StatusCode::BAD_REQUEST, "invalid_grant"));
    assert_eq!(renew(&fixture, &client, &text(&renewed, "refresh_token")).await.status, StatusCode::BAD_REQUEST);
    for bearer in [bearer, text(&renewed, "access_token")] {
        assert_eq!(works(&fixture, &bearer).await, StatusCode::UNAUTHORIZED, "everything of the sign-in ended");
    }
}

#[tokio::test]
async fn a_code_works_once_for_its_client_its_address_and_its_verifier() {
    let (fixture, client) = fixture().await;
    let first = code(&fixture, &client).await;
    let issued = redeem(&fixture, &client, &first).await;
    assert_eq!(redeem(&fixture, &client, &first).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(works(&fixture, &text(&issued, "access_token")).await, StatusCode::UNAUTHORIZED);

    let other = self::client(&fixture, 9, ClientType::Confidential).await;
    let public = self::client(&fixture, 10, ClientType::Public).await;
    let base = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("client_secret", SECRET),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let with = |name: &str, value: &'static str| -> Vec<(&str, &str)> {
        base.iter()
            .map(|pair| if pair.0 == name { (pair.0, value) } else { *pair })
            .filter(|p| !p.1.is_empty())
            .collect()
    };
    let cases: Vec<(Vec<(&str, &str)>, &str)> = vec![
        (with("redirect_uri", "https://app.example/callback?tenant=2"), "invalid_grant"),
        (with("redirect_uri", ""), "invalid_request"),
        (with("code_verifier", "x"), "invalid_grant"),
        (with("code_verifier", CHALLENGE), "invalid_grant"),
        (with("code_verifier", ""), "invalid_request"),
        (with("client_secret", "wrong"), "invalid_client"),
        (with("client_secret", ""), "invalid_client"),
        (base.iter().map(|p| if p.0 == "client_id" { (p.0, other.as_str()) } else { *p }).collect(), "invalid_grant"),
        (base.iter().map(|p| if p.0 == "client_id" { (p.0, public.as_str()) } else { *p }).collect(), "invalid_grant"),
    ];
    for (mut pairs, error) in cases {
        let code = code(&fixture, &client).await;
        pairs.push(("code", &code));
        let answer = token(&fixture, &pairs).await;
        assert_eq!(text(&answer, "error"), error, "{pairs:?}");
    }
    // A public client has no secret to bring; its code is safe by the verifier.
    let code = code(&fixture, &public).await;
    let pairs: Vec<_> = base
        .iter()
        .filter(|p| !matches!(p.0, "client_id" | "client_secret"))
        .copied()
        .chain([("client_id", public.as_str()), ("code", code.as_str())])
        .collect();
    assert_eq!(token(&fixture, &pairs).await.status, StatusCode::OK);
    let machine = [("grant_type", "client_credentials"), ("client_id", client.as_str()), ("client_secret", SECRET)];
    assert_eq!(text(&token(&fixture, &machine).await, "error"), "unauthorized_client");
}

#[tokio::test]
async fn only_a_registered_address_is_ever_sent_to() {
    let (fixture, client) = fixture().await;
    let inserted = ["a", "/", "?", "#", "@", ".", "%2e", "%00", "\\", " ", "\t", "\u{e4}", ":", "//", "*", "&x=1"];
    let mut mutations: Vec<String> = Vec::new();
    for (at, _) in CALLBACK.char_indices().chain([(CALLBACK.len(), ' ')]) {
        mutations.extend(inserted.iter().map(|text| format!("{}{text}{}", &CALLBACK[..at], &CALLBACK[at..])));
        if at < CALLBACK.len() {
            mutations.push(format!("{}{}", &CALLBACK[..at], &CALLBACK[at + 1..]));
        }
    }
    mutations.extend(
        ["", "https://app.example/callback", "HTTPS://app.example/callback?tenant=1", "//app.example"]
            .map(str::to_owned),
    );
    assert!(mutations.len() > 500, "{}", mutations.len());
    for uri in mutations {
        let mut asked = asked(&client);
        asked[2].1 = uri.clone();
        let answer = page(&fixture, &asked).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert_eq!(answer.header("location"), "", "{uri}");
    }
}

#[tokio::test]
async fn what_a_client_asks_wrongly_is_told_to_it() {
    let (fixture, client) = fixture().await;
    let cases = [
        (0, "token", "unsupported_response_type"),
        (0, "", "invalid_request"),
        (4, "", "invalid_request"),
        (4, "short", "invalid_request"),
        (5, "plain", "invalid_request"),
        (5, "", "invalid_request"),
    ];
    for (field, value, error) in cases {
        let mut asked = asked(&client);
        asked[field].1 = value.to_owned();
        let answer = page(&fixture, &asked).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{field} {value}");
        assert!(answer.header("location").starts_with(CALLBACK));
        assert_eq!(of(&answer, "error").as_deref(), Some(error));
        assert_eq!(of(&answer, "state").as_deref(), Some("a&b \"c\""));
        assert_eq!(of(&answer, "iss").as_deref(), Some("http://127.0.0.1:8080"));
    }
    for (field, value) in [(1, "x"), (1, "")] {
        let mut asked = asked(&client);
        asked[field].1 = value.to_owned();
        assert_eq!(page(&fixture, &asked).await.status, StatusCode::BAD_REQUEST);
    }
    let narrow = fixture
        .put_client(&[11; 16], |client| {
            client.scopes = ["idn:password-info:read"].into_iter().collect();
            client.details.grant_types = [GrantType::AuthorizationCode].into();
            client.details.redirect_uris = vec![CALLBACK.to_owned()];
        })
        .await;
    let mut asked = asked(&narrow);
    asked.push(("scope", "idn:password-info:read idn:password-change:manage".to_owned()));
    assert_eq!(of(&page(&fixture, &asked).await, "error").as_deref(), Some("invalid_scope"));
}

#[tokio::test]
async fn nobody_learns_who_exists_and_guessing_is_bounded() {
    let (fixture, client) = fixture().await;
    let shown = page(&fixture, &asked(&client)).await;
    // Without what differs from page to page.
    let same = |answer: &Answer| {
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
        let (head, rest) = answer.text.split_once("name=\"form\" value=\"").unwrap();
        let (form, rest) = (head, rest.split_once('"').unwrap().1);
        // The name that was typed comes back.
        let (head, rest) = rest.split_once("name=\"username\" value=\"").unwrap();
        format!("{form}{head}{}", rest.split_once('"').unwrap().1)
    };
    let wrong = sign_in(&fixture, &shown, "Abby.Smith", "Wrong").await;
    for (user, password) in
        [("Nobody", "Wrong"), ("Off", "Old-Pass-1"), ("No.Password", "x"), ("", ""), ("Abby.Smith", "")]
    {
        assert_eq!(same(&sign_in(&fixture, &shown, user, password).await), same(&wrong), "{user}");
    }
    for user in ["Olga", "abby.smith"] {
        let mut statuses = Vec::new();
        for name in [user.to_owned(), user.to_uppercase(), format!(" {user} ")].iter().cycle().take(8) {
            statuses.push(sign_in(&fixture, &shown, name, "Wrong").await.status);
        }
        assert_eq!(statuses[7], StatusCode::TOO_MANY_REQUESTS, "{user}: {statuses:?}");
    }
    let right = sign_in(&fixture, &shown, "Abby.Smith", "Old-Pass-1").await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "also with the right password");
    assert!(!right.header("retry-after").is_empty());
}

#[tokio::test]
async fn another_sites_form_is_refused() {
    let (fixture, client) = fixture().await;
    let shown = page(&fixture, &asked(&client)).await;
    let cookie = shown.header("set-cookie").split(';').next().unwrap().to_owned();
    let value = cookie.split_once('=').unwrap().1.to_owned();
    let pairs: Vec<_> = asked(&client);
    let body = |form: &str| {
        let mut pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
        pairs.extend([("username", "Abby.Smith"), ("password", "Old-Pass-1"), ("form", form)]);
        encoded(&pairs)
    };
    let doubled = format!("{cookie}; {cookie}");
    for (cookie, form) in
        [("", value.as_str()), (&cookie, ""), (&cookie, "x"), ("passwright-sign-in=", ""), (&doubled, &value)]
    {
        let answer = post(&fixture, "/oauth/authorize", cookie, body(form)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{cookie} {form}");
    }
    let request = Request::post("/oauth/authorize").header("content-type", FORM).header("cookie", &cookie);
    let request = request.header("sec-fetch-site", "cross-site").body(Body::from(body(&value))).unwrap();
    assert_eq!(fixture.send(request).await.status, StatusCode::FORBIDDEN);
    assert_eq!(post(&fixture, "/oauth/authorize", &cookie, body(&value)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_client_revokes_what_it_has() {
    let (fixture, client) = fixture().await;
    let revoke = async |client: &str, token: &str| {
        let pairs = [("client_id", client), ("client_secret", SECRET), ("token", token)];
        post(&fixture, "/oauth/revoke", "", encoded(&pairs)).await
    };
    let other = self::client(&fixture, 9, ClientType::Confidential).await;
    for which in ["refresh_token", "access_token"] {
        let issued = redeem(&fixture, &client, &code(&fixture, &client).await).await;
        let bearer = text(&issued, "access_token");
        assert_eq!(revoke(&other, &text(&issued, which)).await.status, StatusCode::OK);
        assert_eq!(works(&fixture, &bearer).await, StatusCode::OK, "another client's request does nothing");
        assert_eq!(revoke(&client, &text(&issued, which)).await.status, StatusCode::OK);
        assert_eq!(works(&fixture, &bearer).await, StatusCode::UNAUTHORIZED);
        assert_eq!(renew(&fixture, &client, &text(&issued, "refresh_token")).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(revoke(&client, "unknown").await.status, StatusCode::OK);
    let machine = fixture.token().await;
    assert_eq!(text(&revoke(&client, &machine).await, "error"), "unsupported_token_type");
    let wrong = [("client_id", client.as_str()), ("client_secret", "x"), ("token", "y")];
    assert_eq!(post(&fixture, "/oauth/revoke", "", encoded(&wrong)).await.status, StatusCode::UNAUTHORIZED);
    let metadata: Value = fixture.ask("GET", "/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata["revocation_endpoint"], "http://127.0.0.1:8080/oauth/revoke");
    assert_eq!(metadata["code_challenge_methods_supported"], serde_json::json!(["S256"]));
}
