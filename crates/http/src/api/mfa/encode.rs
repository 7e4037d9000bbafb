use passwright_app::mfa::{MfaConfig, MfaMethod};
use passwright_app::{Error, Fault};
use passwright_wire::mfa::MfaConfiguration;
use serde_json::{Map, Value};

const INTEGRATION_KEY: &str = "ikey";
const SECRET_KEY: &str = "skey";

pub(super) fn encode(method: MfaMethod, config: MfaConfig) -> MfaConfiguration {
    let text = |value: Option<String>| value.map_or(Value::Null, Value::from);
    let properties = || {
        Map::from_iter([
            (INTEGRATION_KEY.to_owned(), text(config.integration_key)),
            (SECRET_KEY.to_owned(), text(config.secret_key)),
        ])
    };
    MfaConfiguration {
        mfa_method: Some(method.as_str().to_owned()),
        enabled: Some(config.enabled),
        host: config.host,
        access_key: config.access_key,
        identity_attribute: config.identity_attribute,
        config_properties: (method == MfaMethod::DuoWeb).then(properties),
    }
}

pub(super) fn decode(method: MfaMethod, config: MfaConfiguration) -> Result<MfaConfig, Error> {
    let illegal = |message: String| Error::BadRequest { fault: Fault::Illegal, message };
    if config.mfa_method.as_deref().is_some_and(|name| !name.is_empty() && name != method.as_str()) {
        return Err(illegal(format!("mfaMethod must be {}", method.as_str())));
    }
    let properties = config.config_properties.unwrap_or_default();
    let property = |name: &str| match properties.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(illegal(format!("configProperties.{name} must be a string"))),
    };
    Ok(MfaConfig {
        enabled: config.enabled.unwrap_or_default(),
        host: config.host,
        identity_attribute: config.identity_attribute,
        access_key: config.access_key,
        integration_key: property(INTEGRATION_KEY)?,
        secret_key: property(SECRET_KEY)?,
    })
}
