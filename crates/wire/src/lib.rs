//! Wire types of the Password Management API: requests, responses, error shapes, scopes, ids.
//! Types and their serialisation only; no rule and no I/O.
//!
//! Requests are read with [`decode::from_json`], which is stricter than plain serde: the body must be an object, a key
//! may come once, and a fault names the field. `null` means absent; unknown fields are ignored, because SDKs send
//! read-only and newer fields back.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

pub mod account;
pub mod account_activity;
pub mod application;
pub mod auth_org;
pub mod auth_user;
pub mod custom_password_instruction;
pub mod decode;
pub mod error;
pub mod error_code;
pub mod identity;
pub mod ids;
pub mod json_patch;
pub mod mfa;
pub mod native;
pub mod oauth;
pub mod oauth_client;
pub mod password_change;
pub mod password_digit_token;
pub mod password_info;
pub mod password_org_config;
pub mod password_policy;
pub mod password_policy_holder;
pub mod password_sync_group;
pub mod personal_access_token;
pub mod reference;
pub mod scope;
pub mod source;
pub mod sync_password;
pub mod version;

pub use custom_password_instruction::CustomPasswordInstruction;
pub use decode::{InvalidBody, from_json, from_json_array};
pub use error::{ErrorMessageDto, ErrorResponseDto, LocaleOrigin, TooManyRequestsBody, UnauthorizedBody};
pub use error_code::ErrorCode;
pub use json_patch::{JsonPatchOperation, PatchOp};
pub use password_change::{PasswordChangeRequest, PasswordChangeResponse, PasswordChangeState, PasswordStatus};
pub use password_digit_token::{PasswordDigitToken, PasswordDigitTokenReset};
pub use password_info::{PasswordInfo, PasswordInfoAccount, PasswordInfoQueryDto};
pub use password_org_config::PasswordOrgConfig;
pub use password_policy_holder::{IdentityAttribute, PasswordPolicyHolder, PasswordPolicySelectors};
pub use password_sync_group::PasswordSyncGroup;
pub use reference::Reference;
pub use scope::Scope;
pub use sync_password::SyncPasswordRequest;
pub use version::PathFamily;
