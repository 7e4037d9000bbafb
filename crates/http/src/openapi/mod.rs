//! The OpenAPI document, made from the declared routes: it lists no path that does not exist and misses none.

pub(crate) mod objects;
pub(crate) mod operations;
pub(crate) mod people;
pub(crate) mod sign_in;
pub(crate) mod sources;

use std::collections::BTreeMap;
use std::sync::Arc;

use passwright_app::ApiVersion;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::routes::{Access, Route};

/// The schemas, by name; written by hand, compared with the types in a test.
const SCHEMAS: &str = include_str!("schemas.json");

/// A body and its media types.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) media_types: &'static [&'static str],
    /// Name in `schemas.json`.
    pub(crate) schema: &'static str,
}

/// A parameter that may be left out.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// `query` or `header`.
    pub(crate) place: &'static str,
    /// JSON type.
    pub(crate) kind: &'static str,
    pub(crate) description: &'static str,
}

/// What the document says of an operation, in every family it has.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The same from here to the client's method.
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) request: Option<Content>,
    /// The request may come without it.
    pub(crate) request_is_optional: bool,
    /// Any one of them; empty for what is public.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) success: u16,
    /// A further success without a body.
    pub(crate) empty: Option<u16>,
    /// What may stand in the query string and the header.
    pub(crate) parameters: &'static [Parameter],
    pub(crate) response: Content,
    /// Error statuses with the schema of their body, besides those of every operation.
    pub(crate) errors: &'static [(u16, &'static str)],
    /// Error statuses whose body is a page for a person.
    pub(crate) pages: &'static [u16],
}

/// What every operation may answer.
const ANY: [(u16, &str); 2] = [(500, "ErrorResponseDto"), (503, "ErrorResponseDto")];
/// And every one that needs a token.
const WITH_TOKEN: [(u16, &str); 3] =
    [(401, "UnauthorizedBody"), (403, "ErrorResponseDto"), (429, "TooManyRequestsBody")];

/// The document, written path by path: as one tree of values it would take twenty times the memory of its text.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    components: Value,
    info: Value,
    openapi: &'static str,
    paths: Paths<'a>,
    servers: [Value; 1],
}

struct Paths<'a>(BTreeMap<&'a str, Vec<(&'a Route, &'static Operation)>>);

impl Serialize for Paths<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let method = |route: &Route| route.method.as_str().to_ascii_lowercase();
        let item = |routes: &[(&Route, &Operation)]| {
            routes.iter().map(|(route, operation)| (method(route), described(route, operation))).collect::<Map<_, _>>()
        };
        serializer.collect_map(self.0.iter().map(|(path, routes)| (path, item(routes))))
    }
}

pub(crate) fn document<'a>(routes: &'a [Arc<Route>], public_url: &str) -> Document<'a> {
    let mut paths: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut scopes = Map::new();
    for route in routes {
        let Some(operation) = route.operation else { continue };
        paths.entry(route.template.as_str()).or_default().push((&**route, operation));
        scopes.extend(operation.scopes.iter().map(|scope| ((*scope).to_owned(), json!(""))));
    }
    Document {
        openapi: "3.1.0",
        info: json!({ "title": "Passwright", "version": env!("CARGO_PKG_VERSION") }),
        servers: [json!({ "url": public_url })],
        paths: Paths(paths),
        components: json!({
            "schemas": serde_json::from_str::<Value>(SCHEMAS).unwrap_or_default(),
            "securitySchemes": { "oauth2": {
                "type": "oauth2",
                "flows": { "clientCredentials": { "tokenUrl": format!("{public_url}/oauth/token"), "scopes": scopes } },
            } },
        }),
    }
}

/// The same as one tree.
#[cfg(test)]
pub(crate) fn tree(routes: &[Arc<Route>], public_url: &str) -> Value {
    serde_json::to_value(document(routes, public_url)).unwrap_or_default()
}

fn described(route: &Route, operation: &Operation) -> Value {
    let mut responses = Map::new();
    let mut answer = |status: u16, description: &str, content: Value| {
        responses.insert(status.to_string(), json!({ "description": description, "content": content }));
    };
    let success = if operation.success == 204 { json!({}) } else { content(&operation.response) };
    answer(operation.success, "Success", success);
    if let Some(status) = operation.empty {
        answer(status, "Success without a body", json!({}));
    }
    let with_token = if matches!(route.access, Access::Token(_)) { &WITH_TOKEN[..] } else { &[][..] };
    // On the way to a page everything is a page.
    let (pages, any) = match route.access {
        Access::Page(_) => (ANY.map(|(status, _)| status), &[][..]),
        Access::Public | Access::Token(_) => ([0; 2], &ANY[..]),
    };
    for status in operation.pages.iter().chain(pages.iter().filter(|status| **status > 0)) {
        let page = content(&Content { media_types: &["text/html"], schema: "Text" });
        answer(*status, "Refused; the page says why", page);
    }
    for (status, schema) in operation.errors.iter().chain(with_token).chain(any) {
        let error = content(&Content { media_types: &["application/json"], schema });
        answer(*status, "Refused; the body says why", error);
    }
    let mut described = json!({
        "operationId": operation_id(route, operation),
        "summary": operation.summary,
        "responses": responses,
        "security": security(operation),
    });
    if let Some(body) = &operation.request {
        described["requestBody"] = json!({ "required": !operation.request_is_optional, "content": content(body) });
    }
    let parameters = parameters(route, operation);
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    described
}

fn parameters(route: &Route, operation: &Operation) -> Vec<Value> {
    let in_path = route.template.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path =
        in_path.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let optional = operation.parameters.iter().map(|parameter| {
        let Parameter { name, place, kind, description } = parameter;
        json!({ "name": name, "in": place, "description": description, "schema": { "type": kind } })
    });
    in_path.chain(optional).collect()
}

fn content(content: &Content) -> Value {
    let schema = json!({ "schema": { "$ref": format!("#/components/schemas/{}", content.schema) } });
    content.media_types.iter().map(|kind| ((*kind).to_owned(), schema.clone())).collect::<Map<_, _>>().into()
}

/// One requirement per scope: any of them will do. None for what is public.
fn security(operation: &Operation) -> Value {
    operation.scopes.iter().map(|scope| json!({ "oauth2": [scope] })).collect()
}

/// Ids are unique in a document, so the family is part of them.
fn operation_id(route: &Route, operation: &Operation) -> String {
    let family = match route.access {
        Access::Public | Access::Page(_) | Access::Token(ApiVersion::Native) => return operation.name.to_owned(),
        Access::Token(ApiVersion::Beta) => "beta",
        Access::Token(ApiVersion::V3) => "v3",
        Access::Token(ApiVersion::V2024) => "v2024",
        Access::Token(ApiVersion::V2025) => "v2025",
        Access::Token(ApiVersion::V2026) => "v2026",
        Access::Token(ApiVersion::Root) => "v1",
    };
    format!("{}_{family}", operation.name)
}

#[cfg(test)]
mod tests;
