//! Digit tokens: short-lived codes that a help desk reads to a person, and the rules against guessing them.
//!
//! The random bytes and the time are arguments. Storing a token (as a keyed hash), its counters and comparing a guess in
//! constant time are the caller's part; here is only what may happen. The rules hold when the caller counts in the same
//! transaction that decides: a failed guess is recorded before its answer is given.
//!
//! A day is the 24 hours before now, so there is no midnight at which the counters start anew.

use std::time::Duration;

use crate::budget::{Budget, HOUR};
use crate::timestamp::Timestamp;

/// Above this life a token deserves a warning to the administrator, in minutes.
pub const LONG_LIFE_MINUTES: u8 = 10;

/// The time in which failed guesses and issued tokens are counted.
pub const COUNTING_WINDOW: Duration = Duration::from_secs(24 * 3600);

/// The time in which failed guesses at all names together are counted.
pub const SPRAY_WINDOW: Duration = Duration::from_secs(600);

/// The least digits of a token made while many names are guessed at: the same number of guesses is then worth 1/100.
pub const SPRAY_LENGTH: DigitTokenLength = DigitTokenLength(8);

/// A setting of a digit token out of its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {given} is not between {least} and {most}")]
pub struct OutOfBounds {
    /// The field's name on the wire.
    pub field: &'static str,
    pub given: i64,
    pub least: u8,
    pub most: u8,
}

macro_rules! bounded {
    ($(#[$doc:meta])* $name:ident, $least:literal ..= $most:literal, $default:literal, $field:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u8);

        impl $name {
            pub const LEAST: u8 = $least;
            pub const MOST: u8 = $most;
            pub const DEFAULT: Self = Self($default);

            /// Checks a value given in the wire field `field`.
            ///
            /// # Errors
            /// The value is out of bounds; the error names the field.
            pub fn from_field(field: &'static str, given: i64) -> Result<Self, OutOfBounds> {
                match u8::try_from(given) {
                    Ok(value @ $least..=$most) => Ok(Self(value)),
                    _ => Err(OutOfBounds { field, given, least: Self::LEAST, most: Self::MOST }),
                }
            }

            #[must_use]
            pub fn get(self) -> u8 {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::DEFAULT
            }
        }

        impl TryFrom<i64> for $name {
            type Error = OutOfBounds;

            fn try_from(given: i64) -> Result<Self, OutOfBounds> {
                Self::from_field($field, given)
            }
        }
    };
}

bounded!(
    /// Digits in a token, 6 to 18.
    DigitTokenLength, 6..=18, 6, "length"
);
bounded!(
    /// Minutes a token lives, 1 to 60.
    DigitTokenMinutes, 1..=60, 5, "durationMinutes"
);

impl DigitTokenMinutes {
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(60 * u64::from(self.0))
    }

    /// Whether the life is longer than is good practice ([`LONG_LIFE_MINUTES`]).
    #[must_use]
    pub fn is_long(self) -> bool {
        self.0 > LONG_LIFE_MINUTES
    }
}

/// A token's text: `length` decimal digits, each of the 10^length values equally likely, leading zeros kept.
///
/// `fill` must fill its buffer from a cryptographic generator. Draws above the greatest multiple of 10^length are thrown
/// away, so no value is favoured; fewer than 3 in 100 are, whatever the length.
#[must_use]
pub fn digits(length: DigitTokenLength, fill: &mut dyn FnMut(&mut [u8])) -> String {
    let values = 10_u64.pow(u32::from(length.0));
    let fair = u64::MAX / values * values;
    loop {
        let mut bytes = [0; 8];
        fill(&mut bytes);
        let draw = u64::from_le_bytes(bytes);
        if draw < fair {
            return format!("{:0width$}", draw % values, width = usize::from(length.0));
        }
    }
}

/// How often may be guessed and issued, per identity. Of one identity's tokens at most one is live: a new one replaces
/// the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimits {
    /// Guesses at one token, the right one included.
    pub attempts_per_token: u32,
    /// Failed guesses in a day, over all tokens.
    pub failed_guesses_per_day: u32,
    /// Tokens issued in a day.
    pub tokens_per_day: u32,
    /// Tokens that one principal issues in an hour, for whomever.
    pub tokens_per_issuer_hour: u32,
    /// Failed guesses in [`SPRAY_WINDOW`] at all names together, beyond which new tokens have [`SPRAY_LENGTH`] digits.
    pub spray_guesses: u32,
}

