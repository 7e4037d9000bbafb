//! What handlers share.

use std::sync::Arc;

use axum::body::Bytes;
use passwright_app::Service;

use crate::metrics::Metrics;
use crate::streams::Streams;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

struct Shared {
    service: Arc<Service>,
    metrics: Metrics,
    openapi: Bytes,
    streams: Streams,
}

impl AppState {
    pub(crate) fn new(service: Arc<Service>, metrics: Metrics, openapi: Bytes, streams: Streams) -> Self {
        Self(Arc::new(Shared { service, metrics, openapi, streams }))
    }

    pub(crate) fn service(&self) -> &Arc<Service> {
        &self.0.service
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// The OpenAPI document, rendered once.
    pub(crate) fn openapi(&self) -> Bytes {
        self.0.openapi.clone()
    }
}
