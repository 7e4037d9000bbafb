//! Applications: `/source-apps` and `/user-apps`.

use serde::{Deserialize, Serialize};

use crate::JsonPatchOperation;
use crate::reference::Reference;

/// An application of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceApp {
    /// 32 hex digits.
    pub id: String,
    /// The same.
    pub cloud_app_id: String,
    /// The name.
    pub name: String,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub modified: String,
    /// Switched on.
    pub enabled: bool,
    /// Access to it can be asked for; kept for others.
    pub provision_request_enabled: bool,
    /// A text about it.
    pub description: String,
    /// Everybody with an account on the source has it; otherwise nobody.
    pub match_all_accounts: bool,
    /// Shown where people look for applications; kept for others.
    pub app_center_enabled: bool,
    /// The source whose accounts it is used with.
    pub account_source: SourceAppSource,
    /// Whose it is; none is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Reference>,
}

/// The source of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceAppSource {
    /// 32 hex digits.
    pub id: String,
    /// `SOURCE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name.
    pub name: String,
    /// Its passwords can be set.
    pub use_for_password_management: bool,
    /// The policies in force on it.
    pub password_policies: Vec<Reference>,
}

/// A new application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceAppCreate {
    /// The name, unique without regard to case.
    pub name: String,
    /// A text about it.
    pub description: String,
    /// Everybody with an account on the source has it.
    #[serde(default)]
    pub match_all_accounts: Option<bool>,
    /// The source whose accounts it is used with.
    pub account_source: SourceAppCreateSource,
}

/// The source of a new application; its id alone counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceAppCreateSource {
    /// 32 hex digits.
    pub id: String,
    /// `SOURCE`; ignored.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
    /// Its name; ignored.
    #[serde(default)]
    pub name: Option<String>,
}

/// One patch for several applications.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceAppBulkUpdateRequest {
    /// 50 at most.
    pub app_ids: Vec<String>,
    /// The steps, for each of them.
    pub json_patch: Vec<JsonPatchOperation>,
}

/// An application of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserApp {
    /// 64 hex digits.
    pub id: String,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub modified: String,
    /// The person has several accounts on the source.
    pub has_multiple_accounts: bool,
    /// The source's passwords can be set.
    pub use_for_password_management: bool,
    /// Access to it can be asked for; kept for others.
    pub provision_request_enabled: bool,
    /// Shown where people look for applications; kept for others.
    pub app_center_enabled: bool,
    /// The application.
    pub source_app: Reference,
    /// Its source.
    pub source: Reference,
    /// The person's account on it.
    pub account: Reference,
    /// The person.
    pub owner: UserAppOwner,
}

/// The person who has an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAppOwner {
    /// `IDENTITY`.
    #[serde(rename = "type")]
    pub kind: String,
    /// 32 hex digits.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The login name.
    pub alias: String,
}

/// An account that a person's application can be used with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppAccountDetails {
    /// The application.
    pub app_id: String,
    /// Its name.
    pub app_display_name: String,
    /// The account.
    pub source_account: AppAccountDetailsSourceAccount,
}

/// The account of [`AppAccountDetails`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppAccountDetailsSourceAccount {
    /// 32 hex digits.
    pub id: String,
    /// The name the source knows it by.
    pub native_identity: String,
    /// The display name.
    pub display_name: String,
    /// The source.
    pub source_id: String,
    /// Its name.
    pub source_display_name: String,
}
