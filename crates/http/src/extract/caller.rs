//! The caller of a request.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use passwright_app::{Caller, Error};

use crate::error::Failure;

/// The caller whom the exchange recognised. On a route declared public there is none, and the request is refused.
pub(crate) struct Authenticated(pub(crate) Arc<Caller>);

impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let caller = parts.extensions.get::<Arc<Caller>>();
        caller.cloned().map(Self).ok_or(Failure::App(Error::Unauthenticated("JWT is required")))
    }
}

/// The token of `Authorization: Bearer <token>` (RFC 6750 section 2.1). `None` for another scheme, an empty token, or more
/// than one such header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains([' ', '\t', ','])).then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn bearer_tokens() {
        let cases: [(&[&str], Option<&str>); 12] = [
            (&["Bearer a.b-c_d~e+f/g=="], Some("a.b-c_d~e+f/g==")),
            (&["bearer a"], Some("a")),
            (&["BEARER   a "], Some("a")),
            (&[], None),
            (&[""], None),
            (&["Bearer"], None),
            (&["Bearer "], None),
            (&["Bearer a b"], None),
            (&["Bearer a, Bearer b"], None),
            (&["Basic YTpi"], None),
            (&["a.b.c"], None),
            (&["Bearer a", "Bearer a"], None),
        ];
        for (given, wanted) in cases {
            let mut headers = HeaderMap::new();
            for value in given {
                headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(bearer(&headers), wanted, "{given:?}");
        }
    }
}
