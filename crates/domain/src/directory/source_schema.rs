use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::Feature;

/// Which attributes the accounts of a source have, and which of them name an account; the names are the wire's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SourceSchema {
    /// 32 hex digits; given by the service.
    pub id: Option<String>,
    /// `account`, the one kind of object that is read here.
    pub name: Option<String>,
    /// What the source itself calls such an object.
    pub native_object_type: Option<String>,
    /// The attribute that becomes `nativeIdentity`: the wire's `accountId`.
    pub identity_attribute: Option<String>,
    /// The attribute that becomes the account's name: the wire's `accountName`.
    pub display_attribute: Option<String>,
    pub hierarchy_attribute: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub include_permissions: bool,
    #[serde(deserialize_with = "or_default")]
    pub features: Vec<Feature>,
    #[serde(deserialize_with = "or_default")]
    pub configuration: Map<String, Value>,
    #[serde(deserialize_with = "or_default")]
    pub attributes: Vec<AttributeDefinition>,
    /// RFC 3339; given by the service.
    pub created: Option<String>,
    /// RFC 3339; given by the service.
    pub modified: Option<String>,
}

/// One attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttributeDefinition {
    pub name: String,
    pub native_name: Option<String>,
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: AttributeType,
    pub description: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub is_multi: bool,
    #[serde(deserialize_with = "or_default")]
    pub is_entitlement: bool,
    #[serde(deserialize_with = "or_default")]
    pub is_group: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AttributeType {
    #[default]
    String,
    Long,
    Int,
    Boolean,
    Date,
}

/// `null` is absent.
fn or_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or_default())
}

impl SourceSchema {
    /// The name of the schema of accounts.
    pub const ACCOUNT: &'static str = "account";
    /// Most attributes of one schema.
    pub const MOST_ATTRIBUTES: usize = 500;

    /// What is wrong with it by itself; names the field.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.name.as_deref() != Some(Self::ACCOUNT) {
            faults.push("name must be \"account\": other objects of a source are not read".to_owned());
        }
        if self.attributes.len() > Self::MOST_ATTRIBUTES {
            faults.push(format!("attributes has {} entries at most", Self::MOST_ATTRIBUTES));
        }
        let mut names = BTreeSet::new();
        for attribute in &self.attributes {
            if attribute.name.trim().is_empty() || attribute.name.chars().any(char::is_control) {
                faults.push("attributes has an entry without a usable name".to_owned());
            } else if !names.insert(attribute.name.as_str()) {
                faults.push(format!("attributes names \"{}\" twice", attribute.name));
            }
        }
        let named = [
            ("identityAttribute", &self.identity_attribute, true),
            ("displayAttribute", &self.display_attribute, false),
            ("hierarchyAttribute", &self.hierarchy_attribute, false),
        ];
        for (field, value, required) in named {
            match value.as_deref().filter(|value| !value.is_empty()) {
                None if required => faults.push(format!("{field} is required")),
                Some(value) if !names.contains(value) => faults.push(format!("{field} is not one of the attributes")),
                _ => {}
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Rows: the schema, and a part of each fault.
    #[test]
    fn faults() {
        let attribute = |name: &str| json!({ "name": name, "type": null });
        let good = json!({
            "name": "account", "identityAttribute": "dn", "displayAttribute": "uid", "hierarchyAttribute": null,
            "attributes": [attribute("dn"), attribute("uid")], "features": null, "includePermissions": null,
        });
        let with = |key: &str, value: Value| {
            let mut schema = good.clone();
            schema[key] = value;
            schema
        };
        let cases: [(Value, &[&str]); 8] = [
            (good.clone(), &[]),
            (with("displayAttribute", Value::Null), &[]),
            (with("name", json!("group")), &["account"]),
            (with("name", Value::Null), &["account"]),
            (with("identityAttribute", Value::Null), &["identityAttribute is required"]),
            (with("displayAttribute", json!("cn")), &["displayAttribute is not"]),
            (with("attributes", json!([attribute("dn"), attribute("dn"), attribute("uid")])), &["twice"]),
            (with("attributes", json!([attribute("dn"), attribute(" "), attribute("uid")])), &["usable name"]),
        ];
        for (schema, wanted) in cases {
            let faults = serde_json::from_value::<SourceSchema>(schema.clone()).unwrap().faults();
            assert_eq!(faults.len(), wanted.len(), "{schema}: {faults:?}");
            assert!(faults.iter().zip(wanted).all(|(fault, part)| fault.contains(part)), "{faults:?}");
        }
        assert!(serde_json::from_value::<AttributeDefinition>(json!({"name": "a", "type": "FLOAT"})).is_err());
    }
}
