use passwright_app::{OrgConfig, OrgConfigRequest};
use passwright_wire::PasswordOrgConfig;

pub(super) fn encode(config: OrgConfig) -> PasswordOrgConfig {
    PasswordOrgConfig {
        custom_instructions_enabled: Some(config.custom_instructions_enabled),
        digit_token_enabled: Some(config.digit_token_enabled),
        digit_token_duration_minutes: Some(config.digit_token_duration_minutes.into()),
        digit_token_length: Some(config.digit_token_length.into()),
    }
}

pub(super) fn decode(config: PasswordOrgConfig) -> OrgConfigRequest {
    OrgConfigRequest {
        custom_instructions_enabled: config.custom_instructions_enabled,
        digit_token_enabled: config.digit_token_enabled,
        digit_token_duration_minutes: config.digit_token_duration_minutes,
        digit_token_length: config.digit_token_length,
    }
}
