//! The name a caller gives its request.

use axum::extract::FromRequestParts;
use axum::http::HeaderName;
use axum::http::request::Parts;
use passwright_app::{Error, Fault};

use crate::error::Failure;

const NAME: HeaderName = HeaderName::from_static("idempotency-key");

/// The header `Idempotency-Key`; what is allowed in it is the use case's to say.
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut values = parts.headers.get_all(NAME).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(value), None) => Ok(Self(Some(String::from_utf8_lossy(value.as_bytes()).into_owned()))),
            (Some(_), Some(_)) => {
                let message = "Idempotency-Key must not be given twice".to_owned();
                Err(Failure::App(Error::BadRequest { fault: Fault::Illegal, message }))
            }
        }
    }
}
