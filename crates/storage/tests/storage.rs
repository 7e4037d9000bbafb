//! The storage suite: every test runs on SQLite and on a real PostgreSQL, each on a fresh database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop by panicking")]

mod suite {
    mod aggregations;
    mod agreements;
    mod budgets;
    mod collections;
    pub(crate) mod deliveries;
    pub(crate) mod engines;
    mod factors;
    pub(crate) mod fixture;
    mod held;
    mod lanes;
    mod native;
    mod oauth_grants;
    mod outcomes;
    mod outside;
    mod oversight;
    mod people;
    mod plans;
    mod questions;
    mod recovery;
    mod retention;
    mod sessions;
    mod source_lists;
    mod source_stops;
    mod statements;
    mod tables;
    mod texts;
    mod third_party;
    mod writer;
}
