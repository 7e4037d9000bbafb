//! `POST /personal-access-tokens`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::passwords::rfc3339;
use passwright_app::personal_access_tokens::PersonalAccessTokenFields;
use passwright_wire::personal_access_token::{CreatePersonalAccessTokenRequest, CreatedPersonalAccessToken};

use super::owner;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

/// Exactly 200; the one answer with the secret.
pub(crate) async fn create_personal_access_token(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<CreatePersonalAccessTokenRequest>,
) -> Result<Response, Failure> {
    let fields = PersonalAccessTokenFields {
        name: body.name,
        scope: body.scope,
        access_token_validity_seconds: body.access_token_validity_seconds,
        expiration_date: body.expiration_date,
        user_aware_token_never_expires: body.user_aware_token_never_expires,
    };
    let (owned, secret) = state.service().create_personal_access_token(&caller, fields).await?;
    let token = owned.token;
    let answer = CreatedPersonalAccessToken {
        id: token.id.to_string(),
        secret: secret.expose().to_owned(),
        scope: token.scopes.iter().map(ToOwned::to_owned).collect(),
        name: token.name,
        owner: owner(token.owner_id.to_string(), owned.owner_name),
        created: rfc3339(token.created_at),
        access_token_validity_seconds: token.token_seconds,
        expiration_date: rfc3339(token.expires_at),
    };
    Ok(json(StatusCode::OK, &answer))
}
