//! What people prove themselves with beside a password: codes of an authenticator, recovery codes, mailed codes and links.

mod base32;
mod mailed_proof;
mod recovery_code;
mod totp;

pub use mailed_proof::{MailedProofs, Of};
pub use recovery_code::{RecoveryCodes, recovery_code_digest};
pub use totp::{TotpFault, TotpSeed};
