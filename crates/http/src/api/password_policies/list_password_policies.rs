//! `GET /password-policies`

use axum::extract::State;
use axum::response::Response;
use passwright_app::Listing;

use super::encode::encode;
use crate::error::{Failure, listing};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_password_policies(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let found = state.service().list_password_policies(&caller, &query.collection()?).await?;
    let items: Vec<_> = found.items.iter().map(|policy| encode(policy, caller.api_version)).collect();
    Ok(listing(&Listing { items, total: found.total }))
}
