//! One entry of each kind: from what is written to what is wanted.

use std::path::Path;

use passwright_connectors::{Connector, ConnectorConfig, Credential};
use passwright_domain::access::ScopeSet;
use passwright_domain::client::RateLimit;
use passwright_domain::directory::{AttributeDefinition, Feature, IdentityStatus, SourceSchema};
use passwright_domain::instructions::Locale;
use passwright_domain::policy::{Dictionary, PasswordPolicy, first_fault};
use passwright_domain::security_question::SecurityQuestion;
use passwright_domain::timestamp::Timestamp;
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::{Password, SecretText};
use serde_json::{Map, Value};
use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};
use toml::value::{Datetime, Offset};

use super::desired::{Reason, WantedAccount, WantedApiClient, WantedGrant, WantedIdentity, WantedSource, WantedToken};
use super::document::{
    AccountEntry, ApiClientEntry, IdentityEntry, PasswordGroupEntry, PersonalAccessTokenEntry, SchemaEntry,
    SecurityQuestionEntry, SourceEntry,
};
use super::secrets::Secrets;
use crate::OrgConfig;

/// Keys of a policy's JSON that the service gives itself; `defaultPolicy` is written as `default`.
pub(super) const OWN_POLICY_KEYS: [&str; 7] =
    ["id", "dateCreated", "lastUpdated", "created", "modified", "sourceIds", "defaultPolicy"];
/// How the settings of a list of accounts begin.
const LIST: &str = "{\"kind\":\"csv\"";
const MAX_TOKEN_SECONDS: i64 = 86_400;
/// Fewer characters cannot be 128 random bits.
const MIN_SECRET_LEN: usize = 22;

