//! Factors that a person enrols, and what may be done with them.
//!
//! A change is told to the person by mail, whoever made it: the person is the last to notice a thief.

mod attempts;
mod change;

pub use attempts::{
    CODE_LIFE, CODES, LINK_LIFE, Lane, PASSKEY_LIFE, PENDING_LIFE, ProofLimits, THIRD_PARTY_LIFE, TOTP_DIGITS,
    TOTP_STEP, TOTP_WINDOW,
};
pub use change::{ChangeRefusal, Factor, FactorChange, may_change, may_change_answers};
