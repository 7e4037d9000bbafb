//! Who comes to a page, with what, and whether what they send is from a form of ours.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, ORIGIN, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use passwright_app::branding::Branding;
use passwright_app::oauth::SecretText;
use passwright_app::recovery::Browser;
use passwright_app::sessions::{Session, Visitor};
use passwright_app::{Error, Trace};

use super::answer::redirect_to;
use super::failure::FailurePage;
use super::form::Form;
use super::language::{self, Language};
use super::{cookies, words};
use crate::error::Failure;
use crate::extract::{media_type, read};
use crate::front::Connection;
use crate::state::AppState;

const FORM: &str = "application/x-www-form-urlencoded";
const FORM_WITH_FILE: &str = "multipart/form-data";
/// Longest address to come back to after signing in, in bytes: a client's request may be long.
const LONGEST_TO: usize = 4000;
/// How long a browser keeps the secret of a sign-in that waits for a factor, in seconds.
const HALF_LIFE: u32 = 300;
/// Where one may be sent after signing in.
const PLACES: [&str; 7] =
    ["/password-manager", "/help-desk", "/admin", "/sessions", "/oauth/authorize", "/recovery", "/factors"];
/// How long a browser keeps the secret of a reset, in seconds: as long as the reset goes on and what came of it is shown.
const RECOVERY_LIFE: u32 = 4200;

/// Whom a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Anyone, signed in or not.
    Nothing,
    /// The same, where the time of the answer could tell a stranger that somebody exists: it comes in steps.
    Stranger,
    /// Who is signed in; others are sent to sign in.
    Session,
}

/// One visit of a page.
pub(crate) struct Visit {
    pub(crate) session: Option<Arc<Session>>,
    /// What the form holds whose sending this is; empty when it is none.
    pub(crate) form: Form,
    pub(crate) query: Form,
    pub(crate) language: &'static Language,
    pub(crate) trace: Trace,
    pub(crate) visitor: Visitor,
    /// The path of the public URL: before every path of ours.
    pub(crate) base: String,
    pub(crate) secure: bool,
    pub(crate) branding: Arc<Branding>,
    /// Path and query, of a page; empty for what is no page.
    pub(crate) here: String,
    /// The value of forms that this browser was given before it had a session.
    pub(crate) form_value: Option<String>,
    /// The secret of a browser whose person cannot sign in.
    pub(crate) recovery: Option<SecretText>,
    /// The secret of a sign-in that waits for a factor.
    pub(crate) half: Option<SecretText>,
}

impl Visit {
    /// The session that the route needs.
    pub(crate) fn signed_in(&self) -> Result<&Session, Error> {
        self.session.as_deref().ok_or(Error::Unauthenticated("nobody is signed in"))
    }

    /// Where to go after signing in: a place of ours, or none.
    pub(crate) fn wanted_place(&self) -> Option<String> {
        let to = if self.form.has("to") { self.form.text("to") } else { self.query.text("to") };
        is_place(to).then(|| to.to_owned())
    }

    /// The cookie of a sign-in that waits for a factor; `None` removes it.
    pub(crate) fn half_cookie(&self, secret: Option<&SecretText>) -> Option<HeaderValue> {
        let (value, seconds) = secret.map_or(("", 0), |secret| (secret.expose(), HALF_LIFE));
        cookies::set(cookies::HALF, value, self.secure, "Strict", Some(seconds))
    }

    /// The network address of the person, as far as it is known.
    pub(crate) fn address(&self) -> Option<std::net::IpAddr> {
        self.visitor.address.parse().ok()
    }

    /// The browser as the reset of a password knows it.
    pub(crate) fn browser(&self) -> Option<Browser> {
        self.recovery.as_ref().map(|secret| Browser::new(secret, &self.trace))
    }

    /// Comes with a link out of a mail, so it is sent from other sites too when one is followed.
    pub(crate) fn recovery_cookie(&self, secret: &SecretText) -> Option<HeaderValue> {
        cookies::set(cookies::RECOVERY, secret.expose(), self.secure, "Lax", Some(RECOVERY_LIFE))
    }

    /// A cookie to be set.
    pub(crate) fn session_cookie(&self, value: &SecretText) -> Option<HeaderValue> {
        cookies::set(cookies::SESSION, value.expose(), self.secure, "Lax", None)
    }

    pub(crate) fn no_session_cookie(&self) -> Option<HeaderValue> {
        cookies::set(cookies::SESSION, "", self.secure, "Lax", Some(0))
    }

