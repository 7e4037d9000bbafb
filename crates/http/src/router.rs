//! The table of contents: every path there is, who may reach it, what answers.

use std::sync::Arc;

use axum::Router;
use passwright_app::{ApiVersion, Service};
use passwright_wire::PathFamily;

use crate::api::account_activities::{get_account_activity, list_account_activities};
use crate::api::accounts::{
    disable_account, enable_account, get_account, list_accounts, reload_account, unlock_account, update_account,
};
use crate::api::aggregations::{get_aggregation, list_aggregations};
use crate::api::applications::{
    create_source_app, delete_source_app, get_source_app, list_all_source_apps, list_all_user_apps,
    list_assigned_source_apps, list_available_accounts, list_source_apps, list_user_apps, patch_source_app,
    update_source_apps,
};
use crate::api::auth_org::{
    create_network_config, get_lockout_config, get_network_config, get_service_provider_config, get_session_config,
    patch_lockout_config, patch_network_config, patch_service_provider_config, patch_session_config,
};
use crate::api::auth_users::{get_auth_user, patch_auth_user};
use crate::api::digit_tokens::{create_digit_token, verify_digit_token};
use crate::api::held_changes::{cancel_held_changes, list_held_changes, release_held_changes};
use crate::api::identities::{
    get_identity, get_identity_v2, list_identities, list_public_identities, search_identities,
};
use crate::api::instructions::{
    create_custom_password_instructions, delete_custom_password_instructions, get_custom_password_instructions,
};
use crate::api::mfa::{
    delete_mfa_config, get_duo_config, get_okta_config, list_security_questions, set_duo_config, set_okta_config,
    set_security_answers, test_mfa_config,
};
use crate::api::oauth_clients::{
    create_oauth_client, delete_oauth_client, get_oauth_client, list_oauth_clients, patch_oauth_client,
};
use crate::api::password_changes::{
    cancel_password_change, create_password_change, get_password_change, list_password_changes, watch_password_change,
};
use crate::api::password_groups::{
    create_password_group, delete_password_group, get_password_group, list_password_groups, update_password_group,
};
use crate::api::password_policies::{
    create_password_policy, delete_password_policy, get_password_policy, list_password_policies, set_password_policy,
};
use crate::api::password_policy::dry_run_password;
use crate::api::password_settings::{
    create_password_org_config, get_password_dictionary, get_password_org_config, put_password_dictionary,
    put_password_org_config,
};
use crate::api::passwords::{get_password_change_status, query_password_info, set_password, sync_password};
use crate::api::personal_access_tokens::{
    create_personal_access_token, delete_personal_access_token, list_personal_access_tokens,
    patch_personal_access_token,
};
use crate::api::policy_holders::{list_policy_holders, update_policy_holders};
use crate::api::source_schemas::{
    create_source_schema, delete_source_schema, get_source_schema, list_source_schemas, patch_source_schema,
    put_source_schema,
};
use crate::api::sources::{
    check_source, create_source, delete_source, get_source, list_sources, load_accounts, patch_source, put_source,
};
use crate::api::webhooks::{
    create_webhook, delete_webhook, get_webhook, list_webhook_deliveries, list_webhooks, test_webhook, update_webhook,
};
use crate::collapse_slashes::CollapseSlashes;
use crate::health::{get_metrics, get_openapi, livez, readyz};
use crate::oauth::{
    create_token, get_authorize, get_jwks, get_oauth_info, get_server_metadata, post_authorize, revoke_token,
};
use crate::openapi::{objects, operations as op, people, sign_in, sources};
use crate::page_routes;
use crate::pages::Need;
use crate::routes::Access::{Page, Public, Token};
use crate::routes::{Access, Routes};
use crate::streams::Streams;

/// The whole service, for [`serve`](crate::serve()) or for calls in process.
#[must_use]
pub fn router(service: Arc<Service>) -> CollapseSlashes<Router> {
    router_with(service, Streams::new())
}

/// The same, with streams that somebody else ends.
pub(crate) fn router_with(service: Arc<Service>, streams: Streams) -> CollapseSlashes<Router> {
    CollapseSlashes::new(routes().into_router(service, streams))
}

pub(crate) fn routes() -> Routes {
    let own = page_routes::declare(own_routes());
    PathFamily::ALL.into_iter().fold(own, family_routes)
}

