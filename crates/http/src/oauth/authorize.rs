//! `GET` and `POST /oauth/authorize` (RFC 6749 section 4.1, RFC 7636, RFC 9207): the page where a person signs in for a client,
//! or agrees when they are signed in already, and the way back to the client.
//!
//! What the form sends is checked anew; that it is ours was found out before (`pages`).

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use passwright_app::Error;
use passwright_app::oauth::{AuthorizationFault, AuthorizationRequest, CheckedRequest};

use crate::error::Failure;
use crate::pages::{
    Opened, SignInPage, Visit, redirect_to, refused_page, sign_in_for, sign_in_page, to_factor, with_cookie,
};
use crate::state::AppState;

const NAMES: [&str; 7] =
    ["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"];

pub(crate) async fn get_authorize(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    // RFC 6749 section 3.1: a parameter must not come twice.
    if NAMES.iter().any(|name| visit.query.all(name).len() > 1) {
        return Ok(told(&visit, "The application sent a parameter twice."));
    }
    let asked = authorization_request(|name| visit.query.text(name));
    // As in OpenID Connect Core 1.0 section 3.1.2.1: whoever is signed in, ask for a name.
    let visit = if visit.query.text("prompt") == "login" { Visit { session: None, ..visit } } else { visit };
    match checked(&state, &visit, &asked).await? {
        Ok(checked) => Ok(ask(&state, &visit, &asked, &checked, StatusCode::OK, None)),
        Err(answer) => Ok(answer),
    }
}

pub(crate) async fn post_authorize(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let asked = authorization_request(|name| visit.form.text(name));
    let checked = match checked(&state, &visit, &asked).await? {
        Ok(checked) => checked,
        Err(answer) => return Ok(answer),
    };
    let service = state.service();
    match (&visit.session, visit.form.text("agree")) {
        (Some(session), "yes") => {
            let code = service.grant_code(&checked, session, &visit.trace).await?;
            return Ok(back(&state, &visit, &checked, &[("code", code.expose())]));
        }
        (_, "yes" | "other") => return Ok(redirect_to(&visit, &with_another_name(&asked))),
        _ => {}
    }
    match sign_in_for(&state, &visit).await? {
        // Its session has agreed to nothing yet: it is asked again when there is one.
        Ok(Opened::Half(cookie)) => Ok(to_factor(&visit, cookie, Some(&address(&asked, &[])))),
        Ok(Opened::Session(session, cookie)) => {
            let code = service.grant_code(&checked, &session, &visit.trace).await?;
            Ok(with_cookie(back(&state, &visit, &checked, &[("code", code.expose())]), cookie))
        }
        Err(refused) => {
            let stranger = Visit { session: None, ..visit };
            Ok(refused.answer(ask(&state, &stranger, &asked, &checked, refused.status, Some(&refused.words))))
        }
    }
}

/// The same page, asking for a name.
fn with_another_name(asked: &AuthorizationRequest) -> String {
    address(asked, &[("prompt", "login")])
}

/// The address of this request, with more parameters.
fn address(asked: &AuthorizationRequest, more: &[(&str, &str)]) -> String {
    let values = NAMES.into_iter().zip(values(asked)).filter_map(|(name, value)| Some((name, value?)));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(values).extend_pairs(more).finish();
    format!("/oauth/authorize?{query}")
}

/// In the order of [`NAMES`].
fn values(asked: &AuthorizationRequest) -> [Option<&str>; NAMES.len()] {
    [
        asked.response_type.as_deref(),
        asked.client_id.as_deref(),
        asked.redirect_uri.as_deref(),
        asked.scope.as_deref(),
        asked.state.as_deref(),
        asked.code_challenge.as_deref(),
        asked.code_challenge_method.as_deref(),
    ]
}

fn authorization_request<'a>(text: impl Fn(&str) -> &'a str) -> AuthorizationRequest {
    // A parameter without a value counts as absent (RFC 6749 section 3.1).
    let value = |name: &str| Some(text(name).to_owned()).filter(|text| !text.is_empty());
    AuthorizationRequest {
        response_type: value("response_type"),
        client_id: value("client_id"),
        redirect_uri: value("redirect_uri"),
        scope: value("scope"),
        state: value("state"),
        code_challenge: value("code_challenge"),
        code_challenge_method: value("code_challenge_method"),
    }
}

/// The checked request, or the answer to one that is not granted.
async fn checked(
    state: &AppState,
    visit: &Visit,
    asked: &AuthorizationRequest,
) -> Result<Result<CheckedRequest, Response>, Error> {
    match state.service().check_authorization(asked).await {
        Ok(checked) => Ok(Ok(checked)),
        Err(AuthorizationFault::Untrusted(why)) => Ok(Err(told(visit, why))),
        Err(AuthorizationFault::ToClient(error, why)) => {
            // The client and its address were found good before.
            let uri = asked.redirect_uri.as_deref().unwrap_or_default();
            let parameters = [("error", error), ("error_description", why)];
            Ok(Err(redirect(state, visit, uri, asked.state.as_deref(), &parameters)))
        }
        Err(AuthorizationFault::Service(error)) => Err(error),
    }
}

/// Sends the browser back to the client.
fn back(state: &AppState, visit: &Visit, checked: &CheckedRequest, parameters: &[(&str, &str)]) -> Response {
    redirect(state, visit, &checked.redirect_uri, checked.state.as_deref(), parameters)
}

fn redirect(state: &AppState, visit: &Visit, uri: &str, echo: Option<&str>, parameters: &[(&str, &str)]) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    if let Some(echo) = echo {
        query.append_pair("state", echo);
    }
    query.append_pair("iss", &state.service().settings().public_url);
    let joint = if uri.contains('?') { '&' } else { '?' };
    let Ok(location) = HeaderValue::from_str(&format!("{uri}{joint}{}", query.finish())) else {
        return told(visit, "The address to return to is none.");
    };
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// The page that asks for name and password, or only for agreement.
fn ask(
    state: &AppState,
    visit: &Visit,
    asked: &AuthorizationRequest,
    checked: &CheckedRequest,
    status: StatusCode,
    fault: Option<&str>,
) -> Response {
    let of = SignInPage {
        fault,
        user_name: visit.form.text("username"),
        client: Some(checked.client_name()),
        action: "/oauth/authorize",
        hidden: NAMES.into_iter().zip(values(asked)).filter_map(|(name, value)| Some((name, value?))).collect(),
        // Browsers hold the redirect that follows a form to the policy of its page too.
        leads_to: Some(origin(&checked.redirect_uri)),
        agrees: visit.session.is_some(),
    };
    sign_in_page(state, visit, status, &of)
}

/// A page for the person, who is sent nowhere.
fn told(visit: &Visit, why: &str) -> Response {
    refused_page(visit, why)
}

/// Scheme and authority of a registered redirect URI.
fn origin(uri: &str) -> &str {
    let start = uri.find("://").map_or(0, |at| at + 3);
    let end = uri.get(start..).and_then(|rest| rest.find(['/', '?'])).map_or(uri.len(), |at| start + at);
    uri.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        for (uri, wanted) in [
            ("https://app.example/cb?a=b", "https://app.example"),
            ("https://app.example?a=/b", "https://app.example"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(origin(uri), wanted);
        }
    }
}
