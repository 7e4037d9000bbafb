mod people;
mod sign_in;

use std::collections::BTreeSet;

use passwright_app::PasswordPolicy;
use passwright_app::sources::{Reference, SourceFields};
use passwright_domain::directory::{AttributeDefinition, SourceSchema};
use passwright_wire::native::{
    AccountVerdict, Aggregation, BrokenRule, CreatedWebhook, DigitTokenVerification, DigitTokenVerificationResponse,
    HeldChangesRequest, HeldChangesResponse, NewPasswordChange, PasswordChange, PasswordChangeTarget,
    PasswordChangeTargetState, PasswordDryRun, PasswordDryRunResponse, Webhook, WebhookAttempt, WebhookDelivery,
    WebhookRequest, WebhookTest,
};
use passwright_wire::oauth::{OAuthError, OAuthErrorCode, TokenResponse};
use passwright_wire::oauth_client::{AccessType, ClientType, CreateOauthClientRequest, OauthClient};
use passwright_wire::personal_access_token::{
    CreatePersonalAccessTokenRequest, CreatedPersonalAccessToken, PersonalAccessToken, TokenOwner,
};
use passwright_wire::source::{
    CheckStatus, LoadAccountsReturn, LoadAccountsTask, LoadAccountsTaskBody, StatusResponse, TaskResult,
};
use passwright_wire::{
    CustomPasswordInstruction, ErrorMessageDto, ErrorResponseDto, JsonPatchOperation, PasswordChangeRequest,
    PasswordChangeResponse, PasswordChangeState, PasswordDigitToken, PasswordDigitTokenReset, PasswordInfo,
    PasswordInfoAccount, PasswordInfoQueryDto, PasswordOrgConfig, PasswordStatus, PasswordSyncGroup, PatchOp,
    SyncPasswordRequest, TooManyRequestsBody, UnauthorizedBody,
};
use serde::Serialize;

use super::*;
use crate::health::{Alive, Ready};
use crate::router::routes;

