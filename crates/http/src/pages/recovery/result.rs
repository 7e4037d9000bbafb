//! What became of the new password in each system, for the browser that set it: nobody is signed in by a reset.

use axum::extract::State;
use axum::response::Response;
use passwright_app::Error;

use super::super::changes::{self, Around, Reader};
use super::super::look::Look;
use super::super::visit::Visit;
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

pub(crate) async fn get_result(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let browser = visit.browser().ok_or(Error::NotFound)?;
    let change = state.service().show_reset(&browser, &id).await?;
    let look = Look::stranger(&visit, "", "");
    let around = Around {
        events: format!("/recovery/changes/{id}/events"),
        back: "/sign-in",
        back_words: look.t("recovery.to_sign_in"),
        kept_words: look.t("recovery.result.kept"),
    };
    changes::show(&state, &visit, look, &[change], around).await
}

pub(crate) async fn watch_result(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let browser = visit.browser().ok_or(Error::NotFound)?;
    let change = state.service().show_reset(&browser, &id).await?;
    changes::watch(state, visit, vec![change], Reader::Browser { browser, id })
}