impl Default for AttemptLimits {
    fn default() -> Self {
        Self {
            attempts_per_token: 5,
            failed_guesses_per_day: 15,
            tokens_per_day: 20,
            tokens_per_issuer_hour: 20,
            spray_guesses: 50,
        }
    }
}

/// What was counted for one identity in the last [`COUNTING_WINDOW`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayCounts {
    pub failed_guesses: u32,
    pub tokens: u32,
}

/// Why no token is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssueRefusal {
    #[error("too many digit tokens for this identity within a day")]
    TooManyTokens,
    /// The token could not be used before older failures fall out of the day.
    #[error("too many failed digit token attempts for this identity within a day")]
    TooManyFailedGuesses,
}

/// Why a guess is not compared at all. Tell the guesser one and the same text for every reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuessRefusal {
    #[error("the digit token was replaced by a newer one")]
    Replaced,
    #[error("the digit token was used before")]
    Used,
    #[error("the digit token has expired")]
    Expired,
    #[error("too many attempts at this digit token")]
    TooManyAttempts,
    #[error("too many failed digit token attempts for this identity within a day")]
    TooManyFailedGuesses,
}

/// What is kept of an issued token, besides its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedToken {
    pub issued_at: Timestamp,
    pub life: DigitTokenMinutes,
    pub failed_guesses: u32,
    pub is_used: bool,
    /// A newer token was issued to the identity.
    pub is_replaced: bool,
}

impl IssuedToken {
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.issued_at + self.life.duration()
    }
}

impl AttemptLimits {
    /// The tokens that one principal may issue.
    #[must_use]
    pub fn of_issuer(&self) -> Budget {
        Budget::at_most(self.tokens_per_issuer_hour, HOUR)
    }

    /// The failed guesses at all names together.
    #[must_use]
    pub fn spray(&self) -> Budget {
        Budget::more_than(self.spray_guesses, SPRAY_WINDOW)
    }

    /// The length of a token made now, by the guess that decides on the [`spray`](Self::spray).
    #[must_use]
    pub fn length_now(
        &self,
        wanted: DigitTokenLength,
        deciding: Option<Timestamp>,
        now: Timestamp,
    ) -> DigitTokenLength {
        if self.spray().spent_for(deciding, now).is_some() { wanted.max(SPRAY_LENGTH) } else { wanted }
    }

    /// Whether another token may be issued.
    ///
    /// # Errors
    /// The day's tokens or failed guesses are spent.
    pub fn may_issue(&self, day: DayCounts) -> Result<(), IssueRefusal> {
        if day.failed_guesses >= self.failed_guesses_per_day {
            return Err(IssueRefusal::TooManyFailedGuesses);
        }
        if day.tokens >= self.tokens_per_day {
            return Err(IssueRefusal::TooManyTokens);
        }
        Ok(())
    }

    /// Whether a guess may be compared with the token. A token whose issue lies in the future (the clock went back)
    /// counts as expired.
    ///
    /// # Errors
    /// The first reason that forbids it; then neither counter moves.
    pub fn may_guess(&self, token: &IssuedToken, day: DayCounts, now: Timestamp) -> Result<(), GuessRefusal> {
        let refusals = [
            (token.is_replaced, GuessRefusal::Replaced),
            (token.is_used, GuessRefusal::Used),
            (now < token.issued_at || now >= token.expires_at(), GuessRefusal::Expired),
            (token.failed_guesses >= self.attempts_per_token, GuessRefusal::TooManyAttempts),
            (day.failed_guesses >= self.failed_guesses_per_day, GuessRefusal::TooManyFailedGuesses),
        ];
        refusals.into_iter().find(|(applies, _)| *applies).map_or(Ok(()), |(_, refusal)| Err(refusal))
    }
}

#[cfg(test)]
mod tests;