/// The compatible API: one handler, whichever family the path is of.
fn family_routes(routes: Routes, family: PathFamily) -> Routes {
    let access = Token(version(family));
    let path = |resource, rest| family.path(resource, rest);
    let routes = routes
        .post(path("query-password-info", ""), access, &op::QUERY_PASSWORD_INFO, query_password_info)
        .post(path("set-password", ""), access, &op::SET_PASSWORD, set_password)
        .get(
            path("password-change-status", "/{id}"),
            access,
            &op::GET_PASSWORD_CHANGE_STATUS,
            get_password_change_status,
        );
    let routes = oauth_client_routes(routes, access, family);
    let routes = personal_access_token_routes(routes, access, family);
    let routes = object_routes(routes, family);
    let routes = instruction_routes(routes, family);
    let routes = policy_holder_routes(routes, family);
    let routes = source_routes(routes, family);
    let routes = people_routes(routes, family);
    let routes = application_routes(routes, family);
    let routes = sign_in_routes(routes, family);
    let routes = mfa_routes(routes, family);
    let routes = if family.has_sync_password() {
        routes.post(path("sync-password", ""), access, &op::SYNC_PASSWORD, sync_password)
    } else {
        routes
    };
    if !family.has_digit_token() {
        return routes;
    }
    routes.post(path("generate-password-reset-token", "/digit"), access, &op::CREATE_DIGIT_TOKEN, create_digit_token)
}

fn oauth_client_routes(routes: Routes, access: Access, family: PathFamily) -> Routes {
    let (all, one) = (family.path("oauth-clients", ""), family.path("oauth-clients", "/{id}"));
    routes
        .get(all.as_str(), access, &op::LIST_OAUTH_CLIENTS, list_oauth_clients)
        .post(all, access, &op::CREATE_OAUTH_CLIENT, create_oauth_client)
        .get(one.as_str(), access, &op::GET_OAUTH_CLIENT, get_oauth_client)
        .patch(one.as_str(), access, &op::PATCH_OAUTH_CLIENT, patch_oauth_client)
        .delete(one, access, &op::DELETE_OAUTH_CLIENT, delete_oauth_client)
}

fn personal_access_token_routes(routes: Routes, access: Access, family: PathFamily) -> Routes {
    let resource = "personal-access-tokens";
    let (all, one) = (family.path(resource, ""), family.path(resource, "/{id}"));
    routes
        .get(all.as_str(), access, &op::LIST_PERSONAL_ACCESS_TOKENS, list_personal_access_tokens)
        .post(all, access, &op::CREATE_PERSONAL_ACCESS_TOKEN, create_personal_access_token)
        .patch(one.as_str(), access, &op::PATCH_PERSONAL_ACCESS_TOKEN, patch_personal_access_token)
        .delete(one, access, &op::DELETE_PERSONAL_ACCESS_TOKEN, delete_personal_access_token)
}

/// What administrators keep: policies, groups, dictionary, settings.
fn object_routes(routes: Routes, family: PathFamily) -> Routes {
    let access = Token(version(family));
    let path = |resource, rest| family.path(resource, rest);
    let (policies, policy) = (path("password-policies", ""), path("password-policies", "/{id}"));
    let (groups, group) = (path("password-sync-groups", ""), path("password-sync-groups", "/{id}"));
    let (dictionary, org_config) = (path("password-dictionary", ""), path("password-org-config", ""));
    routes
        .get(policies.as_str(), access, &objects::LIST_PASSWORD_POLICIES, list_password_policies)
        .post(policies, access, &objects::CREATE_PASSWORD_POLICY, create_password_policy)
        .get(policy.as_str(), access, &objects::GET_PASSWORD_POLICY, get_password_policy)
        .put(policy.as_str(), access, &objects::SET_PASSWORD_POLICY, set_password_policy)
        .delete(policy, access, &objects::DELETE_PASSWORD_POLICY, delete_password_policy)
        .get(groups.as_str(), access, &objects::LIST_PASSWORD_GROUPS, list_password_groups)
        .post(groups, access, &objects::CREATE_PASSWORD_GROUP, create_password_group)
        .get(group.as_str(), access, &objects::GET_PASSWORD_GROUP, get_password_group)
        .put(group.as_str(), access, &objects::UPDATE_PASSWORD_GROUP, update_password_group)
        .delete(group, access, &objects::DELETE_PASSWORD_GROUP, delete_password_group)
        .get(dictionary.as_str(), access, &objects::GET_PASSWORD_DICTIONARY, get_password_dictionary)
        .put(dictionary, access, &objects::PUT_PASSWORD_DICTIONARY, put_password_dictionary)
        .get(org_config.as_str(), access, &objects::GET_PASSWORD_ORG_CONFIG, get_password_org_config)
        .post(org_config.as_str(), access, &objects::CREATE_PASSWORD_ORG_CONFIG, create_password_org_config)
        .put(org_config, access, &objects::PUT_PASSWORD_ORG_CONFIG, put_password_org_config)
}

