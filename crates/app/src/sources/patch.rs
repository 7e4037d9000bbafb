use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::json_patch::{PatchOperation, patched};
use serde_json::{Map, Value};

use super::connection::GivenCredential;
use super::wanted::Wanted;
use super::{CREDENTIAL, SourceFields};
use crate::{Error, Fault, Service};

/// What a patch may touch.
const CHANGEABLE: [&str; 5] = ["name", "description", "owner", "features", "connectorAttributes"];

impl Service {
    /// Changes fields of a source. The credential can be set and taken away under
    /// `/connectorAttributes/password`, and reads as `null`.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` for a patch that does not apply or touches what cannot be changed, and as for
    /// a new source; `Conflict` when somebody changed the source at the same time.
    pub async fn patch_source(
        &self,
        caller: &Caller,
        id: &str,
        patch: &[PatchOperation],
    ) -> Result<SourceFields, Error> {
        self.require(caller, Action::Administer(Right::ManageSources), &format!("source:{id}")).await?;
        let (stored, facts) = self.source_with_facts(id).await?;
        let mut shown = facts.shown(&stored);
        if let Some(settings) = &mut shown.connector_attributes {
            settings.insert(CREDENTIAL.to_owned(), Value::Null);
        }
        let fields = changed(&shown, patch)?;
        let wanted = Wanted::of(fields, GivenCredential::Drop)?;
        self.update_source(caller, (stored, facts), wanted).await
    }
}

fn changed(shown: &SourceFields, patch: &[PatchOperation]) -> Result<SourceFields, Error> {
    let illegal = |message: String| Error::bad(Fault::Illegal, message);
    let before = serde_json::to_value(shown).map_err(|e| Error::Internal(e.to_string()))?;
    let after = patched(&before, patch).map_err(|e| illegal(e.to_string()))?;
    let (Value::Object(before), Value::Object(after)) = (&before, &after) else {
        return Err(illegal("the patch leaves no object".to_owned()));
    };
    let fixed = |members: &Map<String, Value>, name: &String| {
        !CHANGEABLE.contains(&name.as_str()) && members.get(name) != before.get(name)
    };
    if let Some(name) = before.keys().chain(after.keys()).find(|name| fixed(after, name)) {
        let shown: String = name.chars().take(100).collect();
        return Err(illegal(format!("{shown} cannot be changed")));
    }
    // Without its settings it has none, which is not what absent settings mean elsewhere.
    if !after.get("connectorAttributes").is_some_and(Value::is_object) {
        return Err(illegal("connectorAttributes must be an object".to_owned()));
    }
    serde_json::from_value(Value::Object(after.clone()))
        .map_err(|_| illegal("the patch gives a value of the wrong type".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Rows: path, value, and a part of the refusal; none: it is taken.
    #[test]
    fn what_a_patch_may_touch() {
        let shown = SourceFields {
            id: Some("1".into()),
            features: Some(vec!["UNLOCK".into()]),
            kind: Some("ldap".into()),
            connector_attributes: Some(Map::from_iter([(CREDENTIAL.to_owned(), Value::Null)])),
            ..SourceFields::default()
        };
        let cases = [
            ("/features/-", json!("PASSWORD"), ""),
            ("/description", json!("x"), ""),
            ("/connectorAttributes/password", json!("secret"), ""),
            ("/id", json!("2"), "id cannot"),
            ("/id", json!("1"), ""),
            ("/type", json!("sql"), "type cannot"),
            ("/passwordPolicies", json!([]), "passwordPolicies cannot"),
            ("/created", json!("now"), "created cannot"),
            ("/cluster", json!({}), "cluster cannot"),
            ("/cluster/id", json!("x"), "not a path"),
            ("/name", json!(5), "wrong type"),
            ("/connectorAttributes", Value::Null, "must be an object"),
            ("", json!([]), "no object"),
        ];
        for (path, value, refusal) in cases {
            let step = PatchOperation::Add { path: path.to_owned(), value };
            match changed(&shown, &[step]) {
                Ok(_) => assert_eq!(refusal, "", "{path}"),
                Err(error) => assert!(!refusal.is_empty() && error.to_string().contains(refusal), "{path}: {error}"),
            }
        }
    }
}
