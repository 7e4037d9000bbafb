//! YAML as JSON values, so that both documents are read by the same code.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Number, Value};
use yaml_rust2::{Yaml, YamlLoader};

/// # Errors
/// When the file cannot be read, is not YAML, or holds more or less than one document.
pub(super) fn read(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("{} is not a YAML document", path.display()))
}

fn parse(text: &str) -> Result<Value> {
    let documents = YamlLoader::load_from_str(text)?;
    let [document] = documents.as_slice() else { bail!("{} documents instead of one", documents.len()) };
    Ok(value(document))
}

fn value(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Integer(number) => Value::from(*number),
        Yaml::Real(text) => text.parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number),
        Yaml::Boolean(is) => Value::Bool(*is),
        Yaml::Array(items) => items.iter().map(value).collect(),
        Yaml::Hash(entries) => {
            let entries = entries.iter().map(|(key, item)| (key_text(key), value(item)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => Value::Null,
    }
}

/// Status codes may stand as numbers.
fn key_text(key: &Yaml) -> String {
    match key {
        Yaml::String(text) | Yaml::Real(text) => text.clone(),
        Yaml::Integer(number) => number.to_string(),
        Yaml::Boolean(is) => is.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_text_and_scalars_keep_their_type() {
        let read = parse("a:\n  200: {b: [1, true, null, 'x']}\n").unwrap();
        assert_eq!(read, json!({"a": {"200": {"b": [1, true, null, "x"]}}}));
        assert!(parse("a: 1\n---\nb: 2\n").is_err());
        assert!(parse("a: [").is_err());
    }
}
