//! What happens around every handler: the tracking id, the caller, a bound on time, panics, headers, metrics, the log.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use passwright_app::{Caller, Trace};

use crate::error::{Failure, take_failure};
use crate::extract::bearer;
use crate::front::Connection;
use crate::pages::{FailurePage, Need, arrive};
use crate::routes::{Access, Route};
use crate::state::AppState;

/// From the end of a request's header to its answer, reading of the body included.
const REQUEST_TIME: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("slpt-request-id");

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Browsers stay with https for a year. Sent over https only (RFC 6797 section 7.2).
const STAY_WITH_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Names the client in the log line of a route that knows it only after its work, such as the token endpoint.
#[derive(Clone)]
pub(crate) struct LoggedClient(pub(crate) String);

/// Answers one request.
pub(crate) async fn exchange<H, T>(route: Arc<Route>, state: AppState, request: Request, handler: H) -> Response
where
    H: Handler<T, AppState>,
    T: 'static,
{
    let started = Instant::now();
    let method = request.method().clone();
    // A request made in process has no connection.
    let origin = request.extensions().get::<Connection>().map(|connection| connection.origin(request.headers()));
    let tracking_id = state.service().tracking_id();
    let mut recognised = Recognised::default();
    let for_people = matches!(route.access, Access::Page(_)).then(|| request.headers().clone());
    let trace = Trace { id: tracking_id.clone(), address: origin.map(|origin| origin.address) };
    let work = admit(&route, state.clone(), request, handler, trace, &mut recognised);
    // A handler that panicked is dropped with all it held, so nothing half-changed is seen again.
    let work = AssertUnwindSafe(work).catch_unwind();
    let mut response = match tokio::time::timeout(REQUEST_TIME, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Failure::Panicked.into_response(),
        Err(_) => Failure::TimedOut.into_response(),
    };
    if let Some(failure) = take_failure(&mut response) {
        failure.log(&tracking_id);
        response = failure.render(&tracking_id);
        if let Some(headers) = &for_people {
            response = FailurePage::instead_of(&response, headers, state.service(), &tracking_id);
        }
    }
    if let Some(cookie) = recognised.cookie.take().filter(|_| !response.headers().contains_key(SET_COOKIE)) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A page may have its own content security policy.
        headers.entry(name).or_insert(value);
    }
    if origin.is_some_and(|origin| origin.encrypted) {
        headers.insert(STRICT_TRANSPORT_SECURITY, STAY_WITH_HTTPS);
    }
    if let Ok(id) = HeaderValue::from_str(&tracking_id) {
        headers.insert(REQUEST_ID, id);
    }
    let refused = matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    if matches!(route.access, Access::Page(Need::Stranger)) || recognised.admitted && refused {
        pace(started).await;
    }
    let (status, duration) = (response.status(), started.elapsed());
    route.metrics.record(status, duration);
    let logged = response.extensions().get::<LoggedClient>().map(|LoggedClient(id)| id.as_str());
    tracing::info!(
        tracking.id = tracking_id,
        http.method = method.as_str(),
        http.route = route.template,
        http.status = status.as_u16(),
        duration_ms = duration.as_secs_f64() * 1000.0,
        client.address = origin.map(|origin| tracing::field::display(origin.address)),
        client.id = recognised.client().or(logged),
        "request"
    );
    response
}

/// Where the time of an answer could tell whether somebody exists, answers come in steps of this (requirement R46): reading a person
/// who is there takes microseconds longer than finding none. These are the answers to strangers' pages, and the refusals of handlers:
/// an operation reads the person or the client it is asked about before it decides.
const STEP: Duration = Duration::from_millis(10);

/// Waits for the end of the step that the time since `started` is in.
async fn pace(started: Instant) {
    let into = started.elapsed().as_nanos() % STEP.as_nanos();
    let into = Duration::from_nanos(u64::try_from(into).unwrap_or_default());
    tokio::time::sleep(STEP - into).await;
}

/// Whoever was recognised before the handler.
#[derive(Default)]
struct Recognised {
    /// The handler was reached: what is refused before knows nothing of whom it would be about.
    admitted: bool,
    caller: Option<Arc<Caller>>,
    /// A session's cookie that is to be set anew, unless the handler sets one.
    cookie: Option<HeaderValue>,
}

impl Recognised {
    fn client(&self) -> Option<&str> {
        self.caller.as_deref().map(Caller::client_id)
    }
}

/// Runs the handler once the route's access is satisfied.
async fn admit<H, T>(
    route: &Route,
    state: AppState,
    mut request: Request,
    handler: H,
    trace: Trace,
    recognised: &mut Recognised,
) -> Response
where
    H: Handler<T, AppState>,
    T: 'static,
{
    match route.access {
        Access::Public => {}
        Access::Token(version) => {
            let token = bearer(request.headers());
            match state.service().authenticate(token, version, &trace).await {
                Ok(caller) => {
                    let caller = Arc::new(caller);
                    recognised.caller = Some(caller.clone());
                    request.extensions_mut().insert(caller);
                }
                Err(error) => return Failure::from(error).into_response(),
            }
        }
        Access::Page(need) => match arrive(&state, request, need, &trace).await {
            Ok((arrived, cookie)) => {
                request = arrived;
                recognised.cookie = cookie;
            }
            Err(answer) => return *answer,
        },
    }
    request.extensions_mut().insert(trace);
    recognised.admitted = true;
    handler.call(request, state).await
}

/// Which request it is, and where it came from.
pub(crate) fn trace(request: &Request) -> Trace {
    request.extensions().get::<Trace>().cloned().unwrap_or_default()
}
