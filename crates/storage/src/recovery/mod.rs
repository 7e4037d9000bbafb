//! What "Cannot sign in?" keeps: the flow of each browser, what was mailed for it, and the counters that bound guessing.

mod attempts;
mod flows;
pub mod generations;
mod mailed;
mod names;
mod redeem;
mod third_party;

pub use attempts::{PassProofAttempt, TakeProofAttempt};
pub use flows::{BeginFlow, ForgetRecovery, SaveFlow, StoredFlow, lookup_flow};
pub use mailed::{ConsumeMailedProof, MailProof, Mailed, TakeMailedAttempt, lookup_mailed};
pub use names::MailName;
pub use redeem::{RedeemFlow, Redeemed, ResetEffect};
pub use third_party::{
    AskThirdParty, Asked, ConsumeQuestion, KeepTransaction, StoredQuestion, TakeLook, UseThirdPartyCode,
    lookup_question,
};

pub(crate) use attempts::{STATEMENTS as ATTEMPTS, right};
pub(crate) use flows::STATEMENTS as FLOWS;
pub(crate) use mailed::STATEMENTS as MAILED;
pub(crate) use names::STATEMENTS as NAMES;
pub(crate) use third_party::STATEMENTS as THIRD_PARTY;
