//! The set-up document as it is written: TOML, one table per object, names instead of ids. Unknown keys are refused.
//! It holds no secret: a secret is in a file or an environment variable that the document names.

use std::collections::BTreeMap;
use std::path::PathBuf;

use passwright_domain::access::Level;
use passwright_domain::aggregation::AggregationSettings;
use passwright_domain::auth_org::{LockoutConfig, NetworkConfig, SessionConfig};
use passwright_domain::directory::{Attributes, Feature, SourceSchema};
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::value::Datetime;

use super::SetupError;
use crate::OrgConfig;

/// A parsed document.
#[derive(Debug)]
pub struct SetupDocument {
    pub(super) tables: Tables,
    text: String,
}

impl SetupDocument {
    /// Reads the text; checks its form only.
    ///
    /// # Errors
    /// [`SetupError::Document`] with line and column.
    pub fn parse(text: &str) -> Result<Self, SetupError> {
        let tables = toml::from_str(text).map_err(|error| SetupError::Document {
            at: error.span().map(|span| position(text, span.start)),
            message: error.message().trim_end().replace('\n', " "),
        })?;
        Ok(Self { tables, text: text.to_owned() })
    }

    /// The line an entry begins at, counted from 1.
    pub(super) fn line<T>(&self, entry: &Spanned<T>) -> usize {
        self.line_at(entry.span().start)
    }

    /// The line of a byte of the document, counted from 1.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        position(&self.text, offset).0
    }
}

/// Line and column, counted from 1.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before.chars().count() - text.get(..line_start).unwrap_or("").chars().count() + 1,
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Tables {
    pub(super) password_policy: Vec<Spanned<serde_json::Map<String, serde_json::Value>>>,
    pub(super) source: Vec<Spanned<SourceEntry>>,
    pub(super) identity: Vec<Spanned<IdentityEntry>>,
    pub(super) account: Vec<Spanned<AccountEntry>>,
    pub(super) application: Vec<Spanned<ApplicationEntry>>,
    pub(super) password_group: Vec<Spanned<PasswordGroupEntry>>,
    pub(super) api_client: Vec<Spanned<ApiClientEntry>>,
    pub(super) personal_access_token: Vec<Spanned<PersonalAccessTokenEntry>>,
    pub(super) security_question: Vec<Spanned<SecurityQuestionEntry>>,
    pub(super) org_config: Option<Spanned<OrgConfig>>,
    pub(super) lockout_config: Option<Spanned<LockoutConfig>>,
    pub(super) session_config: Option<Spanned<SessionConfig>>,
    pub(super) network_config: Option<Spanned<NetworkConfig>>,
    pub(super) dictionary_file: Option<Spanned<PathBuf>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecurityQuestionEntry {
    pub(super) id: String,
    /// For everyone whose language has no text.
    pub(super) text: String,
    /// By language tag.
    #[serde(default)]
    pub(super) translations: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceEntry {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    pub(super) features: Option<Vec<Feature>>,
    /// Absent for the built-in source.
    pub(super) connector: Option<serde_json::Value>,
    pub(super) credential_file: Option<PathBuf>,
    pub(super) credential_env: Option<String>,
    /// Name of the policy for everyone.
    pub(super) policy: Option<String>,
    #[serde(default)]
    pub(super) exceptions: Vec<ExceptionEntry>,
    /// Whether its accounts make identities.
    #[serde(default)]
    pub(super) authoritative: bool,
    #[serde(default)]
    pub(super) aggregation: AggregationSettings,
    /// Absent: as it is.
    pub(super) schema: Option<SchemaEntry>,
}

/// Which attributes the accounts of a source have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaEntry {
    /// The one that names an account.
    pub(super) identity: String,
    /// The one people know an account by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<String>,
    pub(super) attributes: Vec<String>,
    /// Those of them that are lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) multi: Vec<String>,
}

impl SchemaEntry {
    /// As much of a schema as an entry says; `None` without the attribute that names an account.
    pub(super) fn of(schema: &SourceSchema) -> Option<Self> {
        let multi = schema.attributes.iter().filter(|attribute| attribute.is_multi);
        Some(Self {
            identity: schema.identity_attribute.clone().filter(|name| !name.is_empty())?,
            display: schema.display_attribute.clone().filter(|name| !name.is_empty()),
            multi: multi.map(|attribute| attribute.name.clone()).collect(),
            attributes: schema.attributes.iter().map(|attribute| attribute.name.clone()).collect(),
        })
    }
}

/// A policy for identities that have all these attribute values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExceptionEntry {
    pub(super) policy: String,
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityEntry {
    pub(super) alias: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) disabled: bool,
    #[serde(default)]
    pub(super) levels: Vec<Level>,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
    /// The first sign-in password; not looked at once the identity has one.
    pub(super) password_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) account: Vec<Spanned<OwnAccountEntry>>,
}

/// `[[identity.account]]`: the identity is the table above.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnAccountEntry {
    pub(super) source: String,
    pub(super) native_identity: String,
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) attributes: Attributes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountEntry {
    /// The identity's alias.
    pub(super) identity: String,
    pub(super) source: String,
    pub(super) native_identity: String,
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) attributes: Attributes,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationEntry {
    pub(super) name: String,
    pub(super) source: String,
    #[serde(default)]
    pub(super) description: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordGroupEntry {
    pub(super) name: String,
    pub(super) policy: Option<String>,
    /// In order; the first is written first.
    pub(super) sources: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiClientEntry {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) secret_file: Option<PathBuf>,
    pub(super) secret_sha256: Option<String>,
    #[serde(default = "all_scopes")]
    pub(super) scopes: Vec<String>,
    /// 1 to 86,400.
    #[serde(default = "default_token_seconds")]
    pub(super) token_seconds: i64,
    /// Requests in ten seconds.
    pub(super) rate_limit: Option<u32>,
    #[serde(default)]
    pub(super) disabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonalAccessTokenEntry {
    /// The owner's alias.
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) secret_file: Option<PathBuf>,
    pub(super) secret_sha256: Option<String>,
    #[serde(default = "all_scopes")]
    pub(super) scopes: Vec<String>,
    #[serde(default = "default_token_seconds")]
    pub(super) token_seconds: i64,
    /// A date, or a date and time; UTC when it names no offset.
    pub(super) expires: Datetime,
}

fn all_scopes() -> Vec<String> {
    vec!["sp:scopes:all".to_owned()]
}

/// Twelve hours, as personal access tokens have on the wire.
fn default_token_seconds() -> i64 {
    43_200
}
