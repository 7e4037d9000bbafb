//! `GET` and `POST /oauth/authorize` (RFC 6749 section 4.1, RFC 7636, RFC 9207): a small page that asks for the user's own
//! sign-in password, and the way back to the client.
//!
//! The page needs no script. What the form sends is checked anew; a value that only the page and a cookie hold shows that
//! the form is ours.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use passwright_app::Error;
use passwright_app::oauth::{
    AuthorizationFault, AuthorizationRequest, CheckedRequest, Password, SecretText, SignIn, TokenFault,
};

use super::form::TokenForm;
use super::page::{escaped, origin, page};
use super::token::form;
use crate::error::Failure;
use crate::exchange::trace;
use crate::state::AppState;

/// The cookie's name; over https it is bound to this host (RFC 6265bis section 4.1.3.2).
const COOKIE_NAME: &str = "passwright-sign-in";
const WRONG: &str = "The user name or the password is wrong.";
const FORM_FAULT: &str = "The form is no longer valid. Go back to the application and start again.";

pub(crate) async fn get_authorize(State(state): State<AppState>, request: Request) -> Result<Response, Failure> {
    let mut form = TokenForm::default();
    let query = request.uri().query().unwrap_or_default();
    if form.add_urlencoded(query.as_bytes()).is_err() {
        return Ok(told("The application sent a parameter twice."));
    }
    let asked = authorization_request(&mut form);
    match checked(&state, &asked).await? {
        Ok(checked) => Ok(ask(&state, &asked, &checked, None, StatusCode::OK)),
        Err(answer) => Ok(answer),
    }
}

pub(crate) async fn post_authorize(State(state): State<AppState>, request: Request) -> Result<Response, Failure> {
    let headers = request.headers().clone();
    let trace = trace(&request);
    let mut form = match form(request).await {
        Ok(form) => form,
        Err(Failure::Token(TokenFault::InvalidRequest(_))) => return Ok(told(FORM_FAULT)),
        Err(failure) => return Err(failure),
    };
    if !is_ours(&headers, &state, form.secret("form")) {
        return Ok(told(FORM_FAULT));
    }
    let asked = authorization_request(&mut form);
    let checked = match checked(&state, &asked).await? {
        Ok(checked) => checked,
        Err(answer) => return Ok(answer),
    };
    let user_name = form.text("username").unwrap_or_default();
    let password = Password::new(form.text("password").unwrap_or_default());
    match state.service().sign_in_for_code(&checked, &user_name, password, &trace).await? {
        SignIn::Code(code) => Ok(back(&state, &checked, &[("code", code.expose())])),
        SignIn::Wrong => Ok(ask(&state, &asked, &checked, Some(WRONG), StatusCode::FORBIDDEN)),
        SignIn::TooMany(wait) => {
            let minutes = wait.as_secs().div_ceil(60).max(1);
            let fault = format!("Too many attempts. Try again in {minutes} minutes.");
            let mut answer = ask(&state, &asked, &checked, Some(&fault), StatusCode::TOO_MANY_REQUESTS);
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            Ok(answer)
        }
    }
}

fn authorization_request(form: &mut TokenForm) -> AuthorizationRequest {
    AuthorizationRequest {
        response_type: form.text("response_type"),
        client_id: form.text("client_id"),
        redirect_uri: form.text("redirect_uri"),
        scope: form.text("scope"),
        state: form.text("state"),
        code_challenge: form.text("code_challenge"),
        code_challenge_method: form.text("code_challenge_method"),
    }
}

/// The checked request, or the answer to one that is not granted.
async fn checked(state: &AppState, asked: &AuthorizationRequest) -> Result<Result<CheckedRequest, Response>, Error> {
    match state.service().check_authorization(asked).await {
        Ok(checked) => Ok(Ok(checked)),
        Err(AuthorizationFault::Untrusted(why)) => Ok(Err(told(&format!("Sign-in is not possible: {why}.")))),
        Err(AuthorizationFault::ToClient(error, why)) => {
            // The client and its address were found good before.
            let uri = asked.redirect_uri.as_deref().unwrap_or_default();
            let parameters = [("error", error), ("error_description", why)];
            Ok(Err(redirect(state, uri, asked.state.as_deref(), &parameters)))
        }
        Err(AuthorizationFault::Service(error)) => Err(error),
    }
}

