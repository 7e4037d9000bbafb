//! What clients may look up: the server's metadata (RFC 8414), its public keys (RFC 7517), and the vendor's `/oauth/info`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::Scope;
use serde_json::json as value;

use crate::error::{Failure, json};
use crate::state::AppState;

/// The scopes some operation asks for.
const SCOPES: [Scope; 11] = [
    Scope::All,
    Scope::PasswordDigitTokenCreate,
    Scope::PasswordChangeRead,
    Scope::PasswordInfoRead,
    Scope::PasswordChangeManage,
    Scope::OauthClientRead,
    Scope::OauthClientManage,
    Scope::MyPersonalAccessTokensRead,
    Scope::MyPersonalAccessTokensManage,
    Scope::AllPersonalAccessTokensRead,
    Scope::AllPersonalAccessTokensManage,
];

pub(crate) async fn get_server_metadata(State(state): State<AppState>) -> Response {
    let url = &state.service().settings().public_url;
    let metadata = value!({
        "issuer": url,
        "token_endpoint": format!("{url}/oauth/token"),
        "authorization_endpoint": format!("{url}/oauth/authorize"),
        "revocation_endpoint": format!("{url}/oauth/revoke"),
        "jwks_uri": format!("{url}/oauth/jwks.json"),
        "scopes_supported": SCOPES.iter().map(Scope::as_str).collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    json(StatusCode::OK, &metadata)
}

pub(crate) async fn get_oauth_info(State(state): State<AppState>) -> Response {
    let settings = state.service().settings();
    let info = value!({
        "tenantId": settings.org,
        "tenantName": settings.org,
        "authorizeEndpoint": format!("{}/oauth/authorize", settings.public_url),
        "tokenEndpoint": format!("{}/oauth/token", settings.public_url),
        "cloudDomainUrl": settings.public_url,
        "pod": settings.pod,
    });
    json(StatusCode::OK, &info)
}

pub(crate) async fn get_jwks(State(state): State<AppState>) -> Result<Response, Failure> {
    Ok(json(StatusCode::OK, &state.service().jwks()?))
}
