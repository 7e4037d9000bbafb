#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

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

pub use aggregations::{LoadAccountsRequest, SourceName};
pub use builder::ClientBuilder;
pub use client::Client;
pub use configuration::Configuration;
pub use encrypt::{EncryptError, encrypt_password};
pub use error::{ApiError, ClientError};
pub use password_changes::PasswordChangeQuery;
pub use secret::Secret;

pub use passwright_wire::native::{
    AccountVerdict, Aggregation, BrokenRule, CreatedWebhook, HeldChangesRequest, HeldChangesResponse,
    NewPasswordChange, PasswordChange, PasswordChangeTarget, PasswordChangeTargetState, PasswordDryRun,
    PasswordDryRunResponse, Webhook, WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookEventData, WebhookRequest,
    WebhookTarget, WebhookTest,
};
pub use passwright_wire::source::{LoadAccountsReturn, LoadAccountsTask, LoadAccountsTaskBody};
pub use passwright_wire::{
    PasswordChangeRequest, PasswordChangeResponse, PasswordChangeState, PasswordDigitToken, PasswordDigitTokenReset,
    PasswordInfo, PasswordInfoAccount, PasswordInfoQueryDto, PasswordStatus, PathFamily, SyncPasswordRequest,
};
