//! How far the reading of accounts is: `/api/v1/aggregations`.

mod encode;
mod get_aggregation;
mod list_aggregations;

pub(crate) use get_aggregation::get_aggregation;
pub(crate) use list_aggregations::list_aggregations;
