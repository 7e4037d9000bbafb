//! Reads the error bodies of the API, of its OAuth endpoints, and of proxies in between, into [`ApiError`].
//!
//! Lenient: an error without a readable body is still an error with a status.

use std::time::Duration;

use serde_json::Value;

use crate::error::ApiError;

/// Longest text that is kept of one reason, in characters.
const LONGEST_TEXT: usize = 500;

/// Reads an error body. Shapes: `detailCode`, `trackingId`, `messages`, `causes`; `error` (401, and RFC 6749
/// section 5.2 with `error_description`); `message` (429); `errorName` and `errorMessage` (405, 409).
pub(crate) fn read(status: u16, body: &[u8], retry_after: Option<Duration>) -> ApiError {
    let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(printable);
    let mut messages = texts(body.get("messages"));
    messages.extend(text("error"));
    messages.extend(text("message"));
    messages.extend(text("errorMessage"));
    let mut causes = texts(body.get("causes"));
    causes.extend(text("error_description"));
    ApiError {
        status,
        detail_code: text("detailCode").or_else(|| text("errorName")).filter(|code| !code.is_empty()),
        tracking_id: text("trackingId").filter(|id| !id.is_empty()),
        messages,
        causes,
        retry_after,
    }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.get("text")?.as_str()).map(printable).collect()
}

/// The text without control characters, which a terminal would obey, and not longer than is read.
fn printable(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `Retry-After` as whole seconds (RFC 9110 section 10.2.3). The date form is not used by this API and read as absent.
pub(crate) fn retry_after(header: Option<&str>) -> Option<Duration> {
    let seconds = header?.trim();
    if seconds.is_empty() || !seconds.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(seconds.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let dto = br#"{"detailCode":"400.1 Bad Request Content","trackingId":"b21b","messages":[{"text":"m"},{}],
            "causes":[{"locale":null,"localeOrigin":"NEW","text":"c\u001b[2J"}]}"#;
        let read_dto = read(400, dto, None);
        assert_eq!(read_dto.detail_code.as_deref(), Some("400.1 Bad Request Content"));
        assert_eq!(read_dto.tracking_id.as_deref(), Some("b21b"));
        assert_eq!((read_dto.messages, read_dto.causes), (vec!["m".to_owned()], vec!["c [2J".to_owned()]));

        let cases: [(u16, &str, &str); 6] = [
            (401, r#"{"error":"JWT validation failed: JWT is expired"}"#, "JWT validation failed: JWT is expired"),
            (400, r#"{"error":"invalid_client","error_description":"wrong secret"}"#, "wrong secret"),
            (429, r#"{"message":" Rate Limit Exceeded "}"#, "Rate Limit Exceeded"),
            (405, r#"{"errorName":"X","errorMessage":"no such method","trackingId":"1"}"#, "no such method"),
            (502, "<html>bad gateway</html>", "the server gave no reason"),
            (500, r#"{"messages":null,"causes":"x","detailCode":5,"error":{"a":1}}"#, "the server gave no reason"),
        ];
        for (status, body, reason) in cases {
            let error = read(status, body.as_bytes(), None);
            assert_eq!((error.status, error.reason().as_str()), (status, reason), "{body}");
        }
    }

    #[test]
    fn long_texts_are_cut() {
        let body = format!(r#"{{"error":"{}"}}"#, "x".repeat(10_000));
        assert_eq!(read(401, body.as_bytes(), None).reason().len(), LONGEST_TEXT);
    }

    #[test]
    fn retry_after_is_whole_seconds() {
        let cases = [
            (Some("7"), Some(7)),
            (Some(" 0 "), Some(0)),
            (Some("+7"), None),
            (Some("7.5"), None),
            (Some("Wed, 21 Oct 2026 07:28:00 GMT"), None),
            (Some("99999999999999999999999"), None),
            (Some(""), None),
            (None, None),
        ];
        for (header, seconds) in cases {
            assert_eq!(retry_after(header), seconds.map(Duration::from_secs), "{header:?}");
        }
    }
}
