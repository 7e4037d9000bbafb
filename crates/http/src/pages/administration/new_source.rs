//! Connecting a system step by step: which kind, where and as whom, whether it answers, and then it is kept.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Error;
use passwright_app::oauth::Password;
use passwright_app::sources::DraftCredential;

use super::super::answer::{page, redirect_to};
use super::super::look::Look;
use super::super::visit::Visit;
use super::source_form::{Draft, KINDS};
use super::sources::{Finding, finding, kind};
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "admin_new_source.html")]
struct NewSourceTemplate<'a> {
    look: Look,
    title: &'a str,
    /// 1 to 3.
    step: u8,
    step_words: String,
    kinds: Vec<(&'static str, String, &'static str)>,
    kind: &'a str,
    kind_words: String,
    draft: Draft,
    fault: Option<String>,
    found: Option<Finding>,
    sealed: String,
    /// Files with authorities that other sources name.
    ca_files: Vec<String>,
}

pub(crate) async fn get_new_source(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let chosen = KINDS.iter().find(|kind| **kind == visit.query.text("kind")).copied().unwrap_or_default();
    show(&state, &visit, StatusCode::OK, Shown { kind: chosen, ..Shown::default() }).await
}

pub(crate) async fn post_new_source(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let (service, session) = (state.service(), visit.signed_in()?);
    let form = &visit.form;
    let Some(kind) = KINDS.iter().find(|kind| **kind == form.text("kind")).copied() else {
        return Ok(redirect_to(&visit, "/admin/sources/new"));
    };
    let draft = Draft::of(form);
    let shown = Shown { kind, draft: draft.clone(), ..Shown::default() };
    let fields = draft.fields(kind);
    let done = match form.text("do") {
        "save" => {
            let made = service.create_source_of_draft(session, fields, form.text("sealed"), &visit.trace).await;
            made.map(|made| {
                redirect_to(&visit, &format!("/admin/sources/{}?done=created", made.id.unwrap_or_default()))
            })
        }
        "edit" => return show(&state, &visit, StatusCode::OK, shown).await,
        _ => {
            let credential = DraftCredential::Typed(Password::new(form.text("password").to_owned()));
            match service.check_source_draft(session, fields, credential, &visit.trace).await {
                Ok(checked) => {
                    let found = Some(finding(visit.language, &checked.check));
                    let shown = Shown { found, sealed: checked.sealed, ..shown };
                    return show(&state, &visit, StatusCode::OK, shown).await;
                }
                Err(error) => Err(error),
            }
        }
    };
    match done {
        Ok(answer) => Ok(answer),
        Err(Error::BadRequest { message, .. }) => {
            show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, Shown { fault: Some(message), ..shown }).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Default)]
struct Shown {
    kind: &'static str,
    draft: Draft,
    fault: Option<String>,
    found: Option<Finding>,
    sealed: String,
}

async fn show(state: &AppState, visit: &Visit, status: StatusCode, shown: Shown) -> Result<Response, Failure> {
    let Shown { kind: chosen, draft, fault, found, sealed } = shown;
    let caller = visit.signed_in()?.caller(&visit.trace);
    let ca_files = state.service().list_ca_files(&caller).await?;
    let look = Look::administration(state, visit, "sources");
    let language = visit.language;
    let step = match (chosen.is_empty(), found.is_some()) {
        (true, _) => 1,
        (false, false) => 2,
        (false, true) => 3,
    };
    let about = |of: &str| match of {
        "ldap" => language.text("admin.kind.ldap.about"),
        _ => language.text("admin.kind.active_directory.about"),
    };
    let template = NewSourceTemplate {
        title: look.t("admin.new_source"),
        step,
        step_words: language.with("admin.step", &[("step", &step.to_string()), ("all", "3")]),
        kinds: KINDS.iter().map(|of| (*of, kind(language, of), about(of))).collect(),
        kind: chosen,
        kind_words: kind(language, chosen),
        look,
        draft,
        fault,
        found,
        sealed,
        ca_files,
    };
    Ok(page(status, &template, None))
}
