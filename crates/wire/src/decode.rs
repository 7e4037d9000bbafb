//! Strict reading of a JSON request body.
//!
//! The reason of a fault never repeats what was sent: a request may hold a password in the wrong place, and reasons are
//! logged and answered.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// What is wrong with a request body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidBody {
    /// Not JSON, or something follows it. Line and column count from 1.
    Syntax {
        /// Line of the fault.
        line: usize,
        /// Column of the fault.
        column: usize,
    },
    /// JSON, but not an object.
    NotAnObject,
    /// JSON, but not an array.
    NotAnArray,
    /// A required field is absent or `null`.
    Missing {
        /// Dotted path of the field.
        field: String,
    },
    /// A field comes twice.
    Duplicate {
        /// Dotted path of the field.
        field: String,
    },
    /// A field has the wrong JSON type or is outside its type.
    WrongType {
        /// Dotted path of the field.
        field: String,
        /// What it must be: "a string", "a whole number".
        expected: String,
    },
}

impl InvalidBody {
    /// The field at fault; `None` when the body as a whole is.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Syntax { .. } | Self::NotAnObject | Self::NotAnArray => None,
            Self::Missing { field } | Self::Duplicate { field } | Self::WrongType { field, .. } => Some(field),
        }
    }
}

impl fmt::Display for InvalidBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line, column } => {
                write!(f, "the request body is not valid JSON (line {line}, column {column})")
            }
            Self::NotAnObject => f.write_str("the request body must be a JSON object"),
            Self::NotAnArray => f.write_str("the request body must be a JSON array"),
            Self::Missing { field } => write!(f, "\"{field}\" is required"),
            Self::Duplicate { field } => write!(f, "\"{field}\" must not be given twice"),
            Self::WrongType { field, expected } => write!(f, "\"{field}\" must be {expected}"),
        }
    }
}

impl std::error::Error for InvalidBody {}

/// Reads one JSON object.
///
/// # Errors
/// [`InvalidBody`] when the text is not JSON, not an object, or a field is missing, doubled or of the wrong type.
pub fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, InvalidBody> {
    read(body, b'{', InvalidBody::NotAnObject)
}

/// Reads one JSON array.
///
/// # Errors
/// [`InvalidBody`] when the text is not JSON, not an array, or an item does not read.
pub fn from_json_array<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, InvalidBody> {
    read(body, b'[', InvalidBody::NotAnArray)
}

fn read<T: DeserializeOwned>(body: &[u8], opening: u8, otherwise: InvalidBody) -> Result<T, InvalidBody> {
    // A derived struct would also take `["Abby.Smith"]`, field by field in their order.
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => {}
        Some(first) if *first == opening => {}
        Some(_) => {
            // Text that is not JSON at all is told as such; that also covers a byte order mark.
            return match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
                Ok(_) => Err(otherwise),
                Err(error) => Err(syntax(&error)),
            };
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| classify(&error))?;
    reader.end().map_err(|error| syntax(&error))?;
    Ok(value)
}

fn syntax(error: &serde_json::Error) -> InvalidBody {
    InvalidBody::Syntax { line: error.line(), column: error.column() }
}

fn classify(error: &serde_path_to_error::Error<serde_json::Error>) -> InvalidBody {
    if !error.inner().is_data() {
        return syntax(error.inner());
    }
    let text = error.inner().to_string();
    if let Some(name) = quoted_after(&text, "missing field `") {
        return InvalidBody::Missing { field: within(error.path(), name) };
    }
    if let Some(name) = quoted_after(&text, "duplicate field `") {
        return InvalidBody::Duplicate { field: within(error.path(), name) };
    }
    let field = error.path().to_string();
    if text.starts_with("invalid type: null") {
        return InvalidBody::Missing { field };
    }
    InvalidBody::WrongType { field, expected: expectation(&text) }
}

fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.split('`').next()
}

