//! What handlers share.

use std::sync::Arc;

use axum::body::Bytes;
use passwright_app::Service;

use crate::metrics::Metrics;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

struct Shared {
    service: Arc<Service>,
    metrics: Metrics,
    openapi: Bytes,
}

impl AppState {
    pub(crate) fn new(service: Arc<Service>, metrics: Metrics, openapi: Bytes) -> Self {
        Self(Arc::new(Shared { service, metrics, openapi }))
    }

    pub(crate) fn service(&self) -> &Service {
        &self.0.service
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The OpenAPI document, rendered once.
    pub(crate) fn openapi(&self) -> Bytes {
        self.0.openapi.clone()
    }
}
