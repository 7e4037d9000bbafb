//! `GET /user-apps/all`

use axum::extract::State;
use axum::response::Response;
use passwright_app::Listing;

use super::encode::encode_of_user;
use crate::error::{Failure, listing};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_all_user_apps(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let found = state.service().list_all_user_applications(&caller, &query.collection()?).await?;
    let items: Vec<_> = found.items.into_iter().map(encode_of_user).collect();
    Ok(listing(&Listing { items, total: found.total }))
}
