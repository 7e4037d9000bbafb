//! JSON Patch (RFC 6902): the body of `PATCH` requests.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatchOp {
    /// Puts a value at the path.
    Add,
    /// Takes it away.
    Remove,
    /// Puts another in its place.
    Replace,
    /// Moves what is at `from`.
    Move,
    /// Copies what is at `from`.
    Copy,
    /// Wants the value to be there.
    Test,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JsonPatchOperation {
    /// What it does.
    pub op: PatchOp,
    /// JSON Pointer (RFC 6901).
    pub path: String,
    /// JSON Pointer, for `move` and `copy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// For `add`, `replace` and `test`; `null` is a value.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_a_value() {
        let read = |text: &str| serde_json::from_str::<JsonPatchOperation>(text).unwrap().value;
        assert_eq!(read(r#"{"op":"replace","path":"/a","value":null}"#), Some(Value::Null));
        assert_eq!(read(r#"{"op":"remove","path":"/a"}"#), None);
    }
}
