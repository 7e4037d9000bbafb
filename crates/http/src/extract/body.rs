//! Reading a request body: bounded, and JSON only where JSON is wanted.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use futures_util::StreamExt as _;
use passwright_app::{Error, Fault, PatchOperation};
use passwright_wire::{JsonPatchOperation, PatchOp};
use serde::de::DeserializeOwned;

use crate::error::Failure;
use crate::multipart;

/// The most that is read of a body, in bytes.
const LONGEST_BODY: usize = 64 * 1024;
/// The most that is read, in bytes, and thrown away of a body that is too long, so that its sender reads the answer instead
/// of a broken connection.
const LONGEST_SWALLOWED: usize = 1024 * 1024;

/// After this long without a byte its sender is taken to wait for the answer.
const SENDER_PAUSE: Duration = Duration::from_millis(200);

/// A JSON object, read strictly by `passwright_wire::from_json`.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        Ok(Self(passwright_wire::from_json(&read_json(request).await?)?))
    }
}

/// A JSON array, read as strictly.
pub(crate) struct JsonArrayBody<T>(pub(crate) Vec<T>);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for JsonArrayBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        Ok(Self(passwright_wire::from_json_array(&read_json(request).await?)?))
    }
}

async fn read_json(request: Request) -> Result<Bytes, Failure> {
    match media_type(request.headers())? {
        None => {}
        Some(given) if given.eq_ignore_ascii_case("application/json") => {}
        Some(_) => return Err(Failure::MediaType("the content type must be application/json")),
    }
    read(request.into_body()).await
}

/// The file of a `multipart/form-data` body: the part named `file`. A part without a file name is text that stands where a
/// file should, as some clients send it by mistake.
pub(crate) struct UploadedFile(pub(crate) Vec<u8>);

/// The most that is read of an upload, in bytes: 2,500 words of 128 characters, and comments.
const LONGEST_UPLOAD: usize = 2 * 1024 * 1024;

impl<S: Sync> FromRequest<S> for UploadedFile {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let multipart = media_type(request.headers())?.is_some_and(|t| t.eq_ignore_ascii_case("multipart/form-data"));
        if !multipart {
            return Err(Failure::MediaType("the content type must be multipart/form-data"));
        }
        let (head, body) = request.into_parts();
        let body = read_most(body, LONGEST_UPLOAD).await?;
        let header = head.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let bad = |fault, message: &str| Failure::App(Error::BadRequest { fault, message: message.to_owned() });
        let parts = multipart::parts(header, &body)
            .ok_or_else(|| bad(Fault::Semantic, "the body is not well-formed multipart/form-data"))?;
        let mut files = parts.into_iter().filter(|part| part.name == "file");
        match (files.next(), files.next()) {
            (None, _) => Err(bad(Fault::Missing, "the part \"file\" is required")),
            (Some(part), None) if part.file_name.is_some() => Ok(Self(part.content.to_vec())),
            (Some(_), None) => Err(bad(Fault::Illegal, "the part \"file\" has no file name, so it is not a file")),
            (Some(_), Some(_)) => Err(bad(Fault::Illegal, "the part \"file\" must not be given twice")),
        }
    }
}

/// A JSON Patch (RFC 6902). Its own content type is asked for by the vendor; plain JSON is taken too, because clients send it.
pub(crate) struct JsonPatchBody(pub(crate) Vec<PatchOperation>);

/// Steps of one patch.
const MOST_STEPS: usize = 100;

impl<S: Sync> FromRequest<S> for JsonPatchBody {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        match media_type(request.headers())? {
            None => {}
            Some(given)
                if given.eq_ignore_ascii_case("application/json-patch+json")
                    || given.eq_ignore_ascii_case("application/json") => {}
            Some(_) => return Err(Failure::MediaType("the content type must be application/json-patch+json")),
        }
        let body = read(request.into_body()).await?;
        let steps: Vec<JsonPatchOperation> = passwright_wire::from_json_array(&body)?;
        patch_steps(steps).map(Self)
    }
}

/// The steps of a patch, also of one that stands inside another body.
pub(crate) fn patch_steps(steps: Vec<JsonPatchOperation>) -> Result<Vec<PatchOperation>, Failure> {
    if steps.len() > MOST_STEPS {
        let message = format!("a patch has {MOST_STEPS} steps at most");
        return Err(Failure::App(Error::BadRequest { fault: Fault::OutOfBounds, message }));
    }
    steps.into_iter().map(step).collect()
}

fn step(step: JsonPatchOperation) -> Result<PatchOperation, Failure> {
    let JsonPatchOperation { op, path, from, value } = step;
    let missing = |what: &str| {
        let message = format!("\"{what}\" is required for this operation");
        Failure::App(Error::BadRequest { fault: Fault::Missing, message })
    };
    Ok(match op {
        PatchOp::Add => PatchOperation::Add { path, value: value.ok_or_else(|| missing("value"))? },
        PatchOp::Replace => PatchOperation::Replace { path, value: value.ok_or_else(|| missing("value"))? },
        PatchOp::Test => PatchOperation::Test { path, value: value.ok_or_else(|| missing("value"))? },
        PatchOp::Remove => PatchOperation::Remove { path },
        PatchOp::Move => PatchOperation::Move { from: from.ok_or_else(|| missing("from"))?, path },
        PatchOp::Copy => PatchOperation::Copy { from: from.ok_or_else(|| missing("from"))?, path },
    })
}