fn instruction_routes(routes: Routes, family: PathFamily) -> Routes {
    if !family.has_custom_password_instructions() {
        return routes;
    }
    let access = Token(version(family));
    let (all, one) =
        (family.path("custom-password-instructions", ""), family.path("custom-password-instructions", "/{id}"));
    routes
        .post(all, access, &objects::CREATE_INSTRUCTIONS, create_custom_password_instructions)
        .get(one.as_str(), access, &objects::GET_INSTRUCTIONS, get_custom_password_instructions)
        .delete(one, access, &objects::DELETE_INSTRUCTIONS, delete_custom_password_instructions)
}

fn policy_holder_routes(mut routes: Routes, family: PathFamily) -> Routes {
    let access = Token(version(family));
    let path = family.path("sources", "/{id}/password-policies");
    if family.has_policy_holders() {
        routes = routes.get(path.as_str(), access, &objects::LIST_POLICY_HOLDERS, list_policy_holders);
    }
    if family.changes_policy_holders() {
        routes = routes.patch(path, access, &objects::UPDATE_POLICY_HOLDERS, update_policy_holders);
    }
    routes
}

fn source_routes(routes: Routes, family: PathFamily) -> Routes {
    let access = Token(version(family));
    let path = |rest| family.path("sources", rest);
    let (all, one) = (path(""), path("/{id}"));
    let (schemas, schema) = (path("/{id}/schemas"), path("/{id}/schemas/{schemaId}"));
    let routes = routes
        .get(all.as_str(), access, &sources::LIST_SOURCES, list_sources)
        .post(all, access, &sources::CREATE_SOURCE, create_source)
        .get(one.as_str(), access, &sources::GET_SOURCE, get_source)
        .put(one.as_str(), access, &sources::PUT_SOURCE, put_source)
        .patch(one.as_str(), access, &sources::PATCH_SOURCE, patch_source)
        .delete(one, access, &sources::DELETE_SOURCE, delete_source)
        .get(schemas.as_str(), access, &sources::LIST_SOURCE_SCHEMAS, list_source_schemas)
        .post(schemas, access, &sources::CREATE_SOURCE_SCHEMA, create_source_schema)
        .get(schema.as_str(), access, &sources::GET_SOURCE_SCHEMA, get_source_schema)
        .put(schema.as_str(), access, &sources::PUT_SOURCE_SCHEMA, put_source_schema)
        .patch(schema.as_str(), access, &sources::PATCH_SOURCE_SCHEMA, patch_source_schema)
        .delete(schema, access, &sources::DELETE_SOURCE_SCHEMA, delete_source_schema);
    let routes = if family.has_load_accounts() {
        routes.post(path("/{id}/load-accounts"), access, &sources::LOAD_ACCOUNTS, load_accounts)
    } else {
        routes
    };
    if !family.has_source_checks() {
        return routes;
    }
    routes.post(path("/{id}/connector/check-connection"), access, &sources::CHECK_CONNECTION, check_source).post(
        path("/{id}/connector/test-configuration"),
        access,
        &sources::TEST_CONFIGURATION,
        check_source,
    )
}

/// Who there is, with which accounts, and what was done to them.
fn people_routes(mut routes: Routes, family: PathFamily) -> Routes {
    let access = Token(version(family));
    let path = |resource, rest| family.path(resource, rest);
    routes = routes
        .get(path("accounts", ""), access, &people::LIST_ACCOUNTS, list_accounts)
        .get(path("accounts", "/{id}"), access, &people::GET_ACCOUNT, get_account)
        .patch(path("accounts", "/{id}"), access, &people::UPDATE_ACCOUNT, update_account)
        .post(path("accounts", "/{id}/unlock"), access, &people::UNLOCK_ACCOUNT, unlock_account)
        .post(path("accounts", "/{id}/enable"), access, &people::ENABLE_ACCOUNT, enable_account)
        .post(path("accounts", "/{id}/disable"), access, &people::DISABLE_ACCOUNT, disable_account)
        .post(path("accounts", "/{id}/reload"), access, &people::RELOAD_ACCOUNT, reload_account)
        .get(path("account-activities", ""), access, &people::LIST_ACCOUNT_ACTIVITIES, list_account_activities)
        .get(path("account-activities", "/{id}"), access, &people::GET_ACCOUNT_ACTIVITY, get_account_activity);
    if family.has_public_identities() {
        let all = path("public-identities", "");
        routes = routes.get(all, access, &people::LIST_PUBLIC_IDENTITIES, list_public_identities);
    }
    if family.has_identities() {
        routes = routes.get(path("identities", ""), access, &people::LIST_IDENTITIES, list_identities).get(
            path("identities", "/{id}"),
            access,
            &people::GET_IDENTITY,
            get_identity,
        );
    }
    if family == PathFamily::Root {
        routes = routes.get("/identities/v2", access, &people::SEARCH_IDENTITIES, search_identities).get(
            "/identities/v2/{id}",
            access,
            &people::GET_IDENTITY_V2,
            get_identity_v2,
        );
    }
    routes
}

