//! `config.json` of the official SDKs: `{"BaseURL": …, "ClientId": …, "ClientSecret": …}`.

use serde_json::{Map, Value};

use super::Place;
use crate::secret::Secret;

/// Reads the file's text. Reasons never repeat it: it holds a secret.
pub(super) fn read(text: &str) -> Result<Place, String> {
    let object: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| format!("not a JSON object (line {}, column {})", error.line(), error.column()))?;
    let field = |name: &str| match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(format!("{name} must be a string")),
    };
    Ok(Place {
        base_url: field("BaseURL")?,
        client_id: field("ClientId")?,
        client_secret: field("ClientSecret")?.map(Secret::new),
    })
}
