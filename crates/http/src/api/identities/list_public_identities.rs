//! `GET /public-identities`

use axum::extract::State;
use axum::response::Response;
use passwright_app::Listing;

use super::encode::encode_public;
use crate::error::{Failure, listing};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_public_identities(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let complete = query.boolean("add-core-filters")?.unwrap_or(false);
    let found = state.service().list_public_identities(&caller, &query.collection()?, complete).await?;
    let items: Vec<_> = found.items.into_iter().map(encode_public).collect();
    Ok(listing(&Listing { items, total: found.total }))
}
