//! The administration's pages: sources and how they are, everybody's changes, the audit, the rules, API clients and tokens,
//! texts and settings. Each use case asks for its right; a page shows what came of it.

mod audit;
mod back;
mod changes;
mod clients;
mod edit_source;
mod groups;
mod new_source;
mod party;
mod policies;
mod questions;
mod settings;
mod source_form;
mod sources;
mod texts;

pub(crate) use audit::{export_audit, search_audit};
pub(crate) use changes::{cancel_change, cancel_held, list_changes, release_change, retry_change};
pub(crate) use clients::{
    ask_revoke_client, ask_revoke_token, create_client, create_token, list_clients, revoke_client, revoke_token,
};
pub(crate) use edit_source::{get_edit_source, post_edit_source};
pub(crate) use groups::{ask_delete_group, delete_group, get_group, get_new_group, post_group, post_new_group};
pub(crate) use new_source::{get_new_source, post_new_source};
pub(crate) use policies::{get_policy, list_policies, post_policy};
pub(crate) use questions::{add_question, remove_question};
pub(crate) use settings::{
    get_settings, post_branding, post_help_desk_settings, post_lockout_settings, post_network_settings,
    post_password_settings, post_recovery_settings, post_session_settings,
};
pub(crate) use sources::{check_source, get_administration, get_source, list_sources, resume_source};
pub(crate) use texts::{get_texts, post_text};