    /// The cookie that a form is compared with before there is a session; ten minutes are for typing.
    pub(crate) fn form_cookie(&self, value: &str) -> Option<HeaderValue> {
        cookies::set(cookies::SIGN_IN, value, self.secure, "Strict", Some(600))
    }

    pub(crate) fn language_cookie(&self, code: &str) -> Option<HeaderValue> {
        cookies::set(cookies::LANGUAGE, code, self.secure, "Lax", Some(31_536_000))
    }
}

/// Whether a text is an address of ours to go to: nobody is sent elsewhere.
fn is_place(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default();
    let known =
        PLACES.iter().any(|place| path == *place || path.strip_prefix(place).is_some_and(|r| r.starts_with('/')));
    known
        && text.len() <= LONGEST_TO
        && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && !path.contains("//")
        && !path.contains("..")
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let visit = parts.extensions.remove::<Kept>();
        visit
            .and_then(|Kept(visit)| Arc::into_inner(visit))
            .ok_or_else(|| Failure::App(Error::Internal("a page's handler on a route that is not a page's".to_owned())))
    }
}

/// What extensions hold must be cheap to clone; there is one owner all the same.
#[derive(Clone)]
struct Kept(Arc<Visit>);

/// Finds out who comes and reads the form. Gives the request with its [`Visit`], and the session's cookie where it is to be
/// set anew; or the answer when the visit ends here.
pub(crate) async fn arrive(
    state: &AppState,
    request: Request,
    need: Need,
    trace: &Trace,
) -> Result<(Request, Option<HeaderValue>), Box<Response>> {
    let failed = |failure: Failure| Box::new(failure.into_response());
    let (mut head, body) = request.into_parts();
    // What is shown of it may be old; where the database does not answer, the page will say so.
    let _ = state.service().catalog().await;
    let settings = state.service().settings();
    let secure = settings.public_url.starts_with("https://");
    let mut visit = Visit {
        session: None,
        form: Form::default(),
        query: Form::parse(head.uri.query().unwrap_or_default().as_bytes()),
        language: language::choose(&head.headers, cookies::read(&head.headers, cookies::LANGUAGE, secure)),
        trace: trace.clone(),
        visitor: visitor(&head),
        base: base(&settings.public_url).to_owned(),
        secure,
        branding: state.service().branding(),
        here: head.uri.path_and_query().map(|here| here.as_str().to_owned()).unwrap_or_default(),
        form_value: form_value(&head.headers, secure),
        half: cookies::read(&head.headers, cookies::HALF, secure),
        recovery: cookies::read(&head.headers, cookies::RECOVERY, secure).filter(|secret| is_hex(secret.expose(), 64)),
    };
    let mut fresh = None;
    if let Some(cookie) = cookies::read(&head.headers, cookies::SESSION, secure)
        && let Some(resumed) = state.service().resume_session(&cookie).await.map_err(|e| failed(e.into()))?
    {
        fresh = resumed.cookie.and_then(|cookie| visit.session_cookie(&cookie.0));
        visit.visitor.session = Some(resumed.session.stored.id.clone());
        visit.session = Some(Arc::new(resumed.session));
    }
    let is_form = !matches!(head.method, Method::GET | Method::HEAD);
    if need == Need::Session && visit.session.is_none() {
        return Err(Box::new(to_sign_in(&visit, is_form)));
    }
    if is_form {
        visit.here.clear();
        let kind = media_type(&head.headers).map_err(failed)?.unwrap_or_default();
        visit.form = if kind.eq_ignore_ascii_case(FORM) {
            Form::parse(&read(body).await.map_err(failed)?)
        } else if kind.eq_ignore_ascii_case(FORM_WITH_FILE) {
            let whole = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
            Form::parse_parts(whole, &read(body).await.map_err(failed)?)
        } else {
            let kind = "the content type must be application/x-www-form-urlencoded or multipart/form-data";
            return Err(failed(Failure::MediaType(kind)));
        };
        if !is_ours(&head.headers, state, &visit, need) {
            return Err(Box::new(FailurePage::StaleForm.of(&visit)));
        }
    }
    head.extensions.insert(Kept(Arc::new(visit)));
    Ok((Request::from_parts(head, axum::body::Body::empty()), fresh))
}

fn to_sign_in(visit: &Visit, is_form: bool) -> Response {
    let to = (!is_form && is_place(&visit.here) && visit.here != "/password-manager").then_some(visit.here.as_str());
    redirect_to(visit, &leading_to("/sign-in", to))
}

