use passwright_app::{LockoutConfig, NetworkConfig, ServiceProviderConfig, SessionConfig};
use passwright_wire::auth_org::{
    LockoutConfiguration, NetworkConfiguration, ServiceProviderConfiguration, SessionConfiguration,
};

pub(super) fn lockout(config: LockoutConfig) -> LockoutConfiguration {
    let LockoutConfig { maximum_attempts, lockout_duration, lockout_window } = config;
    LockoutConfiguration { maximum_attempts, lockout_duration, lockout_window }
}

pub(super) fn session(config: SessionConfig) -> SessionConfiguration {
    let SessionConfig { max_idle_time, remember_me, max_session_time } = config;
    SessionConfiguration { max_idle_time, remember_me, max_session_time }
}

pub(super) fn network(config: NetworkConfig) -> NetworkConfiguration {
    let NetworkConfig { range, geolocation, whitelisted } = config;
    NetworkConfiguration { range, geolocation, whitelisted: Some(whitelisted) }
}

pub(super) fn decode_network(config: NetworkConfiguration) -> NetworkConfig {
    let NetworkConfiguration { range, geolocation, whitelisted } = config;
    NetworkConfig { range, geolocation, whitelisted: whitelisted.unwrap_or_default() }
}

pub(super) fn service_provider(config: ServiceProviderConfig) -> ServiceProviderConfiguration {
    let ServiceProviderConfig { enabled, bypass_idp, saml_configuration_valid, federation_protocol_details } = config;
    ServiceProviderConfiguration { enabled, bypass_idp, saml_configuration_valid, federation_protocol_details }
}