pub(super) fn policy_name(entry: &Map<String, Value>) -> String {
    entry.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The keys are the wire's (`PasswordPolicyV3Dto`), and `default`.
pub(super) fn policy(mut entry: Map<String, Value>) -> Result<PasswordPolicy, Reason> {
    let default = match entry.remove("default") {
        None => false,
        Some(Value::Bool(default)) => default,
        Some(_) => return Err(("default", "is not true or false".to_owned())),
    };
    let known = serde_json::to_value(PasswordPolicy::default()).unwrap_or_default();
    let unknown = entry.keys().find(|key| known.get(key.as_str()).is_none() || OWN_POLICY_KEYS.contains(&key.as_str()));
    if let Some(key) = unknown {
        return Err(("policy", format!("unknown field `{key}`")));
    }
    for (key, value) in &entry {
        // Read one by one, so that the message can name the field.
        let alone = Value::Object(Map::from_iter([(key.clone(), value.clone())]));
        serde_json::from_value::<PasswordPolicy>(alone).map_err(|e| ("policy", format!("{key}: {e}")))?;
    }
    let policy: PasswordPolicy = serde_json::from_value(Value::Object(entry)).map_err(|e| ("policy", e.to_string()))?;
    let policy = PasswordPolicy { default_policy: default, ..policy };
    match first_fault(&policy) {
        Some(conflict) => Err(("policy", conflict.message)),
        None => Ok(policy),
    }
}

/// Its position is that in the document.
pub(super) fn security_question(entry: SecurityQuestionEntry) -> Result<SecurityQuestion, Reason> {
    let mut texts = std::collections::BTreeMap::from([(String::new(), entry.text)]);
    for (tag, text) in entry.translations {
        let locale = tag.parse::<Locale>().ok().filter(|locale| *locale != Locale::default_text());
        let locale = locale.ok_or_else(|| ("translations", format!("\"{tag}\" is no language tag")))?;
        texts.insert(locale.to_string(), text);
    }
    let question = SecurityQuestion { id: entry.id, position: 0, texts };
    question.check()?;
    Ok(question)
}

pub(super) fn source(entry: SourceEntry, secrets: &Secrets<'_>) -> Result<WantedSource, Reason> {
    let credential = match (&entry.credential_file, &entry.credential_env) {
        (Some(_), Some(_)) => {
            return Err(("credential_file", "stands beside credential_env; one of them is enough".to_owned()));
        }
        (Some(file), None) => Some(secrets.secret_file(file).map_err(|m| ("credential_file", m))?),
        (None, Some(name)) => Some(secrets.variable(name).map_err(|m| ("credential_env", m))?),
        (None, None) => None,
    };
    let connector = match entry.connector {
        None if credential.is_some() => {
            return Err((
                "connector",
                "is absent, so this is the built-in source, which takes no credential".to_owned(),
            ));
        }
        None => None,
        Some(written) => Some(connector(written, credential.as_ref()).map_err(|m| ("connector", m))?),
    };
    entry.aggregation.check(entry.authoritative)?;
    if connector.is_none() && (entry.authoritative || !entry.aggregation.is_default() || entry.schema.is_some()) {
        return Err(("aggregation", "has no meaning for the built-in source".to_owned()));
    }
    let features = entry.features.unwrap_or_else(|| match &connector {
        None => vec![Feature::Password, Feature::Authenticate],
        // A list of accounts takes no passwords.
        Some(config) if config.starts_with(LIST) => Vec::new(),
        Some(_) => vec![Feature::Password],
    });
    Ok(WantedSource {
        name: entry.name,
        description: entry.description,
        features: features.into_iter().collect(),
        connector,
        credential,
        policy: entry.policy,
        exceptions: entry.exceptions,
        authoritative: entry.authoritative,
        aggregation: entry.aggregation,
        schema: entry.schema.map(schema).transpose()?,
    })
}

fn schema(entry: SchemaEntry) -> Result<SourceSchema, Reason> {
    if let Some(name) = entry.multi.iter().find(|name| !entry.attributes.contains(name)) {
        return Err(("schema", format!("multi names \"{name}\", which is not one of the attributes")));
    }
    let attribute = |name: String| AttributeDefinition {
        is_multi: entry.multi.contains(&name),
        name,
        ..AttributeDefinition::default()
    };
    let schema = SourceSchema {
        name: Some(SourceSchema::ACCOUNT.to_owned()),
        identity_attribute: Some(entry.identity),
        display_attribute: entry.display,
        attributes: entry.attributes.into_iter().map(attribute).collect(),
        ..SourceSchema::default()
    };
    match schema.faults() {
        faults if faults.is_empty() => Ok(schema),
        faults => Err(("schema", faults.join("; "))),
    }
}

/// Checks the settings as the connector itself does; opens no connection. Gives them with every default spelled out.
fn connector(written: Value, credential: Option<&Password>) -> Result<String, String> {
    let config: ConnectorConfig = serde_json::from_value(written).map_err(|e| e.to_string())?;
    let credential = credential.map(|text| Credential::new(text.expose().to_owned()));
    Connector::new(&config, credential).map_err(|fault| format!("{} ({})", fault.reason, fault.detail))?;
    serde_json::to_string(&config).map_err(|e| e.to_string())
}

/// The identity, and its own accounts with the byte that each begins at in the document.
pub(super) fn identity(
    entry: IdentityEntry,
    secrets: &Secrets<'_>,
) -> Result<(WantedIdentity, Vec<(usize, WantedAccount)>), Reason> {
    let alias = entry.alias;
    let first_password =
        entry.password_file.map(|file| secrets.secret_file(&file)).transpose().map_err(|m| ("password_file", m))?;
    let accounts = entry.account.into_iter().map(|own| {
        let (begins, own) = (own.span().start, own.into_inner());
        let account = account(AccountEntry {
            identity: alias.clone(),
            source: own.source,
            native_identity: own.native_identity,
            name: own.name,
            attributes: own.attributes,
        });
        (begins, account)
    });
    let accounts = accounts.collect();
    let identity = WantedIdentity {
        name: entry.name.unwrap_or_else(|| alias.clone()),
        alias,
        email: entry.email,
        status: if entry.disabled { IdentityStatus::Disabled } else { IdentityStatus::Active },
        levels: entry.levels.into_iter().collect(),
        attributes: entry.attributes,
        first_password,
    };
    Ok((identity, accounts))
}

pub(super) fn account(entry: AccountEntry) -> WantedAccount {
    WantedAccount {
        name: entry.name,
        identity: entry.identity,
        source: entry.source,
        native_identity: entry.native_identity,
        attributes: entry.attributes,
    }
}

pub(super) fn group(entry: PasswordGroupEntry) -> Result<PasswordGroupEntry, Reason> {
    if entry.sources.is_empty() {
        return Err(("sources", "names no source".to_owned()));
    }
    Ok(entry)
}

pub(super) fn api_client(entry: ApiClientEntry, secrets: &Secrets<'_>) -> Result<WantedApiClient, Reason> {
    let rate_limit = match entry.rate_limit {
        None => RateLimit::DEFAULT,
        Some(0) => return Err(("rate_limit", "is 0; use disabled = true".to_owned())),
        Some(limit) => RateLimit(limit),
    };
    let grant = Grant {
        name: entry.name,
        id: entry.id,
        secret_file: entry.secret_file.as_deref(),
        secret_sha256: entry.secret_sha256,
        scopes: entry.scopes,
        token_seconds: entry.token_seconds,
    };
    Ok(WantedApiClient { grant: grant.resolve(secrets)?, rate_limit, enabled: !entry.disabled })
}

pub(super) fn token(entry: PersonalAccessTokenEntry, secrets: &Secrets<'_>) -> Result<WantedToken, Reason> {
    let expires_at = timestamp(&entry.expires)
        .ok_or_else(|| ("expires", "is not a date, such as 2030-12-31 or 2030-12-31T12:00:00Z".to_owned()))?;
    let grant = Grant {
        name: entry.name,
        id: entry.id,
        secret_file: entry.secret_file.as_deref(),
        secret_sha256: entry.secret_sha256,
        scopes: entry.scopes,
        token_seconds: entry.token_seconds,
    };
    Ok(WantedToken { grant: grant.resolve(secrets)?, owner: entry.owner, expires_at })
}

struct Grant<'a> {
    name: String,
    id: Option<String>,
    secret_file: Option<&'a Path>,
    secret_sha256: Option<String>,
    scopes: Vec<String>,
    token_seconds: i64,
}

