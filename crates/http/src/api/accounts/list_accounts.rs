//! `GET /accounts`

use axum::extract::State;
use axum::response::Response;
use passwright_app::Listing;

use super::encode::encode;
use crate::error::{Failure, listing};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_accounts(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let found = state.service().list_accounts(&caller, &query.collection()?).await?;
    let items: Vec<_> = found.items.into_iter().map(encode).collect();
    Ok(listing(&Listing { items, total: found.total }))
}
