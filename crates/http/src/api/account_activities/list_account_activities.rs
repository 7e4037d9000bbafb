//! `GET /account-activities`

use axum::extract::State;
use axum::response::Response;
use passwright_app::Listing;
use passwright_app::account_activities::AccountActivityQuery;

use super::encode::encode;
use crate::error::{Failure, listing};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_account_activities(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let wanted = AccountActivityQuery {
        requested_for: query.text("requested-for")?,
        requested_by: query.text("requested-by")?,
        regarding: query.text("regarding-identity")?,
        collection: query.collection()?,
    };
    let found = state.service().list_account_activities(&caller, wanted).await?;
    let items: Vec<_> = found.items.into_iter().map(encode).collect();
    Ok(listing(&Listing { items, total: found.total }))
}
