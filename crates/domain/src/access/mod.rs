//! Who may do what: one table, asked by `app` on the parsed request. What is not granted here is refused.

mod administer;
mod caller;
mod decide;
#[cfg(test)]
mod reference_tests;
mod scopes;

pub use administer::Right;
pub use caller::{ApiVersion, Caller, Level, Principal};
pub use decide::{Action, Decision, decide};
pub use scopes::ScopeSet;