/// A path of ours that leads on to another one.
pub(super) fn leading_to(path: &str, to: Option<&str>) -> String {
    match to {
        Some(to) => {
            format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("to", to).finish())
        }
        None => path.to_owned(),
    }
}

/// Whether a form was made here for this browser: no other site sent it, and it holds the session's token, or where none is
/// needed the value of the cookie that was set with it, or what belongs to the browser's secret.
fn is_ours(headers: &HeaderMap, state: &AppState, visit: &Visit, need: Need) -> bool {
    if is_from_elsewhere(headers, &state.service().settings().public_url) {
        return false;
    }
    let given = SecretText::new(visit.form.text("form").to_owned());
    let of_session = visit.session.as_ref().is_some_and(|s| state.service().form_token(&s.stored).ct_eq(&given));
    let kept = cookies::read(headers, cookies::SIGN_IN, visit.secure);
    let before_session = need != Need::Session && kept.is_some_and(|kept| kept.ct_eq(&given));
    let of_browser = visit.recovery.as_ref().map(|secret| state.service().browser_form_token(secret));
    let of_browser = need != Need::Session && of_browser.is_some_and(|token| token.ct_eq(&given));
    !given.expose().is_empty() && (of_session || before_session || of_browser)
}

/// What the browser says of the page that sent the form. Our pages send no referrer, so that where it cannot say which site it
/// was (`Origin: null`), the token alone decides.
fn is_from_elsewhere(headers: &HeaderMap, public_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site.as_bytes() != b"same-origin";
    }
    let own = public_url.strip_suffix(base(public_url)).unwrap_or(public_url);
    headers.get_all(ORIGIN).iter().any(|origin| origin.as_bytes() != b"null" && origin.as_bytes() != own.as_bytes())
}

/// The path of the public URL.
pub(super) fn base(public_url: &str) -> &str {
    let start = public_url.find("://").map_or(0, |at| at + 3);
    let rest = public_url.get(start..).unwrap_or_default();
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
}

/// The value that is in use, so that a page in another tab goes on being good.
fn form_value(headers: &HeaderMap, secure: bool) -> Option<String> {
    let kept = cookies::read(headers, cookies::SIGN_IN, secure)?;
    is_hex(kept.expose(), 32).then(|| kept.expose().to_owned())
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn visitor(head: &Parts) -> Visitor {
    let agent = head.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let connection = head.extensions.get::<Connection>();
    let address = connection.map(|connection| connection.origin(&head.headers).address.to_string());
    Visitor { browser: words::browser(agent), address: address.unwrap_or_default(), session: None }
}

/// Sets a cookie beside what the answer sets itself.
pub(super) fn set_cookie(answer: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (text, wanted) in [
            ("/password-manager", true),
            ("/password-manager/change?row=a1", true),
            ("/sessions", true),
            ("/recovery/flow", true),
            ("/factors", true),
            ("/oauth/authorize?redirect_uri=https%3A%2F%2Fevil.example", true),
            ("/", false),
            ("", false),
            ("//evil.example/password-manager", false),
            ("https://evil.example/password-manager", false),
            ("/\\evil.example", false),
            ("/password-manager\\..\\evil", false),
            ("/password-managers", false),
            ("/password-manager//evil", false),
            ("/password-manager/../oauth/token", false),
            ("/sign-out", false),
            ("/password-manager\r\nset-cookie: a=b", false),
        ] {
            assert_eq!(is_place(text), wanted, "{text}");
        }
    }

    #[test]
    fn where_a_form_comes_from() {
        let check = |headers: &[(&'static str, &'static str)], wanted: bool| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, HeaderValue::from_static(value));
            }
            assert_eq!(is_from_elsewhere(&map, "https://pw.example/base"), wanted, "{headers:?}");
        };
        check(&[], false);
        check(&[("origin", "https://pw.example")], false);
        check(&[("origin", "null")], false);
        check(&[("origin", "https://evil.example")], true);
        check(&[("origin", "http://pw.example")], true);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "null")], false);
        check(&[("sec-fetch-site", "same-site"), ("origin", "https://pw.example")], true);
        check(&[("sec-fetch-site", "cross-site")], true);
        check(&[("sec-fetch-site", "none")], true);
    }

    #[test]
    fn paths_of_public_urls() {
        for (url, wanted) in [("https://a.example", ""), ("https://a.example/pw/x", "/pw/x"), ("http://[::1]:8", "")] {
            assert_eq!(base(url), wanted);
        }
    }
}
