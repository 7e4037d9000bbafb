//! Password hashes as applications store them: make one under a scheme, and check a password against a stored one.
//!
//! Invariants: a password a scheme cannot keep whole is refused before any hash is made, never cut; the salt comes from
//! the operating system; comparison is in constant time; no password and no hash stands in an error. The work is slow on
//! purpose: asynchronous callers go through [`background`].

mod argon2id;
pub mod background;
mod bcrypt;
mod error;
mod scheme;
mod sha512_crypt;
mod verify;

pub use argon2id::Argon2id;
pub use bcrypt::{Bcrypt, BcryptVersion};
pub use error::HashError;
pub use scheme::HashScheme;
pub use sha512_crypt::Sha512Crypt;
pub use verify::verify;
