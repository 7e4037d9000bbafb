#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

mod administration;
mod aggregations;
mod builder;
mod client;
pub mod configuration;
mod encrypt;
mod error;
mod error_body;
mod held_changes;
mod password_changes;
mod retry;
mod secret;
mod token;
mod transport;
mod wait;
mod webhooks;

pub use administration::{ListQuery, replace};
pub use aggregations::{LoadAccountsRequest, SourceName};
pub use builder::ClientBuilder;
pub use client::Client;
pub use configuration::Configuration;
pub use encrypt::{EncryptError, encrypt_password};
pub use error::{ApiError, ClientError};
pub use password_changes::PasswordChangeQuery;
pub use secret::Secret;

pub use passwright_wire::account::{Account, AccountToggleRequest, AccountUnlockRequest, AccountsAsyncResult};
pub use passwright_wire::auth_org::{LockoutConfiguration, NetworkConfiguration, SessionConfiguration};
pub use passwright_wire::auth_user::AuthUser;
pub use passwright_wire::identity::{Identity, PublicIdentity};
pub use passwright_wire::native::{
    AccountVerdict, Aggregation, BrokenRule, CreatedWebhook, HeldChangesRequest, HeldChangesResponse,
    NewPasswordChange, PasswordChange, PasswordChangeTarget, PasswordChangeTargetState, PasswordDryRun,
    PasswordDryRunResponse, Webhook, WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookEventData, WebhookRequest,
    WebhookTarget, WebhookTest,
};
pub use passwright_wire::oauth_client::{AccessType, ClientType, CreateOauthClientRequest, GrantType, OauthClient};
pub use passwright_wire::password_policy::PasswordPolicy;
pub use passwright_wire::personal_access_token::{
    CreatePersonalAccessTokenRequest, CreatedPersonalAccessToken, PersonalAccessToken,
};
pub use passwright_wire::source::{
    CheckStatus, LoadAccountsReturn, LoadAccountsTask, LoadAccountsTaskBody, Source, StatusResponse,
};
pub use passwright_wire::{JsonPatchOperation, PasswordOrgConfig, PasswordSyncGroup, PatchOp, Reference};
pub use passwright_wire::{
    PasswordChangeRequest, PasswordChangeResponse, PasswordChangeState, PasswordDigitToken, PasswordDigitTokenReset,
    PasswordInfo, PasswordInfoAccount, PasswordInfoQueryDto, PasswordStatus, PathFamily, SyncPasswordRequest,
};
