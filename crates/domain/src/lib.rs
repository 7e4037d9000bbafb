//! Rules without I/O. Nothing here reads a clock, draws a random number or touches a file: time and
//! randomness are arguments.

pub use passwright_wire::ids;

pub mod access;
pub mod aggregation;
pub mod audit;
pub mod auth_org;
pub mod branding;
pub mod budget;
pub mod canonical;
pub mod change;
pub mod client;
pub mod collection;
pub mod delivery;
pub mod digit_token;
pub mod directory;
pub mod factors;
pub mod help_desk;
pub mod id_token;
pub mod instructions;
pub mod json_patch;
pub mod mfa;
pub mod policy;
pub mod reset;
pub mod restore;
pub mod retry;
pub mod security_question;
pub mod timestamp;
