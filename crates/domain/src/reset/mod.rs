//! "Cannot sign in?": the way from a name to a new password, as a state machine without I/O.
//!
//! ```text
//! identify -> choose -> prove -> (choose -> prove)* -> ready -> redeemed
//!    ^          ^ back / another way |                 any open stage -> over
//! ```
//!
//! What a caller of this module relies on:
//! - A [`Grant`], which the password is set or the account unlocked with, is made by [`Flow::redeem`] alone; a [`Proof`], which
//!   brings a flow nearer to it, by [`Challenge::judge`] alone. Neither can be copied, written down or read back.
//! - Each is bound to browser session, flow, identity, method, step and generation of the identity's credentials ([`Binding`]), and
//!   ends with the flow. What the browser sends names none of these but the step its form was made for.
//! - A proof needs the right answer *and* the one use of what was answered with: the gate is a conditional `UPDATE … RETURNING`.
//! - An unknown name walks the same states and is told the same; only proofs, which nobody can give for it, are missing.
//!
//! What this module relies on: that the flow's row is replaced only where its revision is the one that was read, and that a grant's
//! effect is written in the transaction that stores the redeemed flow. Then of two requests at once one counts.
//!
//! A grant or a proof cannot be built elsewhere:
//! ```compile_fail
//! use passwright_domain::ids::IdentityId;
//! use passwright_domain::reset::{FlowId, Goal, Grant};
//! fn forged(identity: IdentityId, flow: FlowId) -> Grant {
//!     Grant { identity, goal: Goal::SetPassword, methods: Vec::new(), flow, generation: 0 }
//! }
//! ```
//! ```compile_fail
//! use passwright_domain::reset::{Binding, Proof};
//! fn forged(bound: Binding) -> Proof {
//!     Proof { bound, used: String::new() }
//! }
//! ```
//! nor used twice:
//! ```compile_fail
//! use passwright_domain::reset::Grant;
//! fn twice(grant: Grant) -> (Grant, Grant) {
//!     (grant.clone(), grant)
//! }
//! ```

mod binding;
mod flow;
mod guard;
mod method;
mod policy;
mod proof;

pub use binding::{Binding, FlowId, Request, SessionKey, Subject};
pub use flow::{FLOW_LIFE, Flow, Goal, MOST_WRONG, Named, Page, Refusal, Unreadable};
pub use method::{Channel, Method};
pub use policy::{PolicyFault, ResetPolicy, Standing, Weight};
pub use proof::{Challenge, Grant, Proof, Verdict, Wrong};

#[cfg(test)]
mod explorer;
#[cfg(test)]
mod named_tests;
#[cfg(test)]
mod tests;
