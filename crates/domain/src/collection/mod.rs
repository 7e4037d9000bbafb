//! Lists: which part of a collection is wanted, in which order. A filter and sorters are parsed once, against the fields
//! the resource declares, into types that hold no text of the caller but values; what is not declared is refused by name.
//!
//! Invariants: parsing is linear in the text and bounded in depth; a [`Filter`] is two-valued, so `not` is the exact
//! complement; every comparison on a text field is without regard to case.

mod declare;
mod filter;
mod lexer;
mod page;
mod parse;
mod sorters;

#[cfg(test)]
mod property_tests;

pub use declare::{Field, Kind, Operator, Resource};
pub use filter::{Filter, Held, Test, Value};
pub use page::{Collection, MAX_LIMIT, Page, Request};
pub use parse::{MAX_DEPTH, MAX_TEXT, MAX_VALUES, parse_filter};
pub use sorters::{MAX_SORTERS, Sorter, parse_sorters};

/// Why a collection cannot be asked for like this. Lower case, no full stop; names the parameter and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CollectionFault {
    /// `limit` or `offset` lies outside its bounds, or a text is longer than is read.
    #[error("{0}")]
    OutOfBounds(String),
    /// A filter or sorter that does not parse, or that names what the resource does not declare.
    #[error("{0}")]
    Illegal(String),
}
