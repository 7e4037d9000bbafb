//! How a source's connector and its service credential appear as `connectorAttributes`, and what of them may be set over
//! the API.

use passwright_connectors::{Connector, ConnectorConfig, Credential};
use passwright_domain::directory::Source;
use passwright_vault::secret::Password;
use serde_json::{Map, Value};

use super::CREDENTIAL;
use crate::{Error, Fault};

/// What is said of the service credential.
pub(super) enum GivenCredential {
    Keep,
    Drop,
    New(Password),
}

/// A connector with settings that were checked.
pub(super) struct Connection {
    /// The settings as they are stored: every default spelled out.
    pub(super) connector: String,
    pub(super) credential: GivenCredential,
}

/// The settings without the kind; empty for the built-in source. There is no credential among them.
pub(super) fn settings(connector: Option<&str>) -> Map<String, Value> {
    let stored = connector.and_then(|json| serde_json::from_str::<Map<String, Value>>(json).ok());
    let mut settings = stored.unwrap_or_default();
    settings.remove("kind");
    settings
}

/// Connectors that a caller may set up. The others name files or programs of the machine the service runs on, or any web
/// address at all: those are its administrator's to name, with `apply`.
fn open_to_callers(config: &ConnectorConfig) -> bool {
    matches!(config, ConnectorConfig::Ldap(_) | ConnectorConfig::ActiveDirectory(_))
}

/// Settings that change nothing about where the credential is sent. A new setting is not among them until somebody says so.
const STAYS: [&str; 8] = [
    "accounts",
    "connect_timeout_ms",
    "connections",
    "enforce_history",
    "operation_timeout_ms",
    "password_method",
    "password_policy",
    "users",
];

fn illegal(message: impl Into<String>) -> Error {
    Error::bad(Fault::Illegal, message)
}

/// Checks settings as the connector itself does; opens no connection. `old` is the source as it is, if there is one, and
/// `opened` its credential; `others` are all sources there are.
pub(super) fn checked(
    kind: &str,
    settings_given: &Map<String, Value>,
    credential: GivenCredential,
    old: Option<&Source>,
    opened: impl FnOnce() -> Result<Option<String>, Error>,
    others: &[Source],
) -> Result<Connection, Error> {
    if kind == Source::BUILT_IN {
        return Err(illegal("the built-in source has no connectorAttributes"));
    }
    let mut written = settings_given.clone();
    written.insert("kind".to_owned(), kind.into());
    let config = serde_json::from_value::<ConnectorConfig>(Value::Object(written)).map_err(|e| unread(&e))?;
    if !open_to_callers(&config) {
        return Err(illegal(format!("a connector of the kind {kind} is set up with `passwright apply` alone")));
    }
    let connector = serde_json::to_string(&config).map_err(|e| Error::Internal(e.to_string()))?;
    let (now, before) = (settings(Some(&connector)), settings(old.and_then(|old| old.connector.as_deref())));
    if let Some(ca_file) = now.get("ca_file").filter(|file| !file.is_null())
        && !others.iter().any(|other| settings(other.connector.as_deref()).get("ca_file") == Some(ca_file))
    {
        return Err(illegal(
            "connectorAttributes.ca_file names a file of the server that no source set up with `passwright apply` names",
        ));
    }
    let moved =
        now.keys().chain(before.keys()).any(|key| !STAYS.contains(&key.as_str()) && now.get(key) != before.get(key));
    let has_credential = old.is_some_and(|old| old.sealed_credential.is_some());
    if moved && has_credential && matches!(credential, GivenCredential::Keep) {
        return Err(illegal(format!(
            "connectorAttributes.{CREDENTIAL} is required when the address changes: the stored one is sent to no other"
        )));
    }
    let secret = match &credential {
        GivenCredential::New(secret) => Some(secret.expose().to_owned()),
        GivenCredential::Keep => opened()?,
        GivenCredential::Drop => None,
    };
    Connector::new(&config, secret.map(Credential::new))
        .map_err(|fault| illegal(format!("connectorAttributes: {} ({})", fault.reason, fault.detail)))?;
    Ok(Connection { connector, credential })
}

/// The parser's words as far as they hold no value of the caller.
fn unread(error: &serde_json::Error) -> Error {
    let text = error.to_string();
    if text.starts_with("unknown variant") {
        return illegal("connector must be the kind of a connector there is, such as active_directory or ldap");
    }
    let about_keys = text.starts_with("unknown field") || text.starts_with("missing field");
    let shown = if about_keys { text.as_str() } else { "a value has the wrong type or form" };
    illegal(format!("connectorAttributes: {}", shown.chars().take(200).collect::<String>()))
}
