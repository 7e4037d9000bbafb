//! `POST /oauth/token`. Clients send its parameters in four shapes: urlencoded, multipart, the grant in the query string
//! and the rest in the body, everything in the query string.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use passwright_app::oauth::{IssuedToken, TokenFault};
use passwright_wire::oauth::TokenResponse;

use super::form::TokenForm;
use crate::error::{Failure, json};
use crate::exchange::{LoggedClient, trace};
use crate::extract::{media_type, read};
use crate::multipart;
use crate::state::AppState;

/// Exactly 200 with whole numbers; the SDKs read nothing else.
pub(crate) async fn create_token(State(state): State<AppState>, request: Request) -> Result<Response, Failure> {
    let trace = trace(&request);
    let request = form(request).await?.into_request();
    let issued = state.service().issue_token(request, &trace).await?;
    let client = LoggedClient(issued.claims.client_id.clone());
    let mut response = json(StatusCode::OK, &answer(issued, state.service().now().seconds()));
    response.extensions_mut().insert(client);
    Ok(response)
}

/// Decodes whichever shape. The content type says nothing when there is no body.
pub(super) async fn form(request: Request) -> Result<TokenForm, Failure> {
    let (head, body) = request.into_parts();
    let body = read(body).await?;
    let mut form = TokenForm::default();
    form.add_urlencoded(head.uri.query().unwrap_or_default().as_bytes())?;
    if !body.is_empty() {
        match media_type(&head.headers)? {
            None => form.add_urlencoded(&body)?,
            Some(kind) if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") => {
                form.add_urlencoded(&body)?;
            }
            Some(kind) if kind.eq_ignore_ascii_case("multipart/form-data") => {
                let header = head.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
                let parts = multipart::fields(header, &body)
                    .ok_or(TokenFault::InvalidRequest("the body is not well-formed multipart/form-data"))?;
                for (name, value) in parts {
                    form.add(name, value)?;
                }
            }
            Some(_) => {
                let types = "the content type must be application/x-www-form-urlencoded or multipart/form-data";
                return Err(Failure::MediaType(types));
            }
        }
    }
    Ok(form)
}

/// `now` in seconds since the Unix epoch.
fn answer(issued: IssuedToken, now: i64) -> TokenResponse {
    let IssuedToken { access_token, refresh_token, claims } = issued;
    TokenResponse {
        access_token: access_token.expose().to_owned(),
        token_type: "bearer".to_owned(),
        refresh_token: refresh_token.map(|token| token.expose().to_owned()),
        expires_in: u64::try_from(claims.exp.saturating_sub(now)).unwrap_or(0),
        scope: Some(claims.scope.join(" ")),
        access_type: Some(claims.access_type),
        tenant_id: Some(claims.tenant_id),
        internal: Some(claims.internal),
        pod: Some(claims.pod),
        strong_auth_supported: Some(claims.strong_auth_supported),
        org: Some(claims.org),
        user_id: claims.user_id,
        identity_id: claims.identity_id,
        user_name: claims.user_name,
        strong_auth: Some(claims.strong_auth),
        enabled: Some(claims.enabled),
        jti: Some(claims.jti),
    }
}

#[cfg(test)]
mod tests;