/// The path of field `name` in the object the reader stood in. The reader may or may not have entered the field.
fn within(path: &serde_path_to_error::Path, name: &str) -> String {
    let path = path.to_string();
    if path == "." || path == name {
        name.to_owned()
    } else if path.ends_with(&format!(".{name}")) {
        path
    } else {
        format!("{path}.{name}")
    }
}

/// What serde wanted, in plain words. Only the part after the last "expected" is kept: what stands before it repeats
/// the input.
fn expectation(text: &str) -> String {
    let wanted = text.rsplit_once(", expected ").map_or("", |(_, wanted)| wanted);
    let wanted = wanted.rsplit_once(" at line ").map_or(wanted, |(wanted, _)| wanted);
    match wanted {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "" => "well-formed",
        other if other.starts_with("struct ") || other == "a map" => "an object",
        other => other,
    }
    .to_owned()
}

/// For `#[serde(default, deserialize_with)]`: `null` is the default, as absence is.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PasswordChangeRequest, PasswordDigitTokenReset, PasswordInfoQueryDto};

    fn fault<T: DeserializeOwned + fmt::Debug>(body: &str) -> String {
        from_json::<T>(body.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn faults_name_the_field() {
        let cases = [
            (r#"{"userId":5}"#, r#""userId" must be a string"#),
            (r#"{"userId":null}"#, r#""userId" is required"#),
            (r#"{"length":8}"#, r#""userId" is required"#),
            (r#"{"userId":"a","userId":"b"}"#, r#""userId" must not be given twice"#),
            (r#"{"userId":"a","length":8.0}"#, r#""length" must be a whole number"#),
            (r#"{"userId":"a","length":8e0}"#, r#""length" must be a whole number"#),
            (r#"{"userId":"a","length":"8"}"#, r#""length" must be a whole number"#),
            (r#"{"userId":"a","length":true}"#, r#""length" must be a whole number"#),
            (r#"{"userId":"a","length":99999999999999999999}"#, r#""length" must be a whole number"#),
            (r#"{"userId":"a","durationMinutes":[5]}"#, r#""durationMinutes" must be a whole number"#),
            (r#"{"userId":"a","length":8,"length":8}"#, r#""length" must not be given twice"#),
            (r#"["a"]"#, "the request body must be a JSON object"),
            (r#""a""#, "the request body must be a JSON object"),
            ("null", "the request body must be a JSON object"),
            ("", "the request body is not valid JSON (line 1, column 0)"),
            (r#"{"userId":"a""#, "the request body is not valid JSON (line 1, column 13)"),
            (r#"{"userId":"a"} x"#, "the request body is not valid JSON (line 1, column 16)"),
            ("userId=a", "the request body is not valid JSON (line 1, column 1)"),
        ];
        for (body, wanted) in cases {
            assert_eq!(fault::<PasswordDigitTokenReset>(body), wanted, "{body}");
        }
    }

    #[test]
    fn reasons_never_repeat_the_input() {
        for body in [
            r#"{"encryptedPassword":{"Hunter2, expected Hunter2":1}}"#,
            r#"{"encryptedPassword":["Hunter2"]}"#,
            r#"{"identityId":"Hunter2","identityId":"Hunter2"}"#,
        ] {
            let reason = fault::<PasswordChangeRequest>(body);
            assert!(!reason.contains("Hunter2"), "{reason}");
        }
        let reason = fault::<PasswordDigitTokenReset>(r#"{"userId":"a","length":"x, expected Hunter2"}"#);
        assert_eq!(reason, r#""length" must be a whole number"#);
    }

    #[test]
    fn null_is_absent_and_unknown_fields_are_ignored() {
        let body = br#" {"userName":null,"sourceName":"My-AD","newer":{"a":[1]}} "#;
        let query: PasswordInfoQueryDto = from_json(body).unwrap();
        assert_eq!(query, PasswordInfoQueryDto { user_name: None, source_name: Some("My-AD".into()) });
        assert_eq!(from_json::<PasswordInfoQueryDto>(b"{}").unwrap(), PasswordInfoQueryDto::default());
    }
}
