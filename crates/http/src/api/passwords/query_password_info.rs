//! `POST /query-password-info`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::passwords::PasswordInfoQuery;
use passwright_wire::{PasswordInfo, PasswordInfoAccount, PasswordInfoQueryDto};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn query_password_info(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<PasswordInfoQueryDto>,
) -> Result<Response, Failure> {
    let query = PasswordInfoQuery { user_name: body.user_name, source_name: body.source_name };
    let info = state.service().query_password_info(&caller, query).await?;
    let account = |(id, name)| PasswordInfoAccount { account_id: Some(id), account_name: Some(name) };
    let answer = PasswordInfo {
        identity_id: Some(info.identity_id.into()),
        source_id: Some(info.source_id.into()),
        public_key_id: Some(info.public_key_id),
        public_key: Some(info.public_key),
        accounts: info.accounts.into_iter().map(account).collect(),
        policies: info.policies,
    };
    Ok(json(StatusCode::OK, &answer))
}