fn text() -> Option<String> {
    Some("x".to_owned())
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// Each type with every field present has exactly the properties of its schema, and of their JSON types.
fn check(name: &str, full: &impl Serialize) {
    let schemas: Value = serde_json::from_str(SCHEMAS).unwrap();
    let properties = &schemas[name]["properties"];
    let full = serde_json::to_value(full).unwrap();
    assert_eq!(keys(properties), keys(&full), "{name}");
    for (field, value) in full.as_object().unwrap() {
        let kind = match value {
            Value::String(_) => "string",
            Value::Number(_) => "integer",
            Value::Bool(_) => "boolean",
            Value::Array(_) => "array",
            Value::Object(_) if properties[field].get("$ref").is_some() => continue,
            Value::Null | Value::Object(_) => panic!("{name}.{field}"),
        };
        let declared = &properties[field];
        let declared = if declared.get("$ref").is_some() { &json!("string") } else { &declared["type"] };
        let declared = declared.as_array().map_or(vec![declared], |all| all.iter().collect());
        assert!(declared.contains(&&json!(kind)), "{name}.{field} is {kind}, not {declared:?}");
    }
    for required in schemas[name]["required"].as_array().into_iter().flatten() {
        assert!(properties.get(required.as_str().unwrap()).is_some(), "{name} requires {required}");
    }
}

#[test]
fn schemas_are_the_types() {
    let reset = PasswordDigitTokenReset { user_id: "x".into(), length: Some(6), duration_minutes: Some(5) };
    check("PasswordDigitTokenReset", &reset);
    check("PasswordDigitToken", &PasswordDigitToken { digit_token: "012345".into(), request_id: "x".into() });
    check("DigitTokenVerification", &DigitTokenVerification { user_id: "x".into(), digit_token: "1".into() });
    check("DigitTokenVerificationResponse", &DigitTokenVerificationResponse { verified: true, request_id: text() });
    check("PasswordInfoQueryDTO", &PasswordInfoQueryDto::new("x", "y"));
    let account = PasswordInfoAccount { account_id: text(), account_name: text() };
    check("PasswordInfoAccount", &account);
    let info = PasswordInfo {
        identity_id: text(),
        source_id: text(),
        public_key_id: text(),
        public_key: text(),
        accounts: vec![account],
        policies: Vec::new(),
    };
    check("PasswordInfo", &info);
    check("PasswordChangeRequest", &info.change_request(Some("x"), "x".into()) as &PasswordChangeRequest);
    let state = PasswordChangeState::Finished;
    check("PasswordChangeResponse", &PasswordChangeResponse { request_id: text(), state });
    let status = PasswordStatus { request_id: text(), state, errors: Vec::new(), source_ids: Vec::new() };
    check("PasswordStatus", &status);
    let sync = SyncPasswordRequest {
        uuid: text(),
        retry_count: text(),
        host: text(),
        password_sync_time: text(),
        pwi_type: text(),
        pwi_version: text(),
        password_change_time: text(),
        ..info.change_request(Some("x"), "x".into()).into()
    };
    check("SyncPasswordRequest", &sync);
    let target = PasswordChangeTarget {
        source_id: "x".into(),
        source_name: "x".into(),
        account_id: "x".into(),
        account_name: "x".into(),
        state: PasswordChangeTargetState::Proved,
        reason: text(),
        attempts: 1,
        next_attempt_at: text(),
        ended_at: text(),
    };
    check("PasswordChangeTarget", &target);
    let change = PasswordChange {
        id: "x".into(),
        identity_id: "x".into(),
        state,
        errors: Vec::new(),
        summary: Vec::new(),
        accepted_at: "x".into(),
        ended_at: text(),
        held_at: text(),
        version: 1,
        targets: vec![target],
    };
    check("PasswordChange", &change);
    let dry_run = PasswordDryRun { identity_id: text(), source_id: text(), account_id: text(), password: "x".into() };
    check("PasswordDryRun", &dry_run);
    let broken = BrokenRule { rule: "minLength".into(), message: "x".into() };
    check("BrokenRule", &broken);
    let verdict = AccountVerdict {
        source_id: "x".into(),
        source_name: "x".into(),
        account_id: "x".into(),
        account_name: "x".into(),
        broken_rules: vec![broken],
    };
    check("AccountVerdict", &verdict);
    check("PasswordDryRunResponse", &PasswordDryRunResponse { acceptable: true, accounts: vec![verdict] });
    let wanted = WebhookRequest { name: text(), url: text(), events: Some(Vec::new()), enabled: Some(true) };
    check("WebhookRequest", &wanted);
    let webhook = Webhook {
        id: "x".into(),
        name: "x".into(),
        url: "x".into(),
        events: Vec::new(),
        enabled: true,
        off_reason: text(),
        failing_since: text(),
        created_at: "x".into(),
        modified_at: "x".into(),
    };
    check("Webhook", &webhook);
    check("CreatedWebhook", &CreatedWebhook { webhook, secret: "x".into() });
    check("WebhookTest", &WebhookTest { event_id: "x".into() });
    let attempt = WebhookAttempt { number: 1, at: "x".into(), duration_ms: 1, status: Some(200), detail: text() };
    check("WebhookAttempt", &attempt);
    let delivery = WebhookDelivery {
        event_id: "x".into(),
        event: "x".into(),
        state: "x".into(),
        created_at: "x".into(),
        next_attempt_at: text(),
        ended_at: text(),
        attempts: vec![attempt],
    };
    check("WebhookDelivery", &delivery);
    let mut new = NewPasswordChange::from(PasswordChangeRequest {
        identity_id: text(),
        encrypted_password: text(),
        public_key_id: text(),
        account_id: text(),
        source_id: text(),
    });
    new.unlock_account = Some(true);
    check("NewPasswordChange", &new);
    check("HeldChangesRequest", &HeldChangesRequest { change_ids: Some(Vec::new()), all: Some(true) });
    check("HeldChangesResponse", &HeldChangesResponse { count: 1 });
    let code = OAuthErrorCode::InvalidClient;
    check("OAuthError", &OAuthError { error: code, error_description: text() });
    let token = TokenResponse {
        scope: text(),
        access_type: text(),
        tenant_id: text(),
        internal: Some(false),
        pod: text(),
        strong_auth_supported: Some(false),
        org: text(),
        user_id: text(),
        identity_id: text(),
        user_name: text(),
        strong_auth: Some(false),
        enabled: Some(true),
        jti: text(),
        ..TokenResponse::bearer("x".into(), 1)
    };
    check("TokenResponse", &token);
    let request = CreateOauthClientRequest {
        name: "x".into(),
        description: text(),
        business_name: text(),
        homepage_url: text(),
        access_token_validity_seconds: 1,
        refresh_token_validity_seconds: Some(1),
        redirect_uris: Some(Vec::new()),
        grant_types: Vec::new(),
        access_type: AccessType::Online,
        client_type: Some(ClientType::Public),
        enabled: true,
        strong_auth_supported: Some(true),
        claims_supported: Some(true),
        scope: Some(Vec::new()),
    };
    check("CreateOauthClientRequest", &request);
    let client = OauthClient {
        id: "x".into(),
        secret: text(),
        business_name: "x".into(),
        homepage_url: "x".into(),
        name: "x".into(),
        description: "x".into(),
        access_token_validity_seconds: 1,
        refresh_token_validity_seconds: 1,
        redirect_uris: Vec::new(),
        grant_types: Vec::new(),
        access_type: AccessType::Online,
        client_type: ClientType::Public,
        internal: false,
        enabled: true,
        strong_auth_supported: false,
        claims_supported: false,
        created: "x".into(),
        modified: "x".into(),
        last_used: text(),
        metadata: text(),
        scope: Vec::new(),
    };
    check("OauthClient", &client);
    let owner = TokenOwner { kind: "x".into(), id: "x".into(), name: "x".into() };
    check("TokenOwner", &owner);
    let request = CreatePersonalAccessTokenRequest {
        name: "x".into(),
        scope: Some(Vec::new()),
        access_token_validity_seconds: Some(1),
        expiration_date: text(),
        user_aware_token_never_expires: Some(true),
    };
    check("CreatePersonalAccessTokenRequest", &request);
    let created = CreatedPersonalAccessToken {
        id: "x".into(),
        secret: "x".into(),
        scope: Vec::new(),
        name: "x".into(),
        owner: owner.clone(),
        created: "x".into(),
        access_token_validity_seconds: 1,
        expiration_date: "x".into(),
    };
    check("CreatedPersonalAccessToken", &created);
    let token = PersonalAccessToken {
        id: "x".into(),
        name: "x".into(),
        scope: Vec::new(),
        owner,
        created: "x".into(),
        last_used: text(),
        managed: false,
        access_token_validity_seconds: 1,
        expiration_date: text(),
        user_aware_token_never_expires: false,
    };
    check("PersonalAccessToken", &token);
    let step = JsonPatchOperation { op: PatchOp::Add, path: "x".into(), from: text(), value: Some(json!("x")) };
    check("JsonPatchOperation", &step);
    let policy = PasswordPolicy {
        description: text(),
        last_updated: Some(1),
        first_expiration_reminder: Some(1),
        created: text(),
        modified: text(),
        ..PasswordPolicy::default()
    };
    check("PasswordPolicyV3Dto", &policy);
    let group = PasswordSyncGroup {
        id: text(),
        name: text(),
        password_policy_id: text(),
        source_ids: Vec::new(),
        created: text(),
        modified: text(),
    };
    check("PasswordSyncGroup", &group);
    let org_config = PasswordOrgConfig {
        custom_instructions_enabled: Some(true),
        digit_token_enabled: Some(true),
        digit_token_duration_minutes: Some(5),
        digit_token_length: Some(6),
    };
    check("PasswordOrgConfig", &org_config);
    let instruction = CustomPasswordInstruction { page_id: text(), page_content: text(), locale: text() };
    check("CustomPasswordInstruction", &instruction);
    let reference = Reference { kind: text(), id: text(), name: text() };
    for name in ["IdentityReference", "PasswordPolicyReference", "SourceSchemaReference"] {
        check(name, &reference);
    }
    let source = SourceFields {
        id: text(),
        name: text(),
        description: text(),
        owner: Some(reference),
        schemas: Some(Vec::new()),
        password_policies: Some(Vec::new()),
        features: Some(Vec::new()),
        kind: text(),
        connector: text(),
        connector_class: text(),
        connector_attributes: Some(Map::new()),
        authoritative: Some(false),
        healthy: Some(false),
        status: text(),
        since: text(),
        connector_name: text(),
        connection_type: text(),
        created: text(),
        modified: text(),
        credential_provider_enabled: Some(false),
    };
    check("Source", &source);
    let attribute = AttributeDefinition { native_name: text(), description: text(), ..AttributeDefinition::default() };
    check("AttributeDefinition", &attribute);
    let schema = SourceSchema {
        id: text(),
        name: text(),
        native_object_type: text(),
        identity_attribute: text(),
        display_attribute: text(),
        hierarchy_attribute: text(),
        created: text(),
        modified: text(),
        ..SourceSchema::default()
    };
    check("SourceSchema", &schema);
    let status = StatusResponse {
        id: "x".into(),
        name: "x".into(),
        status: CheckStatus::Success,
        elapsed_millis: 1,
        details: json!({}),
    };
    check("StatusResponse", &status);
    let returned = LoadAccountsReturn { display_label: "x".into(), attribute_name: "x".into() };
    check("LoadAccountsReturn", &returned);
    let task = LoadAccountsTaskBody {
        id: "x".into(),
        kind: "x".into(),
        name: "x".into(),
        description: "x".into(),
        launcher: "x".into(),
        created: "x".into(),
        launched: text(),
        completed: text(),
        completion_status: text(),
        parent_name: text(),
        messages: Vec::new(),
        progress: text(),
        attributes: json!({}),
        returns: vec![returned],
    };
    check("LoadAccountsTaskBody", &task);
    check("LoadAccountsTask", &LoadAccountsTask { success: true, task });
    let aggregation = Aggregation {
        id: "x".into(),
        source_id: "x".into(),
        source_name: "x".into(),
        started_by: "x".into(),
        optimized: true,
        state: "x".into(),
        reason: text(),
        known: 1,
        read: 1,
        created: 1,
        changed: 1,
        removed: 1,
        uncorrelated: 1,
        identities_created: 1,
        identities_changed: 1,
        started_at: "x".into(),
        ended_at: text(),
    };
    check("Aggregation", &aggregation);
    check("TaskResult", &TaskResult { kind: "x".into(), id: "x".into(), name: text() });
    check("Alive", &Alive { status: "x" });
    check("Ready", &Ready { status: "x", engine: "x", durability: "x", detail: String::new() });
    check("ErrorMessageDto", &ErrorMessageDto::english("x"));
    check("ErrorResponseDto", &ErrorResponseDto::new(passwright_wire::ErrorCode::NotFound, "x"));
    check("UnauthorizedBody", &UnauthorizedBody { error: "x".into() });
    check("TooManyRequestsBody", &TooManyRequestsBody::default());
}

#[test]
fn lists_every_route_once_and_refers_to_nothing_absent() {
    let routes = routes();
    let document = tree(routes.table(), "https://passwords.example");
    let mut ids = BTreeSet::new();
    // The pages are for people.
    for route in routes.table().iter().filter(|route| route.operation.is_some()) {
        let operation = &document["paths"][&route.template][route.method.as_str().to_ascii_lowercase()];
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{}", route.template));
        assert!(ids.insert(id.to_owned()), "{id} twice");
        let public = !matches!(route.access, Access::Token(_));
        assert_eq!(operation["security"].as_array().unwrap().is_empty(), public, "{id}");
    }
    assert_eq!(document["paths"].as_object().unwrap().values().flat_map(keys).count(), ids.len());
    assert!(ids.contains("set_password_beta") && ids.contains("create_token"));
    assert!(!ids.contains("create_digit_token_v3"));

    let rendered = document.to_string();
    let named = keys(&document["components"]["schemas"]);
    let used: BTreeSet<String> = rendered
        .split("\"#/components/schemas/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(used, named, "every schema is used, every use has its schema");
    assert!(rendered.contains(r#""202""#) && rendered.contains("https://passwords.example/oauth/token"));
}
