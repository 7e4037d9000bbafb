//! `GET /user-apps/{id}/available-accounts`

use axum::extract::State;
use axum::response::Response;
use passwright_app::Listing;
use passwright_wire::application::{AppAccountDetails, AppAccountDetailsSourceAccount};

use crate::error::{Failure, listing};
use crate::extract::{Authenticated, PathId, Query};
use crate::state::AppState;

pub(crate) async fn list_available_accounts(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    query: Query,
) -> Result<Response, Failure> {
    let (app, found) = state.service().list_available_accounts(&caller, &id, &query.collection()?).await?;
    let items = found.items.into_iter().map(|account| AppAccountDetails {
        app_id: app.application.0.to_string(),
        app_display_name: app.application.1.clone(),
        source_account: AppAccountDetailsSourceAccount {
            id: account.id.into(),
            native_identity: account.native_identity,
            display_name: account.name,
            source_id: account.source_id.into(),
            source_display_name: account.source_name,
        },
    });
    Ok(listing(&Listing { items: items.collect::<Vec<_>>(), total: found.total }))
}
