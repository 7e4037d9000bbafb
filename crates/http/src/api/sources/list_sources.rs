//! `GET /sources`

use axum::extract::State;
use axum::response::Response;
use passwright_app::sources::SourceListing;

use crate::error::{Failure, listing};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_sources(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let which = SourceListing {
        include_built_in: query.boolean("includeIDNSource")?.unwrap_or(false),
        for_subadmin: query.text("for-subadmin")?,
    };
    let found = state.service().list_sources(&caller, &query.collection()?, &which).await?;
    Ok(listing(&found))
}
