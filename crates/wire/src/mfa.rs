//! Further factors of a sign-in: `/mfa/okta-verify/config`, `/mfa/duo-web/config`, `/mfa/kba/config` and what belongs to them.
//!
//! The types that hold a secret do not show it in `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How a provider of a further factor is reached. In an answer, secrets are masked: `d******Y`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MfaConfiguration {
    /// `okta-verify` or `duo-web`.
    pub mfa_method: Option<String>,
    /// Whether it is in use. Absent: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The provider's host name or address, with a port where it is not 443.
    pub host: Option<String>,
    /// The secret that requests to the provider are signed with. Absent, or the masked one: stays what it is.
    pub access_key: Option<String>,
    /// The identity attribute that holds the user's name at the provider.
    pub identity_attribute: Option<String>,
    /// Of `duo-web`: `ikey` and `skey`, which is a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_properties: Option<Map<String, Value>>,
}

impl fmt::Debug for MfaConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaConfiguration")
            .field("enabled", &self.enabled)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// What a test of the configuration found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaConfigTestResponse {
    /// `SUCCESS` or `FAILED`.
    pub state: String,
    /// Why it failed.
    pub error: Option<String>,
}

/// A security question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KbaQuestion {
    /// Its id.
    pub id: String,
    /// Its text; with `allLanguages=true` all its texts, as a JSON list of `{"text", "locale"}` inside this string.
    pub text: String,
    /// Whether any user has answered it.
    pub has_answer: bool,
    /// How many have.
    pub num_answers: i64,
}

/// An answer to a security question.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KbaAnswerRequestItem {
    /// The question's id.
    pub id: String,
    /// The answer, as the user will type it.
    pub answer: String,
}

impl fmt::Debug for KbaAnswerRequestItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KbaAnswerRequestItem").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What the user has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KbaAnswerResponseItem {
    /// The question's id.
    pub id: String,
    /// All its texts, as a JSON list of `{"text", "locale"}` inside this string.
    pub question: String,
    /// Whether the user has an answer to it.
    pub has_answer: bool,
}
