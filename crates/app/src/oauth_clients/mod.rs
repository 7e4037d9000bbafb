//! API clients: programs that act by themselves, or that users sign in to.

mod create_oauth_client;
mod delete_oauth_client;
mod get_oauth_client;
mod list_oauth_clients;
mod patch_oauth_client;

pub(crate) use list_oauth_clients::last_used_filter;
pub use passwright_domain::client::{AccessType, ApiClient, ClientDetails, ClientType, GrantType};
pub(crate) use patch_oauth_client::apply_patch;

use std::collections::BTreeSet;

use passwright_domain::client::LONGEST_ACCESS_TOKEN;
use passwright_domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Error, Fault};

/// Longest name, description and URL, in characters.
const LONGEST_TEXT: usize = 2000;
const LONGEST_NAME: usize = 128;

/// What an administrator sets of a client; the names are the wire's, as a JSON Patch sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OauthClientFields {
    pub name: String,
    pub description: Option<String>,
    pub business_name: Option<String>,
    pub homepage_url: Option<String>,
    /// 1..=43,200
    pub access_token_validity_seconds: i64,
    /// `None`: a day.
    pub refresh_token_validity_seconds: Option<i64>,
    pub redirect_uris: Option<Vec<String>>,
    pub grant_types: BTreeSet<GrantType>,
    pub access_type: AccessType,
    #[serde(rename = "type")]
    pub client_type: Option<ClientType>,
    pub enabled: bool,
    pub strong_auth_supported: bool,
    pub claims_supported: bool,
    /// `None`: `sp:scopes:all`.
    pub scope: Option<Vec<String>>,
}

impl OauthClientFields {
    fn of(client: &ApiClient) -> Self {
        let details = client.details.clone();
        Self {
            name: client.name.clone(),
            description: Some(details.description),
            business_name: Some(details.business_name),
            homepage_url: Some(details.homepage_url),
            access_token_validity_seconds: client.token_seconds,
            refresh_token_validity_seconds: Some(details.refresh_token_seconds),
            redirect_uris: Some(details.redirect_uris),
            grant_types: details.grant_types,
            access_type: details.access_type,
            client_type: Some(details.client_type),
            enabled: client.enabled,
            strong_auth_supported: details.strong_auth_supported,
            claims_supported: details.claims_supported,
            scope: Some(client.scopes.iter().map(ToOwned::to_owned).collect()),
        }
    }

    /// Puts the fields into a client.
    ///
    /// # Errors
    /// `BadRequest`; it names everything that is wrong.
    fn put_into(self, client: &mut ApiClient) -> Result<(), Error> {
        let defaults = ClientDetails::default();
        let details = ClientDetails {
            description: self.description.unwrap_or_default(),
            business_name: self.business_name.unwrap_or_default(),
            homepage_url: self.homepage_url.unwrap_or_default(),
            refresh_token_seconds: self.refresh_token_validity_seconds.unwrap_or(defaults.refresh_token_seconds),
            redirect_uris: self.redirect_uris.unwrap_or_default(),
            grant_types: self.grant_types,
            access_type: self.access_type,
            client_type: self.client_type.unwrap_or(defaults.client_type),
            strong_auth_supported: self.strong_auth_supported,
            claims_supported: self.claims_supported,
        };
        let mut faults = details.faults();
        check_name(&self.name, &mut faults);
        for (field, text) in [
            ("description", &details.description),
            ("businessName", &details.business_name),
            ("homepageUrl", &details.homepage_url),
        ] {
            if text.chars().count() > LONGEST_TEXT {
                faults.push(format!("{field} must be {LONGEST_TEXT} characters at most"));
            }
        }
        if !(1..=LONGEST_ACCESS_TOKEN).contains(&self.access_token_validity_seconds) {
            faults.push("accessTokenValiditySeconds must be 1 to 43200".to_owned());
        }
        let scopes = self.scope.unwrap_or_else(|| vec!["sp:scopes:all".to_owned()]);
        check_scopes(&scopes, &mut faults);
        if !faults.is_empty() {
            return Err(Error::bad(Fault::Illegal, faults.join("; ")));
        }
        client.name = self.name.trim().to_owned();
        client.scopes = scopes.into_iter().collect();
        client.token_seconds = self.access_token_validity_seconds;
        client.enabled = self.enabled;
        client.details = details;
        Ok(())
    }
}

/// 1 to 128 characters, none of them a control character.
pub(crate) fn check_name(name: &str, faults: &mut Vec<String>) {
    let length = name.trim().chars().count();
    if !(1..=LONGEST_NAME).contains(&length) || name.chars().any(char::is_control) {
        faults.push(format!("name must be 1 to {LONGEST_NAME} characters without control characters"));
    }
}

/// Scope tokens of RFC 6749 section 3.3; unknown ones may be stored and confer nothing.
pub(crate) fn check_scopes(scopes: &[String], faults: &mut Vec<String>) {
    let is_scope = |scope: &String| {
        (1..=128).contains(&scope.len()) && scope.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
    };
    if scopes.len() > 200 || !scopes.iter().all(is_scope) {
        faults.push("scope must be 200 scope names at most, each 1 to 128 visible ASCII characters".to_owned());
    }
}

/// A time of RFC 3339.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1000).ok().map(Timestamp)
}

/// Two objects of one name are a fault of the request here: the operation declares no 409.
pub(crate) fn name_taken(error: passwright_storage::StorageError, what: &str) -> Error {
    match error {
        passwright_storage::StorageError::Conflict(_) => Error::bad(Fault::Illegal, format!("name is used by {what}")),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_scopes() {
        let name = |text: &str| {
            let mut faults = Vec::new();
            check_name(text, &mut faults);
            faults.is_empty()
        };
        assert!(name("Portal") && name(" P ") && name(&"\u{e4}".repeat(128)));
        assert!(!name("") && !name("  ") && !name("a\nb") && !name(&"x".repeat(129)));
        let scopes = |list: &[&str]| {
            let mut faults = Vec::new();
            check_scopes(&list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(), &mut faults);
            faults.is_empty()
        };
        assert!(scopes(&[]) && scopes(&["idn:new-thing:read"]));
        for bad in ["", "a b", "a\"b", "a\\b", "\u{e4}"] {
            assert!(!scopes(&[bad]), "{bad}");
        }
    }
}
