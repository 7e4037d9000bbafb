//! Aggregation: reading all accounts of a source, page by page, and keeping what was read.
//!
//! - Each page is one transaction with its audit records and the progress; memory holds a page, however many there are.
//! - What was not read is taken for gone only behind the last page, and only when it is not suspiciously much.
//! - One aggregation of a source at a time. It belongs to the process that began it: when that ends, it is interrupted and
//!   what it had read stays.

mod end_lost;
mod feed;
mod finish_run;
mod get_aggregation;
mod keep_page;
mod list_aggregations;
mod load_accounts;
mod people;
mod run;
mod shape;
mod take_account;
#[cfg(test)]
mod tests;

pub use list_aggregations::AggregationQuery;
pub use load_accounts::LoadAccounts;
pub use passwright_domain::aggregation::{AggregationCounts, AggregationState};
pub use passwright_storage::aggregations::runs::Run as Aggregation;
