//! What the schema of a source makes of the accounts that it gives.

use passwright_connectors::aggregate::ReadAccount;
use passwright_domain::aggregation::native_key;
use passwright_domain::directory::{AttributeValue, Attributes, Source, SourceSchema, is_secret_attribute};

/// Longest native identity and longest name that are kept, in bytes: an index holds the first.
const LONGEST: usize = 1_000;

/// How accounts of one source look here.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    /// What is read; nothing: what such sources commonly have.
    pub(super) wanted: Vec<String>,
    /// Those that are lists, whatever they hold.
    multi: Vec<String>,
    /// The attribute that names an account; `None`: as the source names it.
    pub(super) identity: Option<String>,
    pub(super) display: Option<String>,
    named_by_dn: bool,
}

/// An account as it will be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) native_identity: String,
    pub(super) native_key: String,
    pub(super) uuid: Option<String>,
    pub(super) name: String,
    pub(super) attributes: Attributes,
    pub(super) disabled: Option<bool>,
    pub(super) locked: Option<bool>,
}

impl Shape {
    pub(super) fn of(source: &Source, schema: Option<&SourceSchema>) -> Self {
        let is_directory = matches!(source.kind().as_str(), "ldap" | "active_directory");
        let own = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
        let identity = schema.and_then(|schema| own(&schema.identity_attribute));
        let is_dn = |name: &String| ["dn", "distinguishedname"].contains(&name.to_lowercase().as_str());
        let attributes = schema.map(|schema| schema.attributes.as_slice()).unwrap_or_default();
        Self {
            wanted: attributes.iter().map(|attribute| attribute.name.clone()).collect(),
            multi: attributes.iter().filter(|a| a.is_multi).map(|a| a.name.clone()).collect(),
            named_by_dn: is_directory && identity.as_ref().is_none_or(is_dn),
            display: schema.and_then(|schema| own(&schema.display_attribute)),
            identity,
        }
    }

    /// The key of a native identity.
    pub(super) fn key(&self, native_identity: &str) -> String {
        native_key(native_identity, self.named_by_dn)
    }

    /// `None` for one that cannot be named: it has no value of the attribute that names it, or one that is far too long.
    pub(super) fn take(&self, read: ReadAccount) -> Option<Taken> {
        let first = |name: &Option<String>| {
            let name = name.as_deref()?;
            let (_, values) = read.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            values.iter().find(|value| !value.trim().is_empty()).cloned()
        };
        let native_identity = match &self.identity {
            None => read.native_identity.clone(),
            named => first(named)?,
        };
        if native_identity.len() > LONGEST {
            return None;
        }
        let name = first(&self.display).unwrap_or(read.name);
        let attributes = read.attributes.into_iter().filter(|(name, _)| !is_secret_attribute(name));
        Some(Taken {
            native_key: self.key(&native_identity),
            name: if name.len() > LONGEST { native_identity.clone() } else { name },
            native_identity,
            uuid: read.uuid.filter(|uuid| !uuid.is_empty() && uuid.len() <= LONGEST),
            attributes: attributes
                .filter_map(|(name, values)| Some((name.clone(), self.value(&name, values)?)))
                .collect(),
            disabled: read.disabled,
            locked: read.locked,
        })
    }

    fn value(&self, name: &str, mut values: Vec<String>) -> Option<AttributeValue> {
        if values.len() > 1 || self.multi.iter().any(|multi| multi == name) {
            return (!values.is_empty()).then_some(AttributeValue::Many(values));
        }
        values.pop().map(AttributeValue::One)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use passwright_domain::directory::AttributeDefinition;
    use passwright_domain::ids::SourceId;

    use super::*;

    fn source(kind: &str) -> Source {
        Source {
            id: SourceId::from_random([1; 16]),
            name: "S".into(),
            description: String::new(),
            features: BTreeSet::new(),
            connector: Some(format!(r#"{{"kind":"{kind}"}}"#)),
            sealed_credential: None,
            policy_holders: Vec::new(),
        }
    }

    fn read() -> ReadAccount {
        let attributes =
            [("uid", vec!["abby"]), ("mail", vec!["a@x", "b@x"]), ("userPassword", vec!["x"]), ("o", vec![])];
        ReadAccount {
            native_identity: "uid=Abby,ou=people".into(),
            uuid: Some("u".into()),
            name: "Abby".into(),
            attributes: attributes
                .into_iter()
                .map(|(name, values)| (name.into(), values.into_iter().map(str::to_owned).collect()))
                .collect::<BTreeMap<_, _>>(),
            disabled: None,
            locked: Some(true),
        }
    }

    #[test]
    fn without_a_schema_accounts_are_as_they_come() {
        let taken = Shape::of(&source("ldap"), None).take(read()).unwrap();
        assert_eq!(taken.native_identity, "uid=Abby,ou=people");
        assert_eq!(taken.native_key, "uid=abby,ou=people");
        assert_eq!(taken.attributes.keys().collect::<Vec<_>>(), ["mail", "uid"]);
        assert_eq!(taken.attributes["mail"], AttributeValue::Many(vec!["a@x".into(), "b@x".into()]));
        assert_eq!(Shape::of(&source("sql"), None).take(read()).unwrap().native_key, "uid=Abby,ou=people");
    }

    #[test]
    fn a_schema_names_what_names_an_account() {
        let attribute = |name: &str, is_multi| AttributeDefinition {
            name: name.into(),
            is_multi,
            ..AttributeDefinition::default()
        };
        let schema = |identity: &str, display: &str| SourceSchema {
            identity_attribute: Some(identity.into()),
            display_attribute: Some(display.into()),
            attributes: vec![attribute("uid", true), attribute("mail", false)],
            ..SourceSchema::default()
        };
        let shape = Shape::of(&source("ldap"), Some(&schema("UID", "mail")));
        assert_eq!(shape.wanted, ["uid", "mail"]);
        let taken = shape.take(read()).unwrap();
        assert_eq!(
            (taken.native_identity.as_str(), taken.native_key.as_str(), taken.name.as_str()),
            ("abby", "abby", "a@x")
        );
        assert_eq!(taken.attributes["uid"], AttributeValue::Many(vec!["abby".into()]));
        assert_eq!(Shape::of(&source("ldap"), Some(&schema("employeeNumber", ""))).take(read()), None);
        let long = ReadAccount { native_identity: "x".repeat(1_001), ..read() };
        assert_eq!(Shape::of(&source("sql"), None).take(long), None);
    }
}
