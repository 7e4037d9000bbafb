use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::administration::{FoundChange, PasswordChangeSearch, WantedChanges};
use passwright_app::held::HeldChanges;
use passwright_app::passwords::TargetState;
use passwright_app::{Error, Timestamp};

use super::super::answer::page;
use super::super::language::Language;
use super::super::look::Look;
use super::super::password_manager::overall;
use super::super::visit::Visit;
use super::super::words::{self, StateWords};
use super::back::{back, done};
use super::party::{Choice, choices, query};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

const PLACE: &str = "/admin/changes";

#[derive(Template)]
#[template(path = "admin_changes.html")]
struct ChangesTemplate<'a> {
    look: Look,
    title: &'a str,
    done: Option<&'a str>,
    person: &'a str,
    state: &'a str,
    source: &'a str,
    states: Vec<(&'static str, &'static str)>,
    sources: Vec<(String, String)>,
    about_person: Option<&'a str>,
    choices: Vec<Choice>,
    changes: Vec<Line>,
    newer: Option<String>,
    older: Option<String>,
}

impl ChangesTemplate<'_> {
    /// The same search for another person.
    fn of_person(&self, alias: &str) -> String {
        query(&[("person", alias), ("state", self.state), ("source", self.source)])
    }
}

/// A change in words.
struct Line {
    id: String,
    person: String,
    /// Where the help desk shows the person.
    person_id: Option<String>,
    actor: String,
    at: Timestamp,
    state: StateWords,
    held: bool,
    can_be_retried: bool,
    can_be_cancelled: bool,
    targets: Vec<Target>,
}

struct Target {
    source: String,
    account: String,
    state: StateWords,
    reason: String,
    attempts: String,
    again_at: Option<Timestamp>,
}

/// What a filter's value is called, and what it finds.
const STATES: [(&str, &str, WantedChanges); 6] = [
    ("", "admin.changes.all", WantedChanges::All),
    ("open", "admin.changes.open", WantedChanges::Open),
    ("retrying", "admin.changes.retrying", WantedChanges::Retrying),
    ("held", "admin.changes.held", WantedChanges::Held),
    ("failed", "admin.changes.failed", WantedChanges::Failed),
    ("finished", "admin.changes.finished", WantedChanges::Finished),
];

pub(crate) async fn list_changes(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let (person, source) = (visit.query.text("person"), visit.query.text("source"));
    let chosen = STATES.iter().find(|(name, ..)| *name == visit.query.text("state")).unwrap_or(&STATES[0]);
    let at: u32 = visit.query.text("page").parse().unwrap_or_default();
    let search =
        PasswordChangeSearch { person: person.to_owned(), source: source.to_owned(), wanted: chosen.2, page: at };
    let found = state.service().search_password_changes(&caller, &search).await?;
    let sources = state.service().list_source_states(&caller).await?;
    let look = Look::administration(&state, &visit, "changes");
    let language = visit.language;
    let other = |page: u32| {
        let page = page.to_string();
        let page = if page == "0" { "" } else { page.as_str() };
        query(&[("person", person), ("state", chosen.0), ("source", source), ("page", page)])
    };
    let (about_person, choices) = choices(&look, &found.who);
    let template = ChangesTemplate {
        title: look.t("admin.changes"),
        done: done(&visit, &look),
        person,
        state: chosen.0,
        source,
        states: STATES.iter().map(|(name, key, _)| (*name, language.text(key))).collect(),
        sources: sources.into_iter().map(|source| (source.id, source.name)).collect(),
        about_person,
        choices,
        changes: found.changes.iter().map(|change| line(language, change)).collect(),
        newer: at.checked_sub(1).map(other),
        older: found.more.then(|| other(at.saturating_add(1))),
        look,
    };
    Ok(page(StatusCode::OK, &template, None))
}

fn line(language: &Language, found: &FoundChange) -> Line {
    let change = &found.change;
    let held = change.held_at.is_some();
    let retrying = |state| state == TargetState::Retrying;
    let open = |state| matches!(state, TargetState::Waiting | TargetState::Retrying);
    let targets = change.targets.iter().map(|target| Target {
        source: target.source_name.clone(),
        account: target.account_name.clone(),
        state: words::state(language, target.state),
        reason: target.reason.clone(),
        attempts: match target.attempts {
            0 => String::new(),
            count => language.counted("admin.attempts", usize::try_from(count).unwrap_or(usize::MAX), &[]),
        },
        again_at: target.next_attempt_at,
    });
    let state = if held {
        StateWords { word: language.text("admin.changes.held"), icon: "lock", tone: "wait" }
    } else {
        overall(language, change)
    };
    Line {
        id: change.id.to_string(),
        person: found.person.as_ref().map_or_else(|| change.identity_id.to_string(), |person| person.name.clone()),
        person_id: found.person.as_ref().map(|person| person.id.to_string()),
        actor: match found.actor.strip_prefix("identity:") {
            Some(id) if id == change.identity_id.to_string() => language.text("admin.actor.self").to_owned(),
            _ => found.actor.clone(),
        },
        at: change.accepted_at,
        state,
        held,
        can_be_retried: !held && !change.has_ended() && change.targets.iter().any(|target| retrying(target.state)),
        can_be_cancelled: !held
            && !change.has_ended()
            && change.targets.iter().any(|target| open(target.state) && !target.maybe_written),
        targets: targets.collect(),
    }
}

pub(crate) async fn retry_change(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    match state.service().retry_password_change(&caller, &id).await {
        Ok(_) => Ok(back(&visit, PLACE, "retried")),
        Err(Error::Conflict(_)) => Ok(back(&visit, PLACE, "nothing")),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn cancel_change(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    match state.service().cancel_password_change(&caller, &id).await {
        Ok(_) => Ok(back(&visit, PLACE, "cancelled")),
        Err(Error::Conflict(_)) => Ok(back(&visit, PLACE, "nothing")),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn release_change(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let released = state.service().release_held_changes(&caller, only(id)).await?;
    Ok(back(&visit, PLACE, if released == 0 { "nothing" } else { "released" }))
}

pub(crate) async fn cancel_held(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let cancelled = state.service().cancel_held_changes(&caller, only(id)).await?;
    Ok(back(&visit, PLACE, if cancelled == 0 { "nothing" } else { "cancelled" }))
}

fn only(id: String) -> HeldChanges {
    HeldChanges { change_ids: Some(vec![id]), all: false }
}
