//! Going back to where a button was pressed, with a word on what was done.

use axum::response::Response;

use super::super::answer::redirect_to;
use super::super::look::Look;
use super::super::visit::Visit;

/// What can have been done, and the text that says so.
const DONE: [(&str, &str); 9] = [
    ("retried", "admin.done.retried"),
    ("cancelled", "admin.done.cancelled"),
    ("released", "admin.done.released"),
    ("nothing", "admin.done.nothing"),
    ("created", "admin.done.created"),
    ("saved", "admin.done.saved"),
    ("revoked", "admin.done.revoked"),
    ("deleted", "admin.done.deleted"),
    ("resumed", "admin.done.resumed"),
];

/// Back to the page that the form was on, or else to `otherwise`.
pub(super) fn back(visit: &Visit, otherwise: &str, done: &str) -> Response {
    let to = visit.wanted_place().unwrap_or_else(|| otherwise.to_owned());
    let (path, query) = to.split_once('?').unwrap_or((to.as_str(), ""));
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "done");
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair("done", done).finish();
    redirect_to(visit, &format!("{path}?{query}"))
}

/// What was done before this page came, in words.
pub(super) fn done(visit: &Visit, look: &Look) -> Option<&'static str> {
    let given = visit.query.text("done");
    DONE.iter().find(|(name, _)| *name == given).map(|(_, key)| look.t(key))
}
