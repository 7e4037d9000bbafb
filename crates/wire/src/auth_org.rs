//! How people sign in: `/auth-org/lockout-config`, `/auth-org/session-config`, `/auth-org/network-config` and
//! `/auth-org/service-provider-config`.

use serde::{Deserialize, Serialize};

/// When a name is locked after failed sign-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LockoutConfiguration {
    /// Failed sign-ins within the window that lock the name: 1 to 15. Default: 5.
    pub maximum_attempts: i64,
    /// Minutes that the name stays locked: 5 to 60. Default: 15.
    pub lockout_duration: i64,
    /// Minutes a failed sign-in counts: 5 to 60. Default: 5.
    pub lockout_window: i64,
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionConfiguration {
    /// Minutes without a request after which a session ends: 1 to 1,440. Default: 15.
    pub max_idle_time: i64,
    /// Whether a page may keep the user's name for the next sign-in. Default: false.
    pub remember_me: bool,
    /// Minutes after its sign-in that a session ends in any case: 1 to 10,080, more than `maxIdleTime`. Default: 45.
    pub max_session_time: i64,
}

/// Which networks are the organisation's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkConfiguration {
    /// Addresses and networks such as `10.1.0.0/16`. Without any, every address is on the network.
    pub range: Option<Vec<String>>,
    /// Countries. Passwright does not know which country an address is in and refuses any.
    pub geolocation: Option<Vec<String>>,
    /// Whether `geolocation` lists the trusted countries. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whitelisted: Option<bool>,
}

/// Sign-in through another identity provider with SAML. Passwright has none: `enabled` is always false.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceProviderConfiguration {
    /// Whether users sign in through the provider.
    pub enabled: bool,
    /// Whether they may sign in without it.
    pub bypass_idp: bool,
    /// Whether the provider's details are complete.
    pub saml_configuration_valid: bool,
    /// The two sides of the federation.
    pub federation_protocol_details: Vec<serde_json::Value>,
}
