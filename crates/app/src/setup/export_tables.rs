//! An exported document's tables, in the order people read them; the names are those of [`document`](super::document).

use std::collections::BTreeMap;

use passwright_domain::access::Level;
use passwright_domain::aggregation::AggregationSettings;
use passwright_domain::auth_org::{LockoutConfig, NetworkConfig, SessionConfig};
use passwright_domain::directory::{Attributes, Feature};
use passwright_domain::timestamp::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use toml::value::{Date, Datetime, Offset, Time};

use super::document::SchemaEntry;
use crate::OrgConfig;

#[derive(Default, Serialize)]
pub(super) struct Tables {
    pub(super) dictionary_file: Option<&'static str>,
    pub(super) org_config: Option<OrgConfig>,
    pub(super) lockout_config: Option<LockoutConfig>,
    pub(super) session_config: Option<SessionConfig>,
    pub(super) network_config: Option<NetworkConfig>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) password_policy: Vec<PolicyTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) source: Vec<SourceTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) identity: Vec<IdentityTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) application: Vec<ApplicationTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) password_group: Vec<PasswordGroupTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) api_client: Vec<ApiClientTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) personal_access_token: Vec<PersonalAccessTokenTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) security_question: Vec<SecurityQuestionTable>,
}

#[derive(Serialize)]
pub(super) struct SecurityQuestionTable {
    pub(super) id: String,
    pub(super) text: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) translations: BTreeMap<String, String>,
}

#[derive(Default, Serialize)]
pub(super) struct PolicyTable {
    pub(super) name: String,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) default: bool,
    #[serde(flatten)]
    pub(super) rules: Map<String, Value>,
}

#[derive(Serialize)]
pub(super) struct SourceTable {
    pub(super) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    pub(super) features: Vec<Feature>,
    pub(super) policy: Option<String>,
    pub(super) credential_file: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) authoritative: bool,
    pub(super) connector: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exceptions: Vec<Exception>,
    pub(super) schema: Option<SchemaEntry>,
    #[serde(skip_serializing_if = "AggregationSettings::is_default")]
    pub(super) aggregation: AggregationSettings,
}

#[derive(Serialize)]
pub(super) struct Exception {
    pub(super) policy: String,
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Serialize)]
pub(super) struct IdentityTable {
    pub(super) alias: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) disabled: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) levels: Vec<Level>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) attributes: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) account: Vec<AccountTable>,
}

#[derive(Serialize)]
pub(super) struct AccountTable {
    pub(super) source: String,
    pub(super) native_identity: String,
    pub(super) name: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) attributes: Attributes,
}

#[derive(Serialize)]
pub(super) struct ApplicationTable {
    pub(super) name: String,
    pub(super) source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
}

#[derive(Serialize)]
pub(super) struct PasswordGroupTable {
    pub(super) name: String,
    pub(super) policy: Option<String>,
    pub(super) sources: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ApiClientTable {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) secret_file: Option<String>,
    pub(super) secret_sha256: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) token_seconds: i64,
    pub(super) rate_limit: u32,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) disabled: bool,
}

#[derive(Serialize)]
pub(super) struct PersonalAccessTokenTable {
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) id: String,
    pub(super) secret_file: Option<String>,
    pub(super) secret_sha256: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) token_seconds: i64,
    pub(super) expires: Option<Datetime>,
}

// By reference, as serde gives it.
fn is_false(value: &bool) -> bool {
    !value
}

/// In UTC, to the microsecond.
pub(super) fn datetime(at: Timestamp) -> Option<Datetime> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1000).ok()?;
    let (date, time) = (at.date(), at.time());
    let date = Date { year: u16::try_from(date.year()).ok()?, month: date.month().into(), day: date.day() };
    let nanosecond = (time.nanosecond() > 0).then(|| time.nanosecond());
    let time = Time { hour: time.hour(), minute: time.minute(), second: Some(time.second()), nanosecond };
    Some(Datetime { date: Some(date), time: Some(time), offset: Some(Offset::Z) })
}
