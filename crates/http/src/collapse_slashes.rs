//! Duplicate slashes in a path become one, before routing: an SDK whose base URL ends in a slash asks for `//oauth/token`.
//!
//! Nothing else of a path is rewritten: `..`, `;` and percent-encoding stay as they came, and match no route.

use std::task::{Context, Poll};

use axum::http::uri::PathAndQuery;
use axum::http::{Request, Uri};
use tower::Service;

/// A service behind which no path holds two slashes in a row.
#[derive(Debug, Clone)]
pub struct CollapseSlashes<S>(S);

impl<S> CollapseSlashes<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for CollapseSlashes<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if request.uri().path().contains("//")
            && let Some(uri) = collapsed(request.uri())
        {
            *request.uri_mut() = uri;
        }
        self.0.call(request)
    }
}

fn collapsed(uri: &Uri) -> Option<Uri> {
    let mut text = String::with_capacity(uri.path().len() + uri.query().map_or(0, |q| q.len() + 1));
    for c in uri.path().chars() {
        if c != '/' || !text.ends_with('/') {
            text.push(c);
        }
    }
    if let Some(query) = uri.query() {
        text.push('?');
        text.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slashes_change() {
        let cases = [
            ("//oauth/token?grant_type=a//b", "/oauth/token?grant_type=a//b"),
            ("//", "/"),
            ("///beta////set-password", "/beta/set-password"),
            ("/beta/set-password//", "/beta/set-password/"),
            ("/beta//../set-password", "/beta/../set-password"),
            ("/beta//%2fset-password;x", "/beta/%2fset-password;x"),
            ("http://127.0.0.1:1//livez?", "http://127.0.0.1:1/livez?"),
        ];
        for (given, wanted) in cases {
            let uri = collapsed(&given.parse().unwrap()).unwrap();
            assert_eq!(uri.to_string(), wanted, "{given}");
        }
    }
}
