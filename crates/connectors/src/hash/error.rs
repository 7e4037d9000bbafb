//! Why a hash was not made or could not be checked. Never carries a password or a hash.

use std::error::Error;

use crate::{Fault, FaultClass};

#[derive(Debug, thiserror::Error)]
pub enum HashError {
    #[error("{setting} is {value}, outside {low} to {high}")]
    Setting { setting: &'static str, value: u64, low: u64, high: u64 },
    #[error("the password is empty")]
    Empty,
    #[error("the password is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("the password contains a NUL character")]
    ContainsNul,
    #[error("the stored hash is of a form that cannot be checked")]
    UnknownForm,
    #[error("the stored hash asks for more work than is allowed")]
    TooMuchWork,
    #[error("the hash could not be computed")]
    Computation(#[source] Box<dyn Error + Send + Sync>),
}

impl HashError {
    pub(crate) fn computation(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Computation(Box::new(cause))
    }
}

impl From<HashError> for Fault {
    fn from(error: HashError) -> Self {
        let (class, reason) = match &error {
            HashError::Setting { .. } => {
                (FaultClass::Configuration, "the settings of the password hash are out of bounds".to_owned())
            }
            HashError::Empty => (FaultClass::Refused, "this system takes no empty password".to_owned()),
            HashError::TooLong { limit } => {
                (FaultClass::Refused, format!("this system keeps no more than {limit} bytes of a password"))
            }
            HashError::ContainsNul => {
                (FaultClass::Refused, "this system takes no password with a NUL character".to_owned())
            }
            HashError::UnknownForm | HashError::TooMuchWork => (
                FaultClass::Configuration,
                "the password stored in this system is in a form that cannot be checked here".to_owned(),
            ),
            HashError::Computation(_) => {
                (FaultClass::Transient, "the password hash could not be computed now".to_owned())
            }
        };
        let detail = match &error {
            HashError::Computation(cause) => format!("{error}: {cause}"),
            _ => error.to_string(),
        };
        Self::new(class, reason, detail)
    }
}