/// How people sign in, and their levels.
fn sign_in_routes(routes: Routes, family: PathFamily) -> Routes {
    if !family.has_auth_org() {
        return routes;
    }
    let access = Token(version(family));
    let org = |rest| family.path("auth-org", rest);
    let user = family.path("auth-users", "/{id}");
    let provider = org("/service-provider-config");
    routes
        .get(org("/lockout-config"), access, &sign_in::GET_LOCKOUT_CONFIG, get_lockout_config)
        .patch(org("/lockout-config"), access, &sign_in::PATCH_LOCKOUT_CONFIG, patch_lockout_config)
        .get(org("/session-config"), access, &sign_in::GET_SESSION_CONFIG, get_session_config)
        .patch(org("/session-config"), access, &sign_in::PATCH_SESSION_CONFIG, patch_session_config)
        .get(org("/network-config"), access, &sign_in::GET_NETWORK_CONFIG, get_network_config)
        .post(org("/network-config"), access, &sign_in::CREATE_NETWORK_CONFIG, create_network_config)
        .patch(org("/network-config"), access, &sign_in::PATCH_NETWORK_CONFIG, patch_network_config)
        .get(provider.as_str(), access, &sign_in::GET_SERVICE_PROVIDER_CONFIG, get_service_provider_config)
        .patch(provider, access, &sign_in::PATCH_SERVICE_PROVIDER_CONFIG, patch_service_provider_config)
        .get(user.as_str(), access, &sign_in::GET_AUTH_USER, get_auth_user)
        .patch(user, access, &sign_in::PATCH_AUTH_USER, patch_auth_user)
}

/// Further factors of a sign-in.
fn mfa_routes(routes: Routes, family: PathFamily) -> Routes {
    let access = Token(version(family));
    let mfa = |rest| family.path("mfa", rest);
    let routes = routes
        .get(mfa("/okta-verify/config"), access, &sign_in::GET_OKTA_CONFIG, get_okta_config)
        .put(mfa("/okta-verify/config"), access, &sign_in::SET_OKTA_CONFIG, set_okta_config)
        .get(mfa("/duo-web/config"), access, &sign_in::GET_DUO_CONFIG, get_duo_config)
        .put(mfa("/duo-web/config"), access, &sign_in::SET_DUO_CONFIG, set_duo_config)
        .get(mfa("/{id}/test"), access, &sign_in::TEST_MFA_CONFIG, test_mfa_config)
        .get(mfa("/kba/config"), access, &sign_in::LIST_SECURITY_QUESTIONS, list_security_questions)
        .post(mfa("/kba/config/answers"), access, &sign_in::SET_SECURITY_ANSWERS, set_security_answers);
    if !family.removes_mfa() {
        return routes;
    }
    routes.delete(mfa("/{id}/delete"), access, &sign_in::DELETE_MFA_CONFIG, delete_mfa_config)
}

fn application_routes(routes: Routes, family: PathFamily) -> Routes {
    if !family.has_identities() {
        return routes;
    }
    let access = Token(version(family));
    let apps = |rest| family.path("source-apps", rest);
    let of_users = |rest| family.path("user-apps", rest);
    routes
        .get(apps(""), access, &people::LIST_SOURCE_APPS, list_source_apps)
        .post(apps(""), access, &people::CREATE_SOURCE_APP, create_source_app)
        .get(apps("/all"), access, &people::LIST_ALL_SOURCE_APPS, list_all_source_apps)
        .get(apps("/assigned"), access, &people::LIST_ASSIGNED_SOURCE_APPS, list_assigned_source_apps)
        .post(apps("/bulk-update"), access, &people::UPDATE_SOURCE_APPS, update_source_apps)
        .get(apps("/{id}"), access, &people::GET_SOURCE_APP, get_source_app)
        .patch(apps("/{id}"), access, &people::PATCH_SOURCE_APP, patch_source_app)
        .delete(apps("/{id}"), access, &people::DELETE_SOURCE_APP, delete_source_app)
        .get(of_users(""), access, &people::LIST_USER_APPS, list_user_apps)
        .get(of_users("/all"), access, &people::LIST_ALL_USER_APPS, list_all_user_apps)
        .get(of_users("/{id}/available-accounts"), access, &people::LIST_AVAILABLE_ACCOUNTS, list_available_accounts)
}

