//! `GET /api/v1/password-changes/{id}/events`: the change as server-sent events (WHATWG HTML section 9.2), one for each
//! step, each whole. The stream ends with the change.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use passwright_app::passwords::PasswordChange;
use passwright_app::{ApiVersion, Error, Trace};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::encode::encode;
use crate::error::Failure;
use crate::extract::{Authenticated, PathId, bearer};
use crate::state::AppState;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Between two looks at the change.
const LOOK: Duration = Duration::from_millis(500);
/// Between two comments that show the connection is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long to stay away when every place is taken.
const RETRY_AFTER: Duration = Duration::from_secs(5);

pub(crate) async fn watch_password_change(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let change = state.service().get_password_change(&caller, &id).await?;
    let place = state.streams().enter().ok_or(Error::TooManyRequests { retry_after: RETRY_AFTER })?;
    let seen = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    let watcher = Watcher {
        closed: state.streams().closed(),
        state,
        token: bearer(&headers).unwrap_or_default().to_owned(),
        tracking_id: caller.tracking_id.clone(),
        id,
        next: Some(change),
        last: None,
        seen,
        _place: place,
    };
    let events = stream::unfold(watcher, |mut watcher| async {
        let event = watcher.event().await?;
        Some((Ok::<_, Infallible>(event), watcher))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("")).into_response())
}

struct Watcher {
    state: AppState,
    token: String,
    tracking_id: Trace,
    id: String,
    /// Read and not looked at yet.
    next: Option<PasswordChange>,
    /// The one that was told last.
    last: Option<PasswordChange>,
    /// The version that the client had before this stream.
    seen: Option<u64>,
    closed: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl Watcher {
    /// The next event; `None` at the end.
    async fn event(&mut self) -> Option<Event> {
        if self.last.as_ref().is_some_and(PasswordChange::has_ended) {
            return None;
        }
        loop {
            let change = match self.next.take() {
                Some(change) => change,
                None => self.look().await?,
            };
            let told = self.last.replace(change.clone());
            let known = match told {
                Some(told) => told == change,
                None => self.seen == Some(change.version),
            };
            if !known {
                let id = change.version.to_string();
                return Event::default().id(id).event("change").json_data(encode(change)).ok();
            }
            if change.has_ended() {
                return None;
            }
        }
    }

    /// Looks again after a while. The caller must still be one who may: a revocation takes effect here too. A fault ends the
    /// stream, and the client comes back.
    async fn look(&mut self) -> Option<PasswordChange> {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = self.closed.wait_for(|closed| *closed) => return None,
        }
        let service = self.state.service();
        let (caller, _) =
            service.recognise(Some(self.token.as_str()), ApiVersion::Native, &self.tracking_id).await.ok()?;
        service.get_password_change(&caller, &self.id).await.ok()
    }
}
