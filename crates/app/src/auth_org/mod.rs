//! How people sign in, as administrators set it: lock-out, sessions, the organisation's networks.

pub(crate) mod kept;
mod lockout_config;
mod network_config;
mod service_provider_config;
mod session_config;

pub use service_provider_config::ServiceProviderConfig;