/// The content type without its parameters; `None` when absent. A compressed body is refused here too.
pub(crate) fn media_type(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let coding = headers.get_all(CONTENT_ENCODING).iter();
    if coding.into_iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Failure::MediaType("the content must not be encoded"));
    }
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let malformed = Failure::MediaType("the content type is malformed");
    if values.next().is_some() {
        return Err(malformed);
    }
    let Ok(text) = value.to_str() else { return Err(malformed) };
    let essence = text.split(';').next().unwrap_or_default().trim();
    Ok(Some(essence).filter(|essence| !essence.is_empty()))
}

/// The whole body, when it is no longer than [`LONGEST_BODY`].
pub(crate) async fn read(body: Body) -> Result<Bytes, Failure> {
    read_most(body, LONGEST_BODY).await
}

/// The whole body, when it has `most` bytes at most.
pub(super) async fn read_most(body: Body, most: usize) -> Result<Bytes, Failure> {
    let announced = body.size_hint().lower();
    let mut chunks = body.into_data_stream();
    if announced > most as u64 {
        if announced <= LONGEST_SWALLOWED as u64 {
            swallow(&mut chunks).await;
        }
        return Err(Failure::BodyTooLarge);
    }
    let Some(first) = chunks.next().await else { return Ok(Bytes::new()) };
    let first = first.map_err(|_| Failure::BrokenBody)?;
    let mut rest = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Failure::BrokenBody)?;
        if rest.is_empty() {
            rest.extend_from_slice(&first);
        }
        if rest.len() + chunk.len() > most {
            swallow(&mut chunks).await;
            return Err(Failure::BodyTooLarge);
        }
        rest.extend_from_slice(&chunk);
    }
    let whole = if rest.is_empty() { first } else { Bytes::from(rest) };
    if whole.len() > most { Err(Failure::BodyTooLarge) } else { Ok(whole) }
}

/// Takes what its sender goes on to send; one who sends nothing more waits for the answer already.
async fn swallow(chunks: &mut BodyDataStream) {
    let mut left = LONGEST_SWALLOWED;
    while left > 0
        && let Ok(Some(Ok(chunk))) = tokio::time::timeout(SENDER_PAUSE, chunks.next()).await
    {
        left = left.saturating_sub(chunk.len());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::http::HeaderValue;
    use futures_util::stream;
    use passwright_wire::PasswordInfoQueryDto;

    use super::*;

    async fn query(content_type: Option<&str>, body: impl Into<Body>) -> Result<PasswordInfoQueryDto, Failure> {
        let mut request = Request::new(body.into());
        if let Some(text) = content_type {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_str(text).unwrap());
        }
        JsonBody::from_request(request, &()).await.map(|JsonBody(query)| query)
    }

    #[tokio::test]
    async fn content_types() {
        for good in [None, Some("application/json"), Some("Application/JSON ; charset=UTF-16"), Some("")] {
            assert!(query(good, "{}").await.is_ok(), "{good:?}");
        }
        for bad in ["text/plain", "application/json-patch+json", "application/x-www-form-urlencoded", "application"] {
            assert!(matches!(query(Some(bad), "{}").await, Err(Failure::MediaType(_))), "{bad}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(media_type(&headers).is_err());
    }

    #[tokio::test]
    async fn length_is_bounded_whatever_the_framing() {
        let filler = |length: usize| format!("{{\"userName\":\"{}\"}}", "x".repeat(length - 15));
        let whole = filler(LONGEST_BODY);
        assert_eq!(whole.len(), LONGEST_BODY);
        assert!(query(None, whole).await.is_ok());
        assert!(matches!(query(None, filler(LONGEST_BODY + 1)).await, Err(Failure::BodyTooLarge)));
        for length in [LONGEST_BODY, LONGEST_BODY + 1] {
            let text = filler(length).into_bytes();
            let chunks: Vec<_> = text.chunks(1000).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect();
            let read = query(None, Body::from_stream(stream::iter(chunks))).await;
            assert_eq!(read.is_ok(), length == LONGEST_BODY);
        }
    }

    #[tokio::test]
    async fn a_body_too_long_is_taken_up_to_a_bound() {
        // The first two pieces are read, the rest is swallowed.
        for (pieces, taken) in [(3, 3), (usize::MAX, 2 + LONGEST_SWALLOWED / LONGEST_BODY)] {
            let given = Arc::new(AtomicUsize::new(0));
            let counter = given.clone();
            let pieces = stream::iter(0..pieces).map(move |_| {
                counter.fetch_add(1, Ordering::Relaxed);
                Ok::<_, std::io::Error>(vec![b'x'; LONGEST_BODY])
            });
            assert!(matches!(read(Body::from_stream(pieces)).await, Err(Failure::BodyTooLarge)));
            assert_eq!(given.load(Ordering::Relaxed), taken);
        }
    }

    #[tokio::test]
    async fn a_broken_body_is_not_an_empty_one() {
        let broken = stream::iter([Ok("{}"), Err(std::io::Error::other("reset"))]);
        assert!(matches!(query(None, Body::from_stream(broken)).await, Err(Failure::BrokenBody)));
        assert!(matches!(query(None, "").await, Err(Failure::Body(_))));
    }
}
