//! Route by route, credential by credential (requirement R21): all refused. The bodies are made from the OpenAPI document, so
//! that only the right is left to refuse.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use passwright_domain::access::Level;
use passwright_domain::client::{PersonalAccessToken, RateLimit};
use passwright_domain::directory::{Identity, IdentityStatus};
use passwright_domain::ids::{IdentityId, PersonalAccessTokenId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::identities;
use passwright_storage::{StorageError, Tx, Write, clients};
use passwright_vault::digest::sha256_hex;
use serde_json::{Map, Value, json};

use super::super::{Answer, Fixture, SECRET};
use crate::openapi;
use crate::router::routes;
use crate::routes::{Access, Route};

/// Operations that a user without any level may call on what is their own, and a request that names another user's object:
/// what stands for `{id}` or the query, and the body; `None` when the operation has no object but the caller's.
const FOR_EVERY_USER: [(&str, Option<Foreign>); 20] = [
    ("query_password_info", Some(Foreign::Body(r#"{"userName":"other"}"#))),
    ("set_password", Some(Foreign::Body(r#"{"identityId":"02020202020202020202020202020202"}"#))),
    ("create_password_change", Some(Foreign::Body(r#"{"identityId":"02020202020202020202020202020202"}"#))),
    ("dry_run_password", Some(Foreign::Body(r#"{"identityId":"02020202020202020202020202020202","password":"x"}"#))),
    ("get_password_change_status", Some(Foreign::Id(NOBODYS))),
    ("get_password_change", Some(Foreign::Id(NOBODYS))),
    ("watch_password_change", Some(Foreign::Id(NOBODYS))),
    ("cancel_password_change", Some(Foreign::Id(NOBODYS))),
    ("list_password_changes", Some(Foreign::Query("identityId=02020202020202020202020202020202"))),
    ("list_personal_access_tokens", Some(Foreign::Query("owner-id=02020202020202020202020202020202"))),
    ("create_personal_access_token", None),
    ("delete_personal_access_token", Some(Foreign::Id(OTHERS_TOKEN))),
    ("list_public_identities", None),
    ("list_assigned_source_apps", None),
    ("list_user_apps", None),
    ("list_available_accounts", Some(Foreign::Id(NOBODYS))),
    ("list_account_activities", Some(Foreign::Query("requested-for=02020202020202020202020202020202"))),
    ("get_account_activity", Some(Foreign::Id(NOBODYS))),
    ("list_security_questions", None),
    ("set_security_answers", None),
];
/// Besides: one whose body alone does not show whose object it is.
const PATCH_TOKEN: &str = "patch_personal_access_token";

pub(super) const NOBODYS: &str = "089899f13a8f4da7824996191587bab9";
const OTHERS_TOKEN: &str = "05050505050505050505050505050505";

#[derive(Clone, Copy)]
enum Foreign {
    Body(&'static str),
    Id(&'static str),
    Query(&'static str),
}

struct Put(Identity, PersonalAccessToken);

impl Write for Put {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        identities::upsert(tx, &self.0, Timestamp(0)).await?;
        clients::upsert_token(tx, &self.1).await
    }
}

/// A user with a token that holds every scope.
pub(crate) async fn user(fixture: &Fixture, n: u8, alias: &str, levels: &[Level], status: IdentityStatus) -> String {
    let identity = Identity {
        id: IdentityId::from_random([n; 16]),
        alias: alias.to_owned(),
        name: alias.to_owned(),
        email: None,
        status,
        levels: levels.iter().copied().collect(),
        attributes: BTreeMap::new(),
    };
    let id = PersonalAccessTokenId::from_random([n + 3; 16]);
    let token = PersonalAccessToken {
        name: id.to_string(),
        id: id.clone(),
        owner_id: identity.id.clone(),
        secret_sha256: sha256_hex(SECRET.as_bytes()),
        scopes: ["sp:scopes:all"].into_iter().collect(),
        token_seconds: 43_200,
        created_at: Timestamp(0),
        expires_at: Timestamp(i64::MAX),
        last_used_at: None,
    };
    fixture.service.store().write(Put(identity, token)).await.unwrap();
    id.to_string()
}

/// The smallest body a schema allows.
fn example(schemas: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return example(schemas, &schemas[name]);
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    // Of several types the first; the others are null.
    match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("array") => json!([]),
        Some("integer") => schema["minimum"].as_i64().map_or(json!(1), |n| json!(n)),
        Some("boolean") => json!(true),
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let members = required.map(|name| (name.to_owned(), example(schemas, &schema["properties"][name])));
            Value::Object(members.collect::<Map<_, _>>())
        }
        _ => json!("x"),
    }
}

fn body(schemas: &Value, route: &Route) -> String {
    match route.operation.and_then(|operation| operation.request.as_ref()) {
        Some(content) => example(schemas, &schemas[content.schema]).to_string(),
        None => String::new(),
    }
}

/// With JSON, or with a file where one is wanted.
async fn ask(fixture: &Fixture, route: &Route, path: &str, token: &str, body: &str) -> Answer {
    let request = route.operation.and_then(|operation| operation.request.as_ref());
    if request.is_some_and(|content| content.media_types == ["multipart/form-data"]) {
        let file = "--x\r\ncontent-disposition: form-data; name=file; filename=f\r\n\r\nword\r\n--x--";
        return fixture.upload(path, token, file).await;
    }
    fixture.call(route.method.clone(), path, token, body).await
}

fn protected() -> Vec<Arc<Route>> {
    routes().table().iter().filter(|route| matches!(route.access, Access::Token(_))).cloned().collect()
}

fn name(route: &Route) -> &'static str {
    route.operation.map_or("", |operation| operation.name)
}

#[tokio::test]
async fn every_credential_that_may_not_is_refused_everywhere() {
    let fixture = Fixture::new().await;
    let open = |client: &mut passwright_domain::client::ApiClient| client.rate_limit = RateLimit(1_000_000);
    let expiring = fixture
        .put_client(&[8; 16], |client| {
            open(client);
            client.token_seconds = -1;
        })
        .await;
    let revoked_client = fixture.put_client(&[9; 16], open).await;
    let narrow = fixture
        .put_client(&[10; 16], |client| {
            open(client);
            client.scopes = ["idn:nothing:read"].into_iter().collect();
        })
        .await;
    let disabled_user = user(&fixture, 3, "disabled", &[Level::OrgAdmin], IdentityStatus::Active).await;
    let refused = [
        ("expired", fixture.token_of(&expiring).await, StatusCode::UNAUTHORIZED),
        ("revoked client", fixture.token_of(&revoked_client).await, StatusCode::UNAUTHORIZED),
        ("disabled user", fixture.token_of(&disabled_user).await, StatusCode::UNAUTHORIZED),
        ("wrong audience", fixture.token_for_another_service().await, StatusCode::UNAUTHORIZED),
        ("wrong scope", fixture.token_of(&narrow).await, StatusCode::FORBIDDEN),
    ];
    fixture.put_client(&[9; 16], |client| client.enabled = false).await;
    user(&fixture, 3, "disabled", &[Level::OrgAdmin], IdentityStatus::Disabled).await;

    let schemas = openapi::tree(routes().table(), "http://x")["components"]["schemas"].clone();
    let mut cells = 0;
    for route in protected() {
        let path = route.template.replace("{id}", NOBODYS).replace("{schemaId}", NOBODYS);
        let body = body(&schemas, &route);
        for (what, token, status) in &refused {
            let answer = ask(&fixture, &route, &path, token, &body).await;
            assert_eq!(answer.status, *status, "{what}: {} {path} {body}: {}", route.method, answer.text);
            cells += 1;
        }
    }
    assert_eq!(cells, protected().len() * refused.len());
}

#[tokio::test]
async fn a_user_reaches_nothing_that_needs_a_level_nor_another_users_objects() {
    let fixture = Fixture::new().await;
    let plain = user(&fixture, 1, "plain", &[], IdentityStatus::Active).await;
    user(&fixture, 2, "other", &[], IdentityStatus::Active).await;
    let token = fixture.token_of(&plain).await;
    let schemas = openapi::tree(routes().table(), "http://x")["components"]["schemas"].clone();
    for route in protected() {
        let open = FOR_EVERY_USER.iter().find(|(operation, _)| *operation == name(&route));
        let mut path = route.template.replace("{id}", NOBODYS).replace("{schemaId}", NOBODYS);
        let mut body = body(&schemas, &route);
        match open {
            None if name(&route) == PATCH_TOKEN => path = route.template.replace("{id}", OTHERS_TOKEN),
            // It needs a level.
            None => {}
            Some((_, None)) => continue,
            Some((_, Some(Foreign::Body(text)))) => body = (*text).to_owned(),
            Some((_, Some(Foreign::Id(id)))) => path = route.template.replace("{id}", id),
            Some((_, Some(Foreign::Query(query)))) => path = format!("{path}?{query}"),
        }
        let answer = ask(&fixture, &route, &path, &token, &body).await;
        let by_id = path.contains(NOBODYS) || path.contains(OTHERS_TOKEN);
        let refused = answer.status == StatusCode::FORBIDDEN || (by_id && answer.status == StatusCode::NOT_FOUND);
        assert!(refused, "{} {path} {body}: {} {}", route.method, answer.status, answer.text);
        if open.is_none() && name(&route) != PATCH_TOKEN {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {path}: needs a level", route.method);
        }
    }
}

#[test]
fn what_is_listed_exists() {
    let names: Vec<_> = protected().iter().map(|route| name(route)).collect();
    for (operation, _) in FOR_EVERY_USER {
        assert!(names.contains(&operation), "{operation}");
    }
}
