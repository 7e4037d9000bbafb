//! `POST /api/v1/password-policy/dry-run`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::passwords::{AccountVerdict, Password, PasswordDryRun};
use passwright_wire::native;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn dry_run_password(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<native::PasswordDryRun>,
) -> Result<Response, Failure> {
    let request = PasswordDryRun {
        identity_id: body.identity_id,
        source_id: body.source_id,
        account_id: body.account_id,
        password: Password::new(body.password),
    };
    let accounts: Vec<_> = state.service().dry_run_password(&caller, request).await?.into_iter().map(verdict).collect();
    let acceptable = accounts.iter().all(|account| account.broken_rules.is_empty());
    Ok(json(StatusCode::OK, &native::PasswordDryRunResponse { acceptable, accounts }))
}

fn verdict(verdict: AccountVerdict) -> native::AccountVerdict {
    let broken = verdict.broken.into_iter();
    native::AccountVerdict {
        source_id: verdict.source_id.into(),
        source_name: verdict.source_name,
        account_id: verdict.native_identity,
        account_name: verdict.account_name,
        broken_rules: broken
            .map(|broken| native::BrokenRule { rule: broken.rule.code().to_owned(), message: broken.message })
            .collect(),
    }
}
