//! How people sign in: `/auth-org`, in every path family but beta.

mod create_network_config;
mod encode;
mod get_lockout_config;
mod get_network_config;
mod get_service_provider_config;
mod get_session_config;
mod patch_lockout_config;
mod patch_network_config;
mod patch_service_provider_config;
mod patch_session_config;

pub(crate) use create_network_config::create_network_config;
pub(crate) use get_lockout_config::get_lockout_config;
pub(crate) use get_network_config::get_network_config;
pub(crate) use get_service_provider_config::get_service_provider_config;
pub(crate) use get_session_config::get_session_config;
pub(crate) use patch_lockout_config::patch_lockout_config;
pub(crate) use patch_network_config::patch_network_config;
pub(crate) use patch_service_provider_config::patch_service_provider_config;
pub(crate) use patch_session_config::patch_session_config;
