//! A third party's authenticator as a proof: Duo in the browser, Okta Verify by a push or a typed code. Each time a person's telephone
//! may ring is counted before, by the name that was typed, known or not.

mod ask;
mod check;

pub use ask::ThirdPartyQuestion;
pub use check::APPROVED;
