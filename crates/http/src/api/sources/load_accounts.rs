//! `POST /sources/{id}/load-accounts`

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::aggregations::{Aggregation, LoadAccounts};
use passwright_app::passwords::rfc3339;
use passwright_wire::source::{LoadAccountsReturn, LoadAccountsTask, LoadAccountsTaskBody};
use serde_json::json;

use crate::error::{Failure, json as answer};
use crate::extract::{Authenticated, PathId, accounts_form};
use crate::state::AppState;

/// The body may be long, so it is read only for one who may.
pub(crate) async fn load_accounts(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    request: Request,
) -> Result<Response, Failure> {
    let service = state.service();
    service.may_load_accounts(&caller, &id).await?;
    let form = accounts_form(request).await?;
    let wanted =
        LoadAccounts { file: form.file, reprocess: form.disable_optimization, confirm_removals: form.confirm_removals };
    let started = service.load_accounts(&caller, &id, wanted).await?;
    Ok(answer(StatusCode::ACCEPTED, &encode(started)))
}

/// What the counts of the task are called; the vendor's names.
const RETURNS: [(&str, &str); 4] = [
    ("TASK_OUT_ACCOUNT_AGGREGATION_APPLICATIONS", "applications"),
    ("TASK_OUT_ACCOUNT_AGGREGATION_TOTAL", "total"),
    ("TASK_OUT_ACCOUNT_AGGREGATION_CREATED", "created"),
    ("TASK_OUT_ACCOUNT_AGGREGATION_UPDATED", "updated"),
];

fn encode(started: Aggregation) -> LoadAccountsTask {
    let optimized = if started.optimized { "enabled" } else { "disabled" };
    let at = rfc3339(started.started_at);
    let returns = RETURNS
        .map(|(label, name)| LoadAccountsReturn { display_label: label.to_owned(), attribute_name: name.to_owned() });
    LoadAccountsTask {
        success: true,
        task: LoadAccountsTaskBody {
            id: started.id.into(),
            kind: "QUARTZ".to_owned(),
            name: "Cloud Account Aggregation".to_owned(),
            description: "Aggregate from the specified application".to_owned(),
            launcher: started.actor,
            created: at.clone(),
            launched: Some(at),
            completed: None,
            completion_status: None,
            parent_name: None,
            messages: Vec::new(),
            progress: Some("Reading accounts".to_owned()),
            attributes: json!({ "appId": started.source_id.as_str(), "optimizedAggregation": optimized }),
            returns: returns.into(),
        },
    }
}
