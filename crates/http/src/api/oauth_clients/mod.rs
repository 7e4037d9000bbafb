//! `/oauth-clients`, in every path family.

mod create_oauth_client;
mod delete_oauth_client;
mod get_oauth_client;
mod list_oauth_clients;
mod patch_oauth_client;

pub(crate) use create_oauth_client::create_oauth_client;
pub(crate) use delete_oauth_client::delete_oauth_client;
pub(crate) use get_oauth_client::get_oauth_client;
pub(crate) use list_oauth_clients::list_oauth_clients;
pub(crate) use patch_oauth_client::patch_oauth_client;

use passwright_app::oauth_clients as app;
use passwright_app::passwords::rfc3339;
use passwright_wire::oauth_client as wire;

/// An API client as the wire has it; `secret` only right after it was made.
fn encode(client: app::ApiClient, secret: Option<String>) -> wire::OauthClient {
    let app::ApiClient {
        id, name, scopes, token_seconds, enabled, details, created_at, modified_at, last_used_at, ..
    } = client;
    wire::OauthClient {
        id: id.to_string(),
        secret,
        business_name: details.business_name,
        homepage_url: details.homepage_url,
        name,
        description: details.description,
        access_token_validity_seconds: token_seconds,
        refresh_token_validity_seconds: details.refresh_token_seconds,
        redirect_uris: details.redirect_uris,
        grant_types: details.grant_types.into_iter().map(wire_grant).collect(),
        access_type: match details.access_type {
            app::AccessType::Online => wire::AccessType::Online,
            app::AccessType::Offline => wire::AccessType::Offline,
        },
        client_type: match details.client_type {
            app::ClientType::Confidential => wire::ClientType::Confidential,
            app::ClientType::Public => wire::ClientType::Public,
        },
        internal: false,
        enabled,
        strong_auth_supported: details.strong_auth_supported,
        claims_supported: details.claims_supported,
        created: rfc3339(created_at),
        modified: rfc3339(modified_at),
        last_used: last_used_at.map(rfc3339),
        metadata: None,
        scope: scopes.iter().map(ToOwned::to_owned).collect(),
    }
}

fn wire_grant(grant: app::GrantType) -> wire::GrantType {
    match grant {
        app::GrantType::ClientCredentials => wire::GrantType::ClientCredentials,
        app::GrantType::AuthorizationCode => wire::GrantType::AuthorizationCode,
        app::GrantType::RefreshToken => wire::GrantType::RefreshToken,
    }
}

fn decode(body: wire::CreateOauthClientRequest) -> app::OauthClientFields {
    let grant = |grant| match grant {
        wire::GrantType::ClientCredentials => app::GrantType::ClientCredentials,
        wire::GrantType::AuthorizationCode => app::GrantType::AuthorizationCode,
        wire::GrantType::RefreshToken => app::GrantType::RefreshToken,
    };
    app::OauthClientFields {
        name: body.name,
        description: body.description,
        business_name: body.business_name,
        homepage_url: body.homepage_url,
        access_token_validity_seconds: body.access_token_validity_seconds,
        refresh_token_validity_seconds: body.refresh_token_validity_seconds,
        redirect_uris: body.redirect_uris,
        grant_types: body.grant_types.into_iter().map(grant).collect(),
        access_type: match body.access_type {
            wire::AccessType::Online => app::AccessType::Online,
            wire::AccessType::Offline => app::AccessType::Offline,
        },
        client_type: body.client_type.map(|kind| match kind {
            wire::ClientType::Confidential => app::ClientType::Confidential,
            wire::ClientType::Public => app::ClientType::Public,
        }),
        enabled: body.enabled,
        strong_auth_supported: body.strong_auth_supported.unwrap_or(false),
        claims_supported: body.claims_supported.unwrap_or(false),
        scope: body.scope,
    }
}
