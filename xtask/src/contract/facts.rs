//! One operation of an OpenAPI document as a flat list of facts, so that two documents compare whatever their style: a `$ref`
//! or its copy, `nullable` (3.0) or a type `null` (3.1), `allOf` or one object.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A schema nested deeper tells nothing more.
const DEEPEST: usize = 24;

/// What is said of one place.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// JSON types without `null`; empty: any.
    pub(super) types: BTreeSet<String>,
    pub(super) nullable: bool,
    pub(super) required: bool,
    /// The values of an enumeration; empty: any.
    pub(super) values: BTreeSet<String>,
}

/// Facts by place, such as `parameter query limit`, `request .userId`, `response 200 .accounts[].accountId`.
pub(super) type Facts = BTreeMap<String, Fact>;

/// Every operation of the document, by `GET /path/{}`. Names of path parameters are no part of it: a client puts values there.
pub(super) fn operations(document: &Value) -> BTreeMap<String, Facts> {
    let mut all = BTreeMap::new();
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item) {
            if matches!(method, "get" | "put" | "post" | "patch" | "delete") {
                let name = format!("{} {}", method.to_ascii_uppercase(), nameless(path));
                all.insert(name, operation_facts(document, &item["parameters"], operation));
            }
        }
    }
    all
}

fn nameless(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

fn operation_facts(document: &Value, shared: &Value, operation: &Value) -> Facts {
    let mut reader = Reader { document, facts: Facts::new(), open: Vec::new() };
    for parameter in items(shared).chain(items(&operation["parameters"])) {
        reader.parameter(reader.resolved(parameter));
    }
    let request = reader.resolved(&operation["requestBody"]);
    if !request.is_null() {
        reader.facts.insert("request".to_owned(), required(request["required"] == true));
        reader.content("request", &request["content"]);
    }
    for (status, response) in entries(&operation["responses"]) {
        let place = format!("response {status}");
        let response = reader.resolved(response);
        reader.facts.insert(place.clone(), Fact::default());
        reader.content(&place, &response["content"]);
    }
    let security = if operation["security"].is_null() { &document["security"] } else { &operation["security"] };
    for scope in items(security).flat_map(entries).flat_map(|(_, scopes)| items(scopes)).filter_map(Value::as_str) {
        reader.facts.insert(format!("scope {scope}"), Fact::default());
    }
    reader.facts
}

fn required(required: bool) -> Fact {
    Fact { required, ..Fact::default() }
}

struct Reader<'a> {
    document: &'a Value,
    facts: Facts,
    /// References being read, so that a schema within itself ends.
    open: Vec<String>,
}

impl<'a> Reader<'a> {
    fn resolved(&self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str().and_then(|at| at.strip_prefix('#')) {
            Some(pointer) => self.document.pointer(pointer).unwrap_or(&Value::Null),
            None => value,
        }
    }

    fn parameter(&mut self, parameter: &'a Value) {
        let (place, name) = (text(&parameter["in"]), text(&parameter["name"]));
        // A path's parameters are told by where they stand.
        if place != "path" {
            // Header names have no case.
            let name = if place == "header" { name.to_ascii_lowercase() } else { name.to_owned() };
            self.schema(&format!("parameter {place} {name}"), &parameter["schema"], parameter["required"] == true, 0);
        }
    }

    fn content(&mut self, place: &str, content: &'a Value) {
        for (media, body) in entries(content) {
            self.facts.insert(format!("{place} as {media}"), Fact::default());
            self.schema(&format!("{place} "), &body["schema"], false, 0);
        }
    }

    fn schema(&mut self, place: &str, schema: &'a Value, required: bool, depth: usize) {
        let reference = schema["$ref"].as_str().map(str::to_owned);
        if depth > DEEPEST || reference.as_ref().is_some_and(|name| self.open.contains(name)) {
            return;
        }
        if let Some(name) = &reference {
            self.open.push(name.clone());
        }
        let schema = self.resolved(schema);
        let fact = self.facts.entry(place.to_owned()).or_default();
        fact.required |= required;
        fact.nullable |= schema["nullable"] == true;
        for kind in schema["type"].as_str().into_iter().chain(items(&schema["type"]).filter_map(Value::as_str)) {
            if kind == "null" {
                fact.nullable = true;
            } else {
                fact.types.insert(kind.to_owned());
            }
        }
        if schema.get("properties").is_some() {
            fact.types.insert("object".to_owned());
        }
        let values = items(&schema["enum"]).filter(|value| !value.is_null());
        fact.values.extend(values.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        for part in ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|key| items(&schema[key])) {
            if part["type"] == "null" {
                self.facts.entry(place.to_owned()).or_default().nullable = true;
            } else {
                self.schema(place, part, required, depth + 1);
            }
        }
        if !schema["items"].is_null() {
            self.schema(&format!("{place}[]"), &schema["items"], false, depth + 1);
        }
        let needed: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
        for (name, property) in entries(&schema["properties"]) {
            self.schema(&format!("{place}.{name}"), property, needed.contains(&name), depth + 1);
        }
        if reference.is_some() {
            self.open.pop();
        }
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_styles_give_the_same_facts() {
        let old = json!({
            "security": [{"userAuth": ["a"]}],
            "paths": {"/x/{xId}": {"parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer"}}], "get": {
                "responses": {"200": {"content": {"application/json": {"schema": {"allOf": [
                    {"type": "object", "required": ["b"], "properties": {"b": {"type": "string", "nullable": true}}},
                ]}}}}},
            }}},
        });
        let new = json!({
            "paths": {"/x/{id}": {"get": {
                "security": [{"oauth2": ["a"]}],
                "parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer"}}],
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/X"}}}}},
            }}},
            "components": {"schemas": {"X": {
                "type": "object", "required": ["b"], "properties": {"b": {"type": ["string", "null"]}},
            }}},
        });
        assert_eq!(operations(&old), operations(&new));
        let facts = &operations(&old)["GET /x/{}"];
        assert!(facts["response 200 .b"].nullable && facts["response 200 .b"].required);
        assert!(facts.contains_key("scope a") && facts.contains_key("parameter query limit"));
    }

    #[test]
    fn a_schema_within_itself_ends() {
        let schema = json!({"type": "object", "properties": {"next": {"$ref": "#/components/schemas/X"}}});
        let document = json!({
            "paths": {"/x": {"post": {"requestBody": {"content": {"a/b": {"schema": schema}}}}}},
            "components": {"schemas": {"X": schema}},
        });
        let places: Vec<_> = operations(&document)["POST /x"].keys().cloned().collect();
        assert_eq!(places, ["request", "request ", "request .next", "request as a/b"]);
    }
}
