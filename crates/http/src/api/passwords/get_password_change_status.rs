//! `GET /password-change-status/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Error;
use passwright_wire::{PasswordChangeState, PasswordStatus};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn get_password_change_status(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let status = state.service().get_password_change_status(&caller, &id).await?;
    let answer = PasswordStatus {
        request_id: Some(status.id.into()),
        state: wire_state(status.state.as_str())?,
        errors: status.errors,
        source_ids: status.source_ids.into_iter().map(String::from).collect(),
    };
    Ok(json(StatusCode::OK, &answer))
}

/// The states have the same names inside and on the wire.
fn wire_state(name: &str) -> Result<PasswordChangeState, Error> {
    [PasswordChangeState::InProgress, PasswordChangeState::Finished, PasswordChangeState::Failed]
        .into_iter()
        .find(|state| state.as_str() == name)
        .ok_or_else(|| Error::Internal(format!("state {name} is not on the wire")))
}

#[cfg(test)]
mod tests {
    use passwright_domain::change::ChangeState;

    use super::*;

    #[test]
    fn every_state_is_on_the_wire() {
        let cases = [
            (ChangeState::InProgress, PasswordChangeState::InProgress),
            (ChangeState::Finished, PasswordChangeState::Finished),
            (ChangeState::Failed, PasswordChangeState::Failed),
        ];
        for (inside, wire) in cases {
            assert_eq!(wire_state(inside.as_str()).unwrap(), wire);
        }
    }
}
