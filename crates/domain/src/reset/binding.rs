//! What a proof and a grant are bound to.

use serde::{Deserialize, Serialize};

use super::Method;
use crate::ids::IdentityId;
use crate::timestamp::Timestamp;

macro_rules! text_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text_key!(
    /// Names a flow; random, 32 hex digits. No secret: it is of no use in another browser.
    FlowId
);
text_key!(
    /// Names a browser's session: the SHA-256 of the secret in its cookie, as hex. Never the secret.
    SessionKey
);

/// Whom a name stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Nobody who may reset: unknown, disabled, without an account. Never told to the browser.
    Nobody,
    Identity(IdentityId),
}

impl Subject {
    #[must_use]
    pub fn identity(&self) -> Option<&IdentityId> {
        match self {
            Self::Nobody => None,
            Self::Identity(id) => Some(id),
        }
    }
}

/// The facts of one request that the machine decides by.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub session: &'a SessionKey,
    pub now: Timestamp,
    /// The step that the form in the browser was made for, or the link in a mail.
    pub step: u32,
}

/// What a challenge, and the proof that comes of it, belong to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Binding {
    pub flow: FlowId,
    pub session: SessionKey,
    pub subject: Subject,
    pub method: Method,
    /// Of the identity's credentials, when its name was given.
    pub generation: i64,
    pub step: u32,
    pub expires_at: Timestamp,
}
