//! Keys and secrets: RSA with implicit rejection, sealing, key sources, secret types.
//!
//! Every key operation of the service is in this crate, and this crate alone may say `unsafe` (in `rsa/ffi.rs`).
//! It opens no socket, knows no SQL and logs nothing. Time is an argument everywhere; only fresh keys, nonces and
//! salts are drawn here, from AWS-LC's generator.
//!
//! Invariants:
//! - No function says, by its result, its error or its running time, whether an RSA padding was right.
//! - No type that holds a secret implements `Debug`, `Display`, `Serialize` or `==`, and each is zeroised on drop.
//! - No error carries secret bytes; the faults of opening a sealed record are one value without a cause.

pub mod backup;
pub mod client_assertion;
pub mod digest;
pub mod epoch;
pub mod factors;
mod files;
pub mod handle;
pub mod hardening;
mod hkdf;
pub mod key_source;
pub mod random;
pub mod restore_mark;
pub mod rsa;
pub mod rsa_keys;
pub mod sealing;
pub mod secret;
pub mod token;
pub mod webauthn;
pub mod webhook;

pub use secret::Key;
