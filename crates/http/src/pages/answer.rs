//! Answers of the pages.

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use passwright_app::Error;

use super::visit::{Visit, set_cookie};
use crate::error::Failure;

/// Nothing inline, nothing from elsewhere, and no way to make script of text (requirement R79).
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// A page. `form_action`: a further place that its forms may lead to.
pub(crate) fn page(status: StatusCode, template: &impl Template, form_action: Option<&str>) -> Response {
    let text = match template.render() {
        Ok(text) => text,
        Err(e) => return Failure::App(Error::Internal(format!("a page: {e}"))).into_response(),
    };
    let policy = match form_action {
        Some(origin) => POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}")),
        None => POLICY.to_owned(),
    };
    let mut answer = (status, [(CONTENT_TYPE, HTML)], text).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// Sends the browser to a path of ours.
pub(crate) fn redirect_to(visit: &Visit, path: &str) -> Response {
    match HeaderValue::from_str(&format!("{}{path}", visit.base)) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(_) => Failure::App(Error::Internal("a path that is no header".to_owned())).into_response(),
    }
}

/// The same answer, with a cookie.
pub(crate) fn with_cookie(mut answer: Response, cookie: Option<HeaderValue>) -> Response {
    set_cookie(&mut answer, cookie);
    answer
}
