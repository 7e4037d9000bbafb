//! A policy in the family's form: its times are text in beta and v3, as their schema says, and numbers elsewhere.

use passwright_app::passwords::rfc3339;
use passwright_app::{ApiVersion, PasswordPolicy, Timestamp};
use serde_json::Value;

pub(super) fn encode(policy: &PasswordPolicy, version: ApiVersion) -> Value {
    let mut json = serde_json::to_value(policy).unwrap_or_default();
    if matches!(version, ApiVersion::Beta | ApiVersion::V3) {
        for field in ["dateCreated", "lastUpdated"] {
            if let Some(milliseconds) = json.get(field).and_then(Value::as_i64) {
                json[field] = rfc3339(Timestamp(milliseconds.saturating_mul(1000))).into();
            }
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_by_family() {
        let policy = PasswordPolicy { date_created: 1500, ..PasswordPolicy::default() };
        for version in [ApiVersion::Beta, ApiVersion::V3] {
            let json = encode(&policy, version);
            assert_eq!(json["dateCreated"], json!("1970-01-01T00:00:01.5Z"), "{version:?}");
            assert_eq!(json["lastUpdated"], Value::Null);
        }
        for version in [ApiVersion::V2024, ApiVersion::V2025, ApiVersion::V2026, ApiVersion::Root] {
            assert_eq!(encode(&policy, version)["dateCreated"], json!(1500), "{version:?}");
        }
    }
}
