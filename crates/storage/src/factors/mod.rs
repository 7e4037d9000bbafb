//! What people enrolled to prove themselves with. Seeds are sealed and codes are hashed by whoever writes them here.

mod enrolled;
mod passkeys;
mod recovery_codes;
mod totp;

pub use enrolled::{Enrolled, RemoveFactor, enrolled};
pub use passkeys::{
    AskPasskey, EnrolPasskey, PasskeyPurpose, StoredPasskey, UsePasskey, list_passkeys, lookup_challenge,
    lookup_passkey,
};
pub use recovery_codes::{ConsumeRecoveryCode, ReplaceRecoveryCodes};
pub use totp::{ConfirmTotp, ConsumeTotpStep, StartTotp, StoredTotp, lookup_pending_totp, lookup_totp};

pub(crate) use enrolled::{STATEMENTS as ENROLLED, changed};
pub(crate) use passkeys::STATEMENTS as PASSKEYS;
pub(crate) use recovery_codes::STATEMENTS as RECOVERY_CODES;
pub(crate) use totp::STATEMENTS as TOTP;
