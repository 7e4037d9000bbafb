//! The Password Manager's first page: every password of a person, and how its last change fares.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Timestamp;
use passwright_app::password_manager::{PasswordRow, RowAccount, RowKind};
use passwright_app::passwords::PasswordChange;

use super::answer::{page, redirect_to};
use super::language::Language;
use super::look::{Look, Place};
use super::visit::Visit;
use super::words::{self, StateWords};
use crate::error::Failure;
use crate::state::AppState;

/// Changes that are listed.
const RECENT: usize = 5;

#[derive(Template)]
#[template(path = "password_manager.html")]
struct ManagerTemplate<'a> {
    look: Look,
    title: &'a str,
    sections: Vec<Section<'a>>,
    recent: Vec<Recent>,
}

/// Rows of one kind.
struct Section<'a> {
    heading: &'a str,
    about: &'a str,
    rows: Vec<ShownRow>,
}

struct ShownRow {
    row: PasswordRow,
    /// The accounts that have something to tell.
    accounts: Vec<ShownAccount>,
    /// Where the row's last change is shown.
    last: Option<String>,
    expired: bool,
}

impl ShownRow {
    /// One application that the row is named after says nothing new.
    fn several_applications(&self) -> bool {
        self.row.applications.iter().any(|name| *name != self.row.name)
    }

    /// And so does one system without a change.
    fn tells_of_systems(&self) -> bool {
        self.accounts.iter().any(|account| account.state.is_some() || account.name != self.row.name)
    }
}

struct ShownAccount {
    name: String,
    state: Option<StateWords>,
    again_at: Option<Timestamp>,
}

/// A change that was asked for not long ago.
struct Recent {
    id: String,
    at: Timestamp,
    sources: String,
    state: StateWords,
}

pub(crate) async fn get_root(visit: Visit) -> Response {
    redirect_to(&visit, "/password-manager")
}

pub(crate) async fn get_password_manager(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let session = visit.signed_in()?;
    let (rows, changes) = state.service().list_password_rows(session, &visit.trace).await?;
    let now = state.service().now();
    let language = visit.language;
    let mut sections: Vec<Section<'_>> = Vec::new();
    for row in rows {
        let (heading, about) = headings(language, row.kind);
        let row = shown(language, row, now);
        match sections.last_mut().filter(|section| section.heading == heading) {
            Some(section) => section.rows.push(row),
            None => sections.push(Section { heading, about, rows: vec![row] }),
        }
    }
    let recent = changes.iter().take(RECENT).map(|change| recent(language, change)).collect();
    let look = Look::new(&state, &visit, Place::Passwords, "");
    let title = look.t("manager.title");
    Ok(page(StatusCode::OK, &ManagerTemplate { look, title, sections, recent }, None))
}

fn headings(language: &Language, kind: RowKind) -> (&'static str, &'static str) {
    match kind {
        RowKind::Group => (language.text("manager.groups"), language.text("manager.groups.about")),
        RowKind::MultiApplication => (language.text("manager.multi"), language.text("manager.multi.about")),
        RowKind::Application => (language.text("manager.applications"), language.text("manager.applications.about")),
        RowKind::SignIn => (language.text("manager.sign_in"), language.text("manager.sign_in.about")),
    }
}

fn shown(language: &Language, row: PasswordRow, now: Timestamp) -> ShownRow {
    let account = |account: &RowAccount| {
        let last = account.last.as_ref();
        ShownAccount {
            name: account.source_name.clone(),
            state: last.map(|last| words::state(language, last.state)),
            again_at: last.and_then(|last| last.next_attempt_at),
        }
    };
    let newest = row.accounts.iter().filter_map(|account| account.last.as_ref()).max_by_key(|last| last.id.to_string());
    ShownRow {
        accounts: row.accounts.iter().map(account).collect(),
        last: newest.map(|last| last.id.to_string()),
        expired: row.expires_at.is_some_and(|at| at <= now),
        row,
    }
}

fn recent(language: &Language, change: &PasswordChange) -> Recent {
    let mut names: Vec<String> = Vec::new();
    for target in &change.targets {
        if !names.contains(&target.source_name) {
            names.push(target.source_name.clone());
        }
    }
    Recent {
        id: change.id.to_string(),
        at: change.accepted_at,
        sources: language.listed(&names),
        state: overall(language, change),
    }
}

/// A whole change in a word.
pub(super) fn overall(language: &Language, change: &PasswordChange) -> StateWords {
    use passwright_app::passwords::ChangeState;
    let (key, icon, tone) = match change.state {
        ChangeState::InProgress => ("change.in_progress", "busy", "busy"),
        ChangeState::Finished => ("change.finished", "check", "good"),
        ChangeState::Failed if change.targets.iter().any(|target| target.state.is_confirmed()) => {
            ("change.partly", "again", "wait")
        }
        ChangeState::Failed => ("change.failed", "cross", "bad"),
    };
    StateWords { word: language.text(key), icon, tone }
}