fn own_routes() -> Routes {
    let native = Token(ApiVersion::Native);
    Routes::new()
        .post("/api/v1/digit-tokens/verify", native, &op::VERIFY_DIGIT_TOKEN, verify_digit_token)
        .get("/api/v1/password-changes", native, &op::LIST_PASSWORD_CHANGES, list_password_changes)
        .post("/api/v1/password-changes", native, &op::CREATE_PASSWORD_CHANGE, create_password_change)
        .get("/api/v1/password-changes/{id}", native, &op::GET_PASSWORD_CHANGE, get_password_change)
        .post("/api/v1/password-changes/{id}/cancel", native, &op::CANCEL_PASSWORD_CHANGE, cancel_password_change)
        .get("/api/v1/password-changes/{id}/events", native, &op::WATCH_PASSWORD_CHANGE, watch_password_change)
        .post("/api/v1/password-policy/dry-run", native, &op::DRY_RUN_PASSWORD, dry_run_password)
        .get("/api/v1/aggregations", native, &sources::LIST_AGGREGATIONS, list_aggregations)
        .get("/api/v1/aggregations/{id}", native, &sources::GET_AGGREGATION, get_aggregation)
        .get("/api/v1/webhooks", native, &op::LIST_WEBHOOKS, list_webhooks)
        .post("/api/v1/webhooks", native, &op::CREATE_WEBHOOK, create_webhook)
        .get("/api/v1/webhooks/{id}", native, &op::GET_WEBHOOK, get_webhook)
        .put("/api/v1/webhooks/{id}", native, &op::UPDATE_WEBHOOK, update_webhook)
        .delete("/api/v1/webhooks/{id}", native, &op::DELETE_WEBHOOK, delete_webhook)
        .get("/api/v1/webhooks/{id}/deliveries", native, &op::LIST_WEBHOOK_DELIVERIES, list_webhook_deliveries)
        .post("/api/v1/webhooks/{id}/test", native, &op::TEST_WEBHOOK, test_webhook)
        .get("/api/v1/held-changes", native, &op::LIST_HELD_CHANGES, list_held_changes)
        .post("/api/v1/held-changes/release", native, &op::RELEASE_HELD_CHANGES, release_held_changes)
        .post("/api/v1/held-changes/cancel", native, &op::CANCEL_HELD_CHANGES, cancel_held_changes)
        .post("/oauth/token", Public, &op::CREATE_TOKEN, create_token)
        .get("/oauth/authorize", Page(Need::Nothing), &op::GET_AUTHORIZE, get_authorize)
        .post("/oauth/authorize", Page(Need::Stranger), &op::POST_AUTHORIZE, post_authorize)
        .post("/oauth/revoke", Public, &op::REVOKE_TOKEN, revoke_token)
        .get("/oauth/info", Public, &op::GET_OAUTH_INFO, get_oauth_info)
        .get("/oauth/jwks.json", Public, &op::GET_JWKS, get_jwks)
        .get("/.well-known/oauth-authorization-server", Public, &op::GET_SERVER_METADATA, get_server_metadata)
        .get("/livez", Public, &op::LIVEZ, livez)
        .get("/readyz", Public, &op::READYZ, readyz)
        .get("/metrics", Public, &op::GET_METRICS, get_metrics)
        .get("/openapi.json", Public, &op::GET_OPENAPI, get_openapi)
}

fn version(family: PathFamily) -> ApiVersion {
    match family {
        PathFamily::Beta => ApiVersion::Beta,
        PathFamily::V3 => ApiVersion::V3,
        PathFamily::V2024 => ApiVersion::V2024,
        PathFamily::V2025 => ApiVersion::V2025,
        PathFamily::V2026 => ApiVersion::V2026,
        PathFamily::Root => ApiVersion::Root,
    }
}
