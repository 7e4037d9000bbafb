//! The compatible API, OAuth2 and the native API over HTTP.
//!
//! Decodes and encodes; decides nothing: no rule, no SQL. A request's way: [`router`] finds its route, `exchange` names it,
//! recognises the caller where the route asks for one, bounds its time, and gives every answer its headers, its log line
//! and its place in the metrics; a handler in `api` or `oauth` decodes, calls one use case, encodes; `error` is the one
//! place that turns what went wrong into a status.
//!
//! Invariants: a route exists only with a declared access; a handler gets a caller only from the extractor; query strings,
//! bodies and tokens are never logged; forwarded headers count from configured proxies only (`front`).

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop by panicking")
)]

mod api;
mod collapse_slashes;
mod error;
mod exchange;
mod extract;
mod front;
mod health;
mod metrics;
mod multipart;
mod oauth;
mod openapi;
mod page_routes;
mod pages;
mod router;
mod routes;
mod serve;
mod state;
mod streams;
mod tls;

#[cfg(test)]
mod tests;

pub use api::webhooks::webhook_body;
pub use collapse_slashes::CollapseSlashes;
pub use front::Front;
pub use router::router;
pub use serve::serve;
pub use tls::{Certificate, CertificateFault, Reloaded};
