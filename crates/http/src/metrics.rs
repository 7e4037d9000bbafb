//! Counters of the requests and of the alerts, in the OpenMetrics text format.
//!
//! Labels hold a route's template, a method and a status class, or the kind of an alert: nothing a caller can choose, so their number is fixed when
//! the routes are made.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Content type of the answer.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds in seconds; the last is the time a request may take.
const BUCKETS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
    method: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: String,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AlertLabels {
    kind: &'static str,
}

/// All counters.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    alerts: Family<AlertLabels, Counter>,
    stopped: Gauge,
    paused: Gauge,
}

/// The counters of one route, found without a look-up.
pub(crate) struct RouteMetrics {
    requests: [Counter; CLASSES.len()],
    duration: Histogram,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("passwright");
        let alerts = Family::default();
        registry.register("alerts", "What an operator should hear of at once", alerts.clone());
        let (stopped, paused) = (Gauge::default(), Gauge::default());
        let help = "Sources that refused their service account and are not asked again";
        registry.register("sources_stopped", help, stopped.clone());
        let help = "Sources that this node leaves alone for a while after several faults";
        registry.register("sources_paused", help, paused.clone());
        let http = registry.sub_registry_with_prefix("http");
        let requests = Family::default();
        http.register("requests", "Requests answered", requests.clone());
        let durations: Family<_, _, fn() -> Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let help = "Time from a request's header to its answer";
        http.register_with_unit("request_duration", help, Unit::Seconds, durations.clone());
        Self { registry, requests, durations, alerts, stopped, paused }
    }

    pub(crate) fn route(&self, template: &str, method: &str) -> RouteMetrics {
        let labels = RouteLabels { route: template.to_owned(), method: method.to_owned() };
        RouteMetrics {
            requests: CLASSES.map(|status| {
                let labels = RequestLabels { route: template.to_owned(), method: method.to_owned(), status };
                self.requests.get_or_create_owned(&labels)
            }),
            duration: self.durations.get_or_create_owned(&labels),
        }
    }

    /// Sets how many sources are stopped and paused at present.
    pub(crate) fn hold(&self, (stopped, paused): (usize, usize)) {
        self.stopped.set(i64::try_from(stopped).unwrap_or(i64::MAX));
        self.paused.set(i64::try_from(paused).unwrap_or(i64::MAX));
    }

    /// `alerts`: how often each kind was raised.
    pub(crate) fn encode(&self, alerts: impl Iterator<Item = (&'static str, u64)>) -> Result<String, std::fmt::Error> {
        for (kind, raised) in alerts {
            self.alerts.get_or_create(&AlertLabels { kind }).inner().store(raised, Ordering::Relaxed);
        }
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

impl RouteMetrics {
    pub(crate) fn record(&self, status: StatusCode, duration: Duration) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(requests) = self.requests.get(class) {
            requests.inc();
        }
        self.duration.observe(duration.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_route_method_and_class() {
        let metrics = Metrics::new();
        let route = metrics.route("/beta/password-change-status/{id}", "GET");
        route.record(StatusCode::NOT_FOUND, Duration::from_millis(3));
        route.record(StatusCode::OK, Duration::from_secs(2));
        metrics.hold((1, 2));
        let text = metrics.encode([("digit_token_spray", 3)].into_iter()).unwrap();
        for line in [
            r#"passwright_http_requests_total{route="/beta/password-change-status/{id}",method="GET",status="4xx"} 1"#,
            r#"passwright_http_requests_total{route="/beta/password-change-status/{id}",method="GET",status="2xx"} 1"#,
            r#"passwright_http_requests_total{route="/beta/password-change-status/{id}",method="GET",status="5xx"} 0"#,
            r#"passwright_alerts_total{kind="digit_token_spray"} 3"#,
            "# TYPE passwright_http_request_duration_seconds histogram",
            "passwright_sources_stopped 1",
            "passwright_sources_paused 2",
            "# EOF",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        let bucket = text.lines().find(|l| l.contains(r#"le="0.005""#)).unwrap();
        assert!(bucket.ends_with(" 1"), "{bucket}");
    }
}
