//! A source that is there already: its name, and for the kinds that can be set up here where it is and as whom it is spoken to.
//! A new address needs the credential again; the stored one is sent to no other.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Error;
use passwright_app::sources::{CREDENTIAL, SourceFields};
use serde_json::{Value, json};

use super::super::answer::page;
use super::super::look::Look;
use super::super::visit::Visit;
use super::back::back;
use super::source_form::{Draft, KINDS};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "admin_edit_source.html")]
struct EditSourceTemplate<'a> {
    look: Look,
    title: String,
    id: &'a str,
    draft: Draft,
    /// Whether its connection can be set here.
    connection: bool,
    ca_files: Vec<String>,
    fault: Option<String>,
}

pub(crate) async fn get_edit_source(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let fields = state.service().get_source(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    let draft = Draft::of_source(&fields);
    show(&state, &visit, StatusCode::OK, &id, &fields, draft, None).await
}

pub(crate) async fn post_edit_source(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let (service, caller) = (state.service(), visit.signed_in()?.caller(&visit.trace));
    let stored = service.get_source(&caller, &id).await?;
    let draft = Draft::of(&visit.form);
    let mut wanted =
        SourceFields { name: Some(draft.name.clone()), description: Some(draft.description.clone()), ..stored.clone() };
    if has_form(&stored) {
        let mut settings = stored.connector_attributes.clone().unwrap_or_default();
        draft.put_into(&mut settings);
        let typed = visit.form.text("password");
        settings.insert(CREDENTIAL.to_owned(), if typed.is_empty() { Value::Null } else { json!(typed) });
        wanted.connector_attributes = Some(settings);
    } else {
        wanted.connector_attributes = None;
    }
    match service.put_source(&caller, &id, wanted).await {
        Ok(_) => Ok(back(&visit, &format!("/admin/sources/{id}"), "saved")),
        Err(Error::BadRequest { message, .. }) => {
            show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, &id, &stored, draft, Some(message)).await
        }
        Err(error) => Err(error.into()),
    }
}

fn has_form(fields: &SourceFields) -> bool {
    fields.connector.as_deref().is_some_and(|kind| KINDS.contains(&kind))
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    id: &str,
    stored: &SourceFields,
    draft: Draft,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let ca_files = state.service().list_ca_files(&caller).await?;
    let look = Look::administration(state, visit, "sources");
    let name = stored.name.as_deref().unwrap_or_default();
    let title = visit.language.with("admin.edit_source.title", &[("name", name)]);
    let template = EditSourceTemplate { look, title, id, draft, connection: has_form(stored), ca_files, fault };
    Ok(page(status, &template, None))
}