/// Sends the browser back to the client.
fn back(state: &AppState, checked: &CheckedRequest, parameters: &[(&str, &str)]) -> Response {
    redirect(state, &checked.redirect_uri, checked.state.as_deref(), parameters)
}

fn redirect(state: &AppState, uri: &str, echo: Option<&str>, parameters: &[(&str, &str)]) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    if let Some(echo) = echo {
        query.append_pair("state", echo);
    }
    query.append_pair("iss", &state.service().settings().public_url);
    let joint = if uri.contains('?') { '&' } else { '?' };
    let Ok(location) = HeaderValue::from_str(&format!("{uri}{joint}{}", query.finish())) else {
        return told(FORM_FAULT);
    };
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// The page that asks for name and password.
fn ask(
    state: &AppState,
    asked: &AuthorizationRequest,
    checked: &CheckedRequest,
    fault: Option<&str>,
    status: StatusCode,
) -> Response {
    let form = state.service().tracking_id();
    let hidden = [
        ("response_type", asked.response_type.as_deref()),
        ("client_id", asked.client_id.as_deref()),
        ("redirect_uri", asked.redirect_uri.as_deref()),
        ("scope", asked.scope.as_deref()),
        ("state", asked.state.as_deref()),
        ("code_challenge", asked.code_challenge.as_deref()),
        ("code_challenge_method", asked.code_challenge_method.as_deref()),
        ("form", Some(form.as_str())),
    ];
    let hidden: String = hidden
        .into_iter()
        .filter_map(|(name, value)| {
            Some(format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escaped(value?)))
        })
        .collect();
    let fault = fault.map(|text| format!("<p id=\"fault\" role=\"alert\">{text}</p>\n")).unwrap_or_default();
    let body = format!(
        "<h1>Sign in</h1>\n<p>{} asks to act in your name.</p>\n{fault}\
         <form method=\"post\" action=\"/oauth/authorize\">\n{hidden}\
         <p><label for=\"username\">User name</label><br>\n\
         <input id=\"username\" name=\"username\" autocomplete=\"username\" autocapitalize=\"none\" \
         spellcheck=\"false\" required autofocus></p>\n\
         <p><label for=\"password\">Password</label><br>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required></p>\n\
         <p><button type=\"submit\">Sign in</button></p>\n</form>\n",
        escaped(checked.client_name())
    );
    let mut answer = page(status, "Sign in", &body);
    // Browsers hold the redirect that follows a form to this rule too.
    let policy = format!(
        "default-src 'none'; base-uri 'none'; form-action 'self' {}; frame-ancestors 'none'",
        origin(&checked.redirect_uri)
    );
    let secure = is_https(state);
    let cookie = format!(
        "{}={form}; Path=/; Max-Age=600; HttpOnly; SameSite=Strict{}",
        cookie_name(secure),
        if secure { "; Secure" } else { "" }
    );
    for (name, text) in [(CONTENT_SECURITY_POLICY, policy), (SET_COOKIE, cookie)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// A page for the user, who is sent nowhere.
fn told(text: &str) -> Response {
    page(
        StatusCode::BAD_REQUEST,
        "Sign-in is not possible",
        &format!("<h1>Sign-in is not possible</h1>\n<p>{}</p>\n", escaped(text)),
    )
}

fn is_https(state: &AppState) -> bool {
    state.service().settings().public_url.starts_with("https://")
}

fn cookie_name(secure: bool) -> String {
    if secure { format!("__Host-{COOKIE_NAME}") } else { COOKIE_NAME.to_owned() }
}

/// Whether a form was made here for this browser: its hidden value is the cookie's, and no other site sent it.
fn is_ours(headers: &HeaderMap, state: &AppState, given: Option<SecretText>) -> bool {
    let from_elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site.as_bytes() != b"same-origin");
    let name = cookie_name(is_https(state));
    let mut kept = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| SecretText::new(value.to_owned()));
    let (Some(kept), None, Some(given)) = (kept.next(), kept.next(), given) else { return false };
    !from_elsewhere && !kept.expose().is_empty() && kept.ct_eq(&given)
}
