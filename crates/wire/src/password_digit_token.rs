//! The help-desk code: `POST /generate-password-reset-token/digit`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Asks for a digit token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordDigitTokenReset {
    /// Login name of the user the token is for.
    pub user_id: String,
    /// Number of digits, 6 to 18. Absent: the organisation's default, 6 unless changed.
    /// Any whole number is read, so that the range can be answered as such.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<i64>,
    /// Minutes the token lives. Absent: the organisation's default, 5 unless changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<i64>,
}

impl PasswordDigitTokenReset {
    /// A request with the organisation's defaults for this login name.
    #[must_use]
    pub fn for_user(user_id: impl Into<String>) -> Self {
        Self { user_id: user_id.into(), length: None, duration_minutes: None }
    }
}

/// A digit token. Shown once; its digits do not appear in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordDigitToken {
    /// Decimal digits; leading zeros count.
    pub digit_token: String,
    /// Reference of the request, a UUID.
    pub request_id: String,
}

impl fmt::Debug for PasswordDigitToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordDigitToken").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_json() {
        let reset = PasswordDigitTokenReset::for_user("Abby.Smith");
        assert_eq!(serde_json::to_string(&reset).unwrap(), r#"{"userId":"Abby.Smith"}"#);
        let reset = PasswordDigitTokenReset { length: Some(8), duration_minutes: Some(5), ..reset };
        let json = r#"{"userId":"Abby.Smith","length":8,"durationMinutes":5}"#;
        assert_eq!(serde_json::to_string(&reset).unwrap(), json);
        assert_eq!(serde_json::from_str::<PasswordDigitTokenReset>(json).unwrap(), reset);
        let nulls = r#"{"userId":"Abby.Smith","length":null,"durationMinutes":null}"#;
        let read: PasswordDigitTokenReset = serde_json::from_str(nulls).unwrap();
        assert_eq!(read, PasswordDigitTokenReset::for_user("Abby.Smith"));
    }

    #[test]
    fn response_json_keeps_leading_zeros_and_debug_hides_the_digits() {
        let json = r#"{"digitToken":"09087713","requestId":"e1267ecd-fcd9-4c73-9c55-12555efad136"}"#;
        let token: PasswordDigitToken = serde_json::from_str(json).unwrap();
        assert_eq!(token.digit_token, "09087713");
        assert_eq!(serde_json::to_string(&token).unwrap(), json);
        assert!(!format!("{token:?}").contains("09087713"));
        assert!(serde_json::from_str::<PasswordDigitToken>(&json.replace("\"09087713\"", "9087713")).is_err());
    }
}