impl Grant<'_> {
    fn resolve(self, secrets: &Secrets<'_>) -> Result<WantedGrant, Reason> {
        if !(1..=MAX_TOKEN_SECONDS).contains(&self.token_seconds) {
            return Err(("token_seconds", format!("{} is not between 1 and {MAX_TOKEN_SECONDS}", self.token_seconds)));
        }
        if self.scopes.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace)) {
            return Err(("scopes", "one is empty or holds white space".to_owned()));
        }
        let secret_sha256 = match (self.secret_file, self.secret_sha256) {
            (Some(file), None) => digest_of(&secrets.secret_file(file).map_err(|m| ("secret_file", m))?)?,
            (None, Some(digest)) if is_sha256_hex(&digest) => digest,
            (None, Some(_)) => return Err(("secret_sha256", "is not 64 lower-case hex digits".to_owned())),
            _ => return Err(("secret_file", "either secret_file or secret_sha256 is needed".to_owned())),
        };
        Ok(WantedGrant {
            name: self.name,
            id: self.id,
            secret_sha256,
            scopes: self.scopes.into_iter().collect::<ScopeSet>(),
            token_seconds: self.token_seconds,
        })
    }
}

fn digest_of(secret: &Password) -> Result<String, Reason> {
    if secret.expose().len() < MIN_SECRET_LEN {
        return Err(("secret_file", format!("the secret has fewer than {MIN_SECRET_LEN} characters; make it random")));
    }
    Ok(client_secret_digest(&SecretText::new(secret.expose().to_owned())))
}

fn is_sha256_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// A date alone means its first second.
fn timestamp(written: &Datetime) -> Option<Timestamp> {
    let date = written.date?;
    let date = Date::from_calendar_date(date.year.into(), Month::try_from(date.month).ok()?, date.day).ok()?;
    let time = match written.time {
        None => Time::MIDNIGHT,
        // Seconds and their fraction may be left out.
        Some(time) => {
            let second = time.second.unwrap_or(0).min(59);
            Time::from_hms_nano(time.hour, time.minute, second, time.nanosecond.unwrap_or(0)).ok()?
        }
    };
    let offset = match written.offset {
        Some(Offset::Custom { minutes }) => UtcOffset::from_whole_seconds(i32::from(minutes) * 60).ok()?,
        Some(Offset::Z) | None => UtcOffset::UTC,
    };
    let nanoseconds = PrimitiveDateTime::new(date, time).assume_offset(offset).unix_timestamp_nanos();
    i64::try_from(nanoseconds.div_euclid(1000)).ok().map(Timestamp)
}

/// A setting in which nothing is wrong.
pub(super) fn without_faults<T>(field: &'static str, faults: &[String], config: T) -> Result<T, Reason> {
    if faults.is_empty() { Ok(config) } else { Err((field, faults.join("; "))) }
}

pub(super) fn org_config(config: OrgConfig) -> Result<OrgConfig, Reason> {
    config.check().map_err(|e| ("org_config", e.to_string()))?;
    Ok(config)
}

pub(super) fn dictionary(file: &Path, secrets: &Secrets<'_>) -> Result<String, Reason> {
    let text = secrets.file(file).map_err(|m| ("dictionary_file", m))?;
    Dictionary::parse(text.as_bytes()).map_err(|e| ("dictionary_file", format!("{}: {e}", file.display())))?;
    Ok(text.to_string())
}
