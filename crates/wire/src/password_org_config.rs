//! The organisation's password settings: `/password-org-config`.

use serde::{Deserialize, Serialize};

/// The settings. In a request, absent fields take their default (`POST`) or keep their value (`PUT`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordOrgConfig {
    /// Whether pages show the administrators' own texts. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_instructions_enabled: Option<bool>,
    /// Whether the help desk can make digit tokens. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digit_token_enabled: Option<bool>,
    /// Minutes a digit token lives, 1 to 60. Default: 5. Any whole number is read, so that the range can be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digit_token_duration_minutes: Option<i64>,
    /// Digits of a digit token, 6 to 18. Default: 6. Any whole number is read, so that the range can be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digit_token_length: Option<i64>,
}
