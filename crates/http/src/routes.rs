//! How a route is declared. There is no other way to add one, so each says who may reach it and is in the OpenAPI document
//! and the metrics.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use passwright_app::{ApiVersion, Service};

use crate::error::Failure;
use crate::exchange::exchange;
use crate::metrics::{Metrics, RouteMetrics};
use crate::openapi::{self, Operation};
use crate::pages::Need;
use crate::state::AppState;
use crate::streams::Streams;

/// Who may reach a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anyone.
    Public,
    /// Who brings a bearer token; the request counts in the rate limit of this version. The handler runs only then.
    Token(ApiVersion),
    /// People with a browser; what goes wrong is a page too. A form is looked at only when it is one of ours.
    Page(Need),
}

/// A declared route.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// As axum writes it: `/beta/password-change-status/{id}`.
    pub(crate) template: String,
    pub(crate) access: Access,
    /// `None` for the pages, which are for people, and the two fallbacks.
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) metrics: RouteMetrics,
}

/// Routes being declared.
pub(crate) struct Routes {
    router: Router<AppState>,
    table: Vec<Arc<Route>>,
    metrics: Metrics,
}

impl Routes {
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), table: Vec::new(), metrics: Metrics::new() }
    }

    /// Adds a `GET` route; it answers `HEAD` too.
    pub(crate) fn get<H, T>(
        self,
        path: impl Into<String>,
        access: Access,
        operation: &'static Operation,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add((Method::GET, MethodFilter::GET), path.into(), access, Some(operation), handler)
    }

    /// Adds a `POST` route.
    pub(crate) fn post<H, T>(
        self,
        path: impl Into<String>,
        access: Access,
        operation: &'static Operation,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add((Method::POST, MethodFilter::POST), path.into(), access, Some(operation), handler)
    }

    /// Adds a `PUT` route.
    pub(crate) fn put<H, T>(
        self,
        path: impl Into<String>,
        access: Access,
        operation: &'static Operation,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add((Method::PUT, MethodFilter::PUT), path.into(), access, Some(operation), handler)
    }

    /// Adds a `PATCH` route.
    pub(crate) fn patch<H, T>(
        self,
        path: impl Into<String>,
        access: Access,
        operation: &'static Operation,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add((Method::PATCH, MethodFilter::PATCH), path.into(), access, Some(operation), handler)
    }

    /// Adds a `DELETE` route.
    pub(crate) fn delete<H, T>(
        self,
        path: impl Into<String>,
        access: Access,
        operation: &'static Operation,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add((Method::DELETE, MethodFilter::DELETE), path.into(), access, Some(operation), handler)
    }

    /// Adds a page.
    pub(crate) fn page<H, T>(self, path: &str, need: Need, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add((Method::GET, MethodFilter::GET), path.to_owned(), Access::Page(need), None, handler)
    }

    /// Adds what a form is sent to.
    pub(crate) fn form<H, T>(self, path: &str, need: Need, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add((Method::POST, MethodFilter::POST), path.to_owned(), Access::Page(need), None, handler)
    }

    fn add<H, T>(
        mut self,
        (method, filter): (Method, MethodFilter),
        template: String,
        access: Access,
        operation: Option<&'static Operation>,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let metrics = self.metrics.route(&template, method.as_str());
        let route = Arc::new(Route { method, template, access, operation, metrics });
        self.table.push(route.clone());
        self.router = self.router.route(&route.template.clone(), on(filter, Endpoint { route, handler }));
        self
    }

    /// The declared routes.
    pub(crate) fn table(&self) -> &[Arc<Route>] {
        &self.table
    }

    /// The router, with answers for the paths and methods that are not declared.
    pub(crate) fn into_router(self, service: Arc<Service>, streams: Streams) -> Router {
        let unmatched = Arc::new(Route {
            method: Method::GET,
            template: "unmatched".to_owned(),
            access: Access::Public,
            operation: None,
            metrics: self.metrics.route("unmatched", "any"),
        });
        let document = openapi::document(self.table(), &service.settings().public_url);
        let document = serde_json::to_vec(&document).unwrap_or_default();
        let state = AppState::new(service, self.metrics, Bytes::from(document), streams);
        self.router
            .fallback(Endpoint { route: unmatched.clone(), handler: async || Failure::NoSuchPath })
            .method_not_allowed_fallback(Endpoint { route: unmatched, handler: async || Failure::NoSuchMethod })
            .with_state(state)
    }
}

/// A handler inside its [`exchange`].
#[derive(Clone)]
struct Endpoint<H> {
    route: Arc<Route>,
    handler: H,
}

impl<H, T> Handler<T, AppState> for Endpoint<H>
where
    H: Handler<T, AppState>,
    T: 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: AppState) -> Self::Future {
        Box::pin(exchange(self.route, state, request, self.handler))
    }
}
