//! A password policy, for clients: `/password-policies`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A policy. In a request, absent fields take their default; what the server gives itself is not read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordPolicy {
    /// 32 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Unique.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Least number of characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<i64>,
    /// Greatest number of characters; 0: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<i64>,
    /// Least number of letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_alpha: Option<i64>,
    /// Least number of digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_numeric: Option<i64>,
    /// Least number of upper-case letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_upper: Option<i64>,
    /// Least number of lower-case letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_lower: Option<i64>,
    /// Least number of special characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_special: Option<i64>,
    /// How many of the four character types must be met; -1: off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_character_types: Option<i64>,
    /// Longest run of one character; -1: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_repeated_chars: Option<i64>,
    /// Whether words of the dictionary are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_dictionary: Option<bool>,
    /// Whether it is the one for whatever has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_policy: Option<bool>,
    /// Sources it is in force on. Read only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ids: Option<Vec<String>>,
    /// The other fields of SailPoint's `PasswordPolicyV3Dto`, sent back as they came.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_fields_come_back_as_they_were() {
        let text = r#"{"id":"a","name":"P","minLength":8,"requireStrongAuthn":true,"dateCreated":5,"created":null}"#;
        let policy: PasswordPolicy = serde_json::from_str(text).unwrap();
        assert_eq!((policy.min_length, policy.max_length), (Some(8), None));
        let sent = serde_json::to_value(&policy).unwrap();
        assert_eq!(sent, serde_json::from_str::<Value>(text).unwrap());
    }
}
