use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Timestamp;
use passwright_app::administration::{Condition, SourceState};
use passwright_app::sources::SourceCheck;

use super::super::answer::{page, redirect_to};
use super::super::language::Language;
use super::super::look::Look;
use super::super::visit::Visit;
use super::super::words::StateWords;
use super::back::{back, done};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "admin_sources.html")]
struct SourcesTemplate<'a> {
    look: Look,
    title: &'a str,
    sources: Vec<Line>,
    done: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "admin_source.html")]
struct SourceTemplate<'a> {
    look: Look,
    title: &'a str,
    source: Line,
    done: Option<&'a str>,
    found: Option<Finding>,
    /// Settings as they are stored, without the credential.
    settings: Vec<(String, String)>,
}

/// A source in words.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) kind: String,
    pub(super) group: Option<String>,
    pub(super) state: StateWords,
    /// Why, where there is something to say; from the system, in English.
    pub(super) reason: String,
    pub(super) detail: String,
    pub(super) built_in: bool,
    pub(super) can_be_checked: bool,
    pub(super) stopped: Option<(Timestamp, Timestamp)>,
    pub(super) waiting: String,
    pub(super) checked_at: Option<Timestamp>,
    pub(super) confirmed_at: Option<Timestamp>,
}

/// What a check found.
pub(super) struct Finding {
    pub(super) answered: bool,
    pub(super) heading: String,
    pub(super) class: &'static str,
    pub(super) reason: String,
    pub(super) detail: String,
}

pub(crate) async fn get_administration(visit: Visit) -> Response {
    redirect_to(&visit, "/admin/sources")
}

pub(crate) async fn list_sources(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let sources = state.service().list_source_states(&caller).await?;
    let look = Look::administration(&state, &visit, "sources");
    let sources = sources.into_iter().map(|source| line(visit.language, source)).collect();
    let (title, done) = (look.t("admin.sources"), done(&visit, &look));
    Ok(page(StatusCode::OK, &SourcesTemplate { look, title, sources, done }, None))
}

pub(crate) async fn get_source(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    show(&state, &visit, &id, None).await
}

pub(crate) async fn check_source(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let check = state.service().check_source(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    show(&state, &visit, &id, Some(check)).await
}

pub(crate) async fn resume_source(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let check = state.service().resume_stopped_source(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    if check.fault.is_none() {
        return Ok(back(&visit, &format!("/admin/sources/{id}"), "resumed"));
    }
    show(&state, &visit, &id, Some(check)).await
}

async fn show(state: &AppState, visit: &Visit, id: &str, check: Option<SourceCheck>) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let source = state.service().get_source_state(&caller, id).await?;
    let fields = state.service().get_source(&caller, id).await?;
    let look = Look::administration(state, visit, "sources");
    let title = source.name.clone();
    let settings = fields.connector_attributes.unwrap_or_default();
    let template = SourceTemplate {
        title: &title,
        source: line(visit.language, source),
        done: done(visit, &look),
        found: check.map(|check| finding(visit.language, &check)),
        settings: settings.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        look,
    };
    Ok(page(StatusCode::OK, &template, None))
}

/// A value without the quotation marks of JSON.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// What a check found, in words; the exact fault is the system's own.
pub(super) fn finding(language: &Language, check: &SourceCheck) -> Finding {
    let milliseconds = check.elapsed.as_millis().to_string();
    match &check.fault {
        None => Finding {
            answered: true,
            heading: language.with("admin.check.answered", &[("ms", &milliseconds)]),
            class: "",
            reason: String::new(),
            detail: String::new(),
        },
        Some((class, reason, detail)) => Finding {
            answered: false,
            heading: language.text("admin.check.fault").to_owned(),
            class: language.text(match *class {
                "transient" => "admin.fault.transient",
                "refused" => "admin.fault.refused",
                "permanent" => "admin.fault.permanent",
                _ => "admin.fault.configuration",
            }),
            reason: reason.clone(),
            detail: detail.clone(),
        },
    }
}

pub(super) fn line(language: &Language, source: SourceState) -> Line {
    let mut stopped = None;
    let (mut reason, mut detail) = (String::new(), String::new());
    let (key, icon, tone) = match source.condition {
        Condition::Stopped { reason: why, detail: exact, since, probe_at } => {
            (reason, detail, stopped) = (why, exact, Some((since, probe_at)));
            ("admin.source.stopped", "cross", "bad")
        }
        Condition::Unusable { reason: why, detail: exact } => {
            (reason, detail) = (why, exact);
            ("admin.source.unusable", "cross", "bad")
        }
        Condition::Paused { reason: why, left } => {
            reason = why;
            detail = language.with("admin.source.paused.left", &[("seconds", &left.as_secs().to_string())]);
            ("admin.source.paused", "wait", "wait")
        }
        Condition::Faulty => ("admin.source.faulty", "cross", "bad"),
        Condition::Works => ("admin.source.works", "check", "good"),
        Condition::Unchecked => ("admin.source.unchecked", "open", "wait"),
    };
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let waiting = match (source.waiting, source.retrying) {
        (0, _) => language.text("admin.source.idle").to_owned(),
        (waiting, 0) => language.counted("admin.source.waiting", number(waiting), &[]),
        (waiting, retrying) => {
            let retrying = retrying.to_string();
            language.counted("admin.source.retrying", number(waiting), &[("retrying", &retrying)])
        }
    };
    Line {
        kind: kind(language, &source.kind),
        built_in: source.built_in,
        can_be_checked: !source.built_in && stopped.is_none(),
        state: StateWords { word: language.text(key), icon, tone },
        id: source.id,
        name: source.name,
        description: source.description,
        group: source.group,
        reason,
        detail,
        stopped,
        waiting,
        checked_at: source.checked_at,
        confirmed_at: source.confirmed_at,
    }
}

/// The kind of a connector in words.
pub(super) fn kind(language: &Language, kind: &str) -> String {
    let key = match kind {
        "active_directory" => "admin.kind.active_directory",
        "ldap" => "admin.kind.ldap",
        "sql" => "admin.kind.sql",
        "scim" => "admin.kind.scim",
        "htpasswd" => "admin.kind.htpasswd",
        "csv" => "admin.kind.csv",
        "built_in" => "admin.kind.built_in",
        other => return other.to_owned(),
    };
    language.text(key).to_owned()
}
