//! The form of a source's connection, filled in by a person or from what is stored; never with the credential.

use passwright_app::sources::SourceFields;
use serde_json::{Map, Value, json};

use super::super::form::Form;

/// Kinds that can be set up here; the others name files or programs of the server.
pub(super) const KINDS: [&str; 2] = ["active_directory", "ldap"];

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) url: String,
    pub(super) start_tls: bool,
    pub(super) ca_file: String,
    pub(super) bind_dn: String,
    pub(super) base: String,
    pub(super) filter: String,
}

impl Draft {
    pub(super) fn of(form: &Form) -> Self {
        let text = |name: &str| form.text(name).trim().to_owned();
        Self {
            name: text("name"),
            description: text("description"),
            url: text("url"),
            start_tls: form.text("start_tls") == "yes",
            ca_file: text("ca_file"),
            bind_dn: text("bind_dn"),
            base: text("base"),
            filter: text("filter"),
        }
    }

    /// What is stored of a source.
    pub(super) fn of_source(fields: &SourceFields) -> Self {
        let settings = fields.connector_attributes.clone().unwrap_or_default();
        let users = settings.get("users").and_then(Value::as_object).cloned().unwrap_or_default();
        let text =
            |of: &Map<String, Value>, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            name: fields.name.clone().unwrap_or_default(),
            description: fields.description.clone().unwrap_or_default(),
            url: text(&settings, "url"),
            start_tls: settings.get("start_tls").and_then(Value::as_bool).unwrap_or_default(),
            ca_file: text(&settings, "ca_file"),
            bind_dn: text(&settings, "bind_dn"),
            base: text(&users, "base"),
            filter: text(&users, "filter"),
        }
    }

    /// Puts what the form says of the connection into settings; what it does not name stays as it is.
    pub(super) fn put_into(&self, settings: &mut Map<String, Value>) {
        settings.insert("url".to_owned(), json!(self.url));
        settings.insert("bind_dn".to_owned(), json!(self.bind_dn));
        set(settings, "start_tls", self.start_tls.then_some(Value::Bool(true)));
        set(settings, "ca_file", some(&self.ca_file));
        let mut users = settings.get("users").and_then(Value::as_object).cloned().unwrap_or_default();
        set(&mut users, "base", some(&self.base));
        set(&mut users, "filter", some(&self.filter));
        // Where accounts are is no answer without a place.
        let users = users.contains_key("base").then_some(Value::Object(users));
        set(settings, "users", users);
    }

    /// A new source of this kind.
    pub(super) fn fields(&self, kind: &str) -> SourceFields {
        let mut settings = Map::new();
        self.put_into(&mut settings);
        SourceFields {
            name: Some(self.name.clone()),
            description: Some(self.description.clone()),
            connector: Some(kind.to_owned()),
            features: Some(vec!["PASSWORD".to_owned()]),
            connector_attributes: Some(settings),
            ..SourceFields::default()
        }
    }
}

fn some(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| json!(text))
}

fn set(settings: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => settings.insert(name.to_owned(), value),
        None => settings.remove(name),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_form_does_not_name_stays() {
        let stored = json!({
            "url": "ldaps://old.example.com", "bind_dn": "cn=svc", "ca_file": "/ca.pem", "connections": {"service": 3},
            "users": {"base": "ou=people", "filter": "(uid={})", "scope": "one"},
        });
        let Value::Object(settings) = stored else { panic!("no object") };
        let fields = SourceFields {
            name: Some("Corporate".to_owned()),
            connector_attributes: Some(settings.clone()),
            ..SourceFields::default()
        };
        let draft = Draft::of_source(&fields);
        let mut same = settings.clone();
        draft.put_into(&mut same);
        assert_eq!(same, settings, "an untouched form changes nothing");

        let mut moved = settings.clone();
        Draft { url: "ldaps://new.example.com".to_owned(), ca_file: String::new(), ..draft.clone() }
            .put_into(&mut moved);
        assert_eq!(moved.get("url"), Some(&json!("ldaps://new.example.com")));
        assert_eq!((moved.get("ca_file"), moved.get("connections")), (None, settings.get("connections")));

        let mut nowhere = settings.clone();
        Draft { base: String::new(), ..draft }.put_into(&mut nowhere);
        assert_eq!(nowhere.get("users"), None);
    }
}
