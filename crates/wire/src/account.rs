//! Accounts: `/accounts`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::reference::Reference;

/// An account, as it was last read from its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// 32 hex digits.
    pub id: String,
    /// The display name.
    pub name: String,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub modified: String,
    /// The source it is on.
    pub source_id: String,
    /// The source's name.
    pub source_name: String,
    /// Whose it is; absent when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// The same with the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Reference>,
    /// How the source is connected: `direct`.
    pub connection_type: String,
    /// A machine's; never here.
    pub is_machine: bool,
    /// Attributes at the source; none that may be a secret.
    pub attributes: Map<String, Value>,
    /// Whether identities are made from the source's accounts.
    pub authoritative: bool,
    /// A text about it; none is kept.
    pub description: Option<String>,
    /// Switched off at the source.
    pub disabled: bool,
    /// Locked at the source.
    pub locked: bool,
    /// The name the source knows it by.
    pub native_identity: String,
    /// The identity's sign-in here.
    pub system_account: bool,
    /// Whose it is, is not known.
    pub uncorrelated: bool,
    /// What stays when the account is renamed, where its source has such a thing.
    pub uuid: Option<String>,
    /// Somebody said whose it is.
    pub manually_correlated: bool,
    /// Rights are not kept; never.
    pub has_entitlements: bool,
    /// What the source can do, separated by commas.
    pub features: String,
    /// How it came here: `AGGREGATED`.
    pub origin: Option<String>,
}

/// What an operation that goes on by itself is followed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountsAsyncResult {
    /// Names the work in the audit.
    pub id: String,
}

/// How an account is enabled or disabled. Nothing of it is required.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountToggleRequest {
    /// A check that somebody else made; kept nowhere.
    pub external_verification_id: Option<String>,
    /// To write at the source even where the state seems to be the wanted one.
    pub force_provisioning: Option<bool>,
}

/// How an account is unlocked. Nothing of it is required.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountUnlockRequest {
    /// A check that somebody else made; kept nowhere.
    pub external_verification_id: Option<String>,
    /// To unlock the identity's sign-in here too; it has no such state.
    #[serde(rename = "unlockIDNAccount")]
    pub unlock_idn_account: Option<bool>,
    /// To write at the source even where the state seems to be the wanted one.
    pub force_provisioning: Option<bool>,
}
