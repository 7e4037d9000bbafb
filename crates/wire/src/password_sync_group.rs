//! Password sync groups: `/password-sync-groups`.

use serde::{Deserialize, Deserializer, Serialize};

/// Sources that share one password. The read-only fields of a request are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordSyncGroup {
    /// A UUID; given by the service.
    #[serde(deserialize_with = "if_text")]
    pub id: Option<String>,
    /// The group's name, unique without regard to case.
    pub name: Option<String>,
    /// The policy that governs all its sources; absent: the default policy.
    pub password_policy_id: Option<String>,
    /// The sources in order: the first is written first.
    #[serde(deserialize_with = "or_default")]
    pub source_ids: Vec<String>,
    /// RFC 3339; given by the service.
    #[serde(deserialize_with = "if_text")]
    pub created: Option<String>,
    /// RFC 3339; given by the service.
    #[serde(deserialize_with = "if_text")]
    pub modified: Option<String>,
}

/// Read for clients; a request's is not looked at, so it may be of any type.
fn if_text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(serde_json::Value::deserialize(input)?.as_str().map(str::to_owned))
}

fn or_default<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_absent_and_read_only_fields_are_ignored() {
        let text = br#"{"id":5,"name":"G","sourceIds":null,"created":null,"modified":7,"passwordPolicyId":null,"x":1}"#;
        let group: PasswordSyncGroup = crate::from_json(text).unwrap();
        assert_eq!(group, PasswordSyncGroup { name: Some("G".to_owned()), ..PasswordSyncGroup::default() });
        assert!(crate::from_json::<PasswordSyncGroup>(br#"{"sourceIds":"x"}"#).is_err());
    }
}
