//! An account as the service gives it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ldap::generalized_time;

/// A user resource (RFC 7643 section 4.1) with the version it had.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct User {
    pub(super) resource: Value,
    pub(super) version: Option<String>,
}

impl User {
    /// `None` when it is no resource: one has an id.
    pub(super) fn new(resource: Value, etag: Option<String>) -> Option<Self> {
        resource.get("id")?.as_str().filter(|id| !id.is_empty())?;
        // The header may be that of a proxy, which changes it.
        let version = resource.pointer("/meta/version").and_then(Value::as_str).map(str::to_owned);
        Some(Self { version: version.or(etag), resource })
    }

    pub(super) fn text(&self, attribute: &str) -> Option<&str> {
        self.resource.get(attribute)?.as_str()
    }

    pub(super) fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// `None` when the service does not tell. Some services write it as a text.
    pub(super) fn active(&self) -> Option<bool> {
        match self.resource.get("active")? {
            Value::Bool(active) => Some(*active),
            Value::String(text) => text.to_ascii_lowercase().parse().ok(),
            _ => None,
        }
    }

    /// `meta.lastModified` in microseconds since 1970 UTC.
    pub(super) fn last_modified(&self) -> Option<i64> {
        micros(self.resource.pointer("/meta/lastModified")?.as_str()?)
    }

    /// Everything that is a text, a number or true or false, at most two steps deep; `name.givenName`, and of several
    /// `emails` the value of each. What describes the resource, and a password, is left out.
    pub(super) fn attributes(&self) -> BTreeMap<String, Vec<String>> {
        let mut all = BTreeMap::new();
        let Some(resource) = self.resource.as_object() else { return all };
        for (name, value) in resource {
            if matches!(name.as_str(), "schemas" | "meta" | "password") {
                continue;
            }
            match value {
                Value::Object(parts) => {
                    for (part, value) in parts.iter().filter(|(part, _)| *part != "password") {
                        // Attributes of an extension are named with a colon (RFC 7644 section 3.10).
                        let sign = if name.contains(':') { ':' } else { '.' };
                        add(&mut all, &format!("{name}{sign}{part}"), value);
                    }
                }
                value => add(&mut all, name, value),
            }
        }
        all
    }
}

fn add(all: &mut BTreeMap<String, Vec<String>>, name: &str, value: &Value) {
    let values: Vec<String> = match value {
        Value::Array(several) => several.iter().filter_map(|one| text(one.get("value").unwrap_or(one))).collect(),
        // The manager, for one: an object that names another resource.
        value => text(value.get("value").unwrap_or(value)).into_iter().collect(),
    };
    if !values.is_empty() {
        all.insert(name.to_owned(), values);
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// A time such as `2011-05-13T04:42:34.5Z` (RFC 7643 section 2.3.5).
fn micros(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let zone = time.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = time.split_at_checked(zone)?;
    generalized_time::micros(
        &format!("{}{}{}", date.replace('-', ""), time, zone.to_ascii_uppercase()).replace(':', ""),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_of_services_are_read() {
        for (text, expected) in [
            ("1970-01-01T00:00:01Z", Some(1_000_000)),
            ("1970-01-01T00:00:00.25z", Some(250_000)),
            ("1970-01-01T02:00:01+02:00", Some(1_000_000)),
            ("1969-12-31T23:30:01-00:30", Some(1_000_000)),
            ("2026-11-26T22:21:06.123456Z", Some(1_795_731_666_123_456)),
            ("1970-01-01", None),
            ("1970-01-01T00:00:01", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
    }

    #[test]
    fn an_account_is_flattened() {
        let resource = json!({
            "schemas": ["urn:x"], "id": "7", "userName": "abby", "active": "False", "password": "secret",
            "name": {"givenName": "Abby", "familyName": "Smith"}, "nickName": null,
            "emails": [{"value": "a@acme.com", "primary": true}, {"value": "b@acme.com"}],
            "urn:x:User": {"department": "Sales", "manager": {"value": "9"}, "level": 3},
            "meta": {"version": "W/\"3\"", "lastModified": "1970-01-01T00:00:01Z"},
        });
        let user = User::new(resource, Some("\"proxy\"".to_owned())).unwrap();
        assert_eq!((user.active(), user.version.as_deref()), (Some(false), Some("W/\"3\"")));
        assert_eq!(user.last_modified(), Some(1_000_000));
        let expected = [
            ("active", vec!["False"]),
            ("emails", vec!["a@acme.com", "b@acme.com"]),
            ("id", vec!["7"]),
            ("name.familyName", vec!["Smith"]),
            ("name.givenName", vec!["Abby"]),
            ("urn:x:User:department", vec!["Sales"]),
            ("urn:x:User:level", vec!["3"]),
            ("urn:x:User:manager", vec!["9"]),
            ("userName", vec!["abby"]),
        ];
        let attributes = user.attributes();
        let flat: Vec<(&str, Vec<&str>)> =
            attributes.iter().map(|(name, all)| (name.as_str(), all.iter().map(String::as_str).collect())).collect();
        assert_eq!(flat, expected);
        assert_eq!(User::new(json!({"userName": "abby"}), None), None);
        assert_eq!(User::new(json!([]), None), None);
    }
}
