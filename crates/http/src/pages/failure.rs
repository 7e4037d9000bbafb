//! What went wrong, as a page for a person: what it means and what to do, with a number to quote, and never a cause.

use askama::Template;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use passwright_app::Service;

use super::answer::page;
use super::look::Look;
use super::visit::Visit;
use super::{cookies, language};

#[derive(Template)]
#[template(path = "failure.html")]
struct FailureTemplate<'a> {
    look: &'a Look,
    title: &'a str,
    text: &'a str,
    tracking_id: &'a str,
    /// Why, for those who write applications.
    because: Option<&'a str>,
    sign_in: bool,
}

/// Failures that a page itself finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailurePage {
    /// The form is older than the session, or it is none of ours.
    StaleForm,
}

impl FailurePage {
    pub(crate) fn of(self, visit: &Visit) -> Response {
        let look = Look::plain(visit.language, &visit.base).branded(visit.branding.clone());
        let (title, text, status) = match self {
            Self::StaleForm => (look.t("failure.form.title"), look.t("failure.form.text"), StatusCode::FORBIDDEN),
        };
        let template =
            FailureTemplate { look: &look, title, text, tracking_id: &visit.trace.id, because: None, sign_in: true };
        page(status, &template, None)
    }

    /// The page of a failure whose answer is `plain`: it keeps that status and the time to wait.
    pub(crate) fn instead_of(plain: &Response, headers: &HeaderMap, service: &Service, tracking_id: &str) -> Response {
        let public_url = &service.settings().public_url;
        let secure = public_url.starts_with("https://");
        let chosen = cookies::read(headers, cookies::LANGUAGE, secure);
        let look =
            Look::plain(language::choose(headers, chosen), super::visit::base(public_url)).branded(service.branding());
        let status = plain.status();
        let (title, text) = match status {
            StatusCode::NOT_FOUND => (look.t("failure.not_found.title"), look.t("failure.not_found.text")),
            StatusCode::FORBIDDEN => (look.t("failure.forbidden.title"), look.t("failure.forbidden.text")),
            StatusCode::UNAUTHORIZED => (look.t("failure.session.title"), look.t("failure.session.text")),
            StatusCode::TOO_MANY_REQUESTS => (look.t("failure.too_many.title"), look.t("failure.too_many.text")),
            StatusCode::SERVICE_UNAVAILABLE => {
                (look.t("failure.unavailable.title"), look.t("failure.unavailable.text"))
            }
            status if status.is_client_error() => (look.t("failure.request.title"), look.t("failure.request.text")),
            _ => (look.t("failure.defect.title"), look.t("failure.defect.text")),
        };
        let sign_in = status == StatusCode::UNAUTHORIZED;
        let template = FailureTemplate { look: &look, title, text, tracking_id, because: None, sign_in };
        let mut answer = page(status, &template, None);
        if let Some(wait) = plain.headers().get(RETRY_AFTER) {
            answer.headers_mut().insert(RETRY_AFTER, wait.clone());
        }
        answer
    }
}

/// Tells a person that an application asked for what is not given; they are sent nowhere.
pub(crate) fn refused_page(visit: &Visit, why: &str) -> Response {
    let look = Look::plain(visit.language, &visit.base).branded(visit.branding.clone());
    let (title, text) = (look.t("oauth.impossible"), look.t("oauth.impossible.text"));
    let tracking_id = &visit.trace.id;
    let template = FailureTemplate { look: &look, title, text, tracking_id, because: Some(why), sign_in: false };
    page(StatusCode::BAD_REQUEST, &template, None)
}
