//! What became of a change in each system: a page that tells all of it, and with script goes on telling it by server-sent
//! events (WHATWG HTML section 9.2). Without script the page comes again by itself until the end.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use passwright_app::password_manager::Page;
use passwright_app::passwords::{PasswordChange, PasswordChangeTarget, TargetState};
use passwright_app::recovery::Browser;
use passwright_app::sessions::Session;
use passwright_app::{Error, Timestamp, Trace};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::answer::page;
use super::language::Language;
use super::look::{Look, Place};
use super::visit::Visit;
use super::words::{self, Sentence, StateWords};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

/// Changes that one page shows.
const MOST: usize = 20;
/// Between two looks.
const LOOK: Duration = Duration::from_millis(400);
/// Between two comments that show the connection is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
const RETRY_AFTER: Duration = Duration::from_secs(5);

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesTemplate<'a> {
    look: Look,
    title: &'a str,
    view: View,
    around: Around<'a>,
    /// What to quote at the help desk.
    reference: String,
    instruction: Option<String>,
}

/// What the page says and leads to besides.
pub(super) struct Around<'a> {
    /// Where the events come from, without what is before every path of ours.
    pub(super) events: String,
    pub(super) back: &'a str,
    pub(super) back_words: &'a str,
    /// How long this address shows it.
    pub(super) kept_words: &'a str,
}

/// All of it, in words, as it is shown and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct View {
    heading: &'static str,
    /// Of the whole.
    tone: &'static str,
    ended: bool,
    summary: Vec<Sentence>,
    targets: Vec<Line>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    name: String,
    account: String,
    state: &'static str,
    icon: &'static str,
    tone: &'static str,
    /// Why, where there is something to say; from the system, in English.
    reason: String,
    /// What the time is of.
    when: &'static str,
    /// RFC 3339.
    at: Option<String>,
    /// The time in words.
    at_words: String,
}

pub(crate) async fn get_changes(
    State(state): State<AppState>,
    PathId(ids): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let changes = read(&state, visit.signed_in()?, &ids, &visit.trace).await?;
    let look = Look::new(&state, &visit, Place::Passwords, "");
    let around = Around {
        events: format!("/password-manager/changes/{ids}/events"),
        back: "/password-manager",
        back_words: look.t("result.back"),
        kept_words: look.t("result.reload"),
    };
    show(&state, &visit, look, &changes, around).await
}

/// The page of changes that somebody may see.
pub(super) async fn show(
    state: &AppState,
    visit: &Visit,
    look: Look,
    changes: &[PasswordChange],
    around: Around<'_>,
) -> Result<Response, Failure> {
    let view = view(visit.language, changes);
    let instruction = state.service().page_instruction(Page::ChangePasswordFinish, visit.language.code).await?;
    let reference = changes.first().map(|change| change.id.to_string()).unwrap_or_default();
    let template = ChangesTemplate { title: view.heading, look, view, around, reference, instruction };
    Ok(page(StatusCode::OK, &template, None))
}

async fn read(state: &AppState, session: &Session, ids: &str, trace: &Trace) -> Result<Vec<PasswordChange>, Error> {
    let caller = session.caller(trace);
    let mut changes = Vec::new();
    for id in ids.split('.').take(MOST) {
        changes.push(state.service().get_password_change(&caller, id).await?);
    }
    Ok(changes)
}

fn view(language: &Language, changes: &[PasswordChange]) -> View {
    let targets: Vec<&PasswordChangeTarget> = changes.iter().flat_map(|change| &change.targets).collect();
    let until = changes.iter().map(PasswordChange::gives_up_at).max().unwrap_or_default();
    let ended = changes.iter().all(PasswordChange::has_ended);
    let held = changes.iter().any(|change| change.held_at.is_some());
    let confirmed = targets.iter().filter(|target| target.state.is_confirmed()).count();
    let retries = targets.iter().any(|target| target.state == TargetState::Retrying);
    let (key, tone) = match (ended, confirmed) {
        _ if held => ("result.held", "wait"),
        (false, _) if retries => ("result.retrying", "wait"),
        (false, _) => ("result.in_progress", "busy"),
        (true, n) if n == targets.len() => ("result.finished", "good"),
        (true, 0) => ("result.failed", "bad"),
        (true, _) => ("result.partly", "wait"),
    };
    View {
        heading: language.text(key),
        tone,
        ended,
        summary: words::summary(language, &targets, until),
        targets: targets.into_iter().map(|target| line(language, target)).collect(),
    }
}

fn line(language: &Language, target: &PasswordChangeTarget) -> Line {
    let StateWords { word, icon, tone } = words::state(language, target.state);
    let (when, at): (&'static str, Option<Timestamp>) = match (target.next_attempt_at, target.ended_at) {
        (Some(at), _) => (language.text("result.again_at"), Some(at)),
        (None, Some(at)) => (language.text("result.since"), Some(at)),
        (None, None) => ("", None),
    };
    Line {
        name: target.source_name.clone(),
        account: target.account_name.clone(),
        state: word,
        icon,
        tone,
        reason: target.reason.clone(),
        when,
        at: at.map(|at| passwright_app::passwords::rfc3339(at.rounded_up_to_second())),
        at_words: at.map(|at| language.time(at)).unwrap_or_default(),
    }
}

pub(crate) async fn watch_changes(
    State(state): State<AppState>,
    PathId(ids): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let session = visit.signed_in()?.clone();
    let changes = read(&state, &session, &ids, &visit.trace).await?;
    watch(state, visit, changes, Reader::Person { session: Box::new(session), ids })
}

/// Events of changes that somebody may see.
pub(super) fn watch(
    state: AppState,
    visit: Visit,
    changes: Vec<PasswordChange>,
    reader: Reader,
) -> Result<Response, Failure> {
    let place = state.streams().enter().ok_or(Error::TooManyRequests { retry_after: RETRY_AFTER })?;
    let watcher = Watcher {
        closed: state.streams().closed(),
        next: Some(changes),
        told: None,
        language: visit.language,
        trace: visit.trace,
        state,
        reader,
        _place: place,
    };
    let events = stream::unfold(watcher, |mut watcher| async {
        let event = watcher.event().await?;
        Some((Ok::<_, Infallible>(event), watcher))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("")).into_response())
}

/// By what right the changes are read, again and again.
pub(super) enum Reader {
    /// A person's own, as long as the session goes on.
    Person { session: Box<Session>, ids: String },
    /// The one of a browser's reset.
    Browser { browser: Browser, id: String },
}

struct Watcher {
    state: AppState,
    reader: Reader,
    trace: Trace,
    language: &'static Language,
    /// Read and not told yet.
    next: Option<Vec<PasswordChange>>,
    told: Option<View>,
    closed: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl Watcher {
    /// The next event; `None` at the end.
    async fn event(&mut self) -> Option<Event> {
        if self.told.as_ref().is_some_and(|told| told.ended) {
            return None;
        }
        loop {
            let changes = match self.next.take() {
                Some(changes) => changes,
                None => self.look().await?,
            };
            let view = view(self.language, &changes);
            if self.told.as_ref() != Some(&view) {
                self.told = Some(view.clone());
                return Event::default().event("view").json_data(view).ok();
            }
        }
    }

    /// Looks again after a while, as long as that is allowed. A fault ends the stream, and the browser comes back.
    async fn look(&mut self) -> Option<Vec<PasswordChange>> {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = self.closed.wait_for(|closed| *closed) => return None,
        }
        match &self.reader {
            Reader::Person { session, ids } => {
                let goes_on = self.state.service().session_goes_on(session).await.ok()??;
                read(&self.state, &goes_on, ids, &self.trace).await.ok()
            }
            Reader::Browser { browser, id } => {
                self.state.service().show_reset(browser, id).await.ok().map(|change| vec![change])
            }
        }
    }
}
