//! How often may be guessed, and how much time there is.
//!
//! Guesses are counted by the name that was given, known or not, before they are compared, and in lanes of their own: what
//! somebody without the password guesses in a reset must not lock the factor for the one who signs in (requirement R43).

use std::time::Duration;

use crate::budget::{Budget, DAY, HOUR};
use crate::reset::Method;

/// Seconds of one time step (RFC 6238 section 4.1).
pub const TOTP_STEP: i64 = 30;
/// Digits of a code.
pub const TOTP_DIGITS: u32 = 6;
/// Steps before and after now whose codes are taken too.
pub const TOTP_WINDOW: i64 = 1;

/// Recovery codes that are made at once.
pub const CODES: usize = 10;

/// A mailed code works so long.
pub const CODE_LIFE: Duration = Duration::from_secs(600);
/// A mailed link works so long (requirement R36 allows 15 minutes; it ends with its flow before).
pub const LINK_LIFE: Duration = Duration::from_secs(600);
/// A passkey's answer must come within this time.
pub const PASSKEY_LIFE: Duration = Duration::from_secs(300);
/// What Duo or Okta Verify was asked must be answered within this time.
pub const THIRD_PARTY_LIFE: Duration = Duration::from_secs(300);
/// An authenticator that was shown must be confirmed within this time.
pub const PENDING_LIFE: Duration = Duration::from_secs(600);

/// What is counted apart from everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// Answers to one method in resets.
    Reset(Method),
    /// Codes of an authenticator or recovery codes by somebody who gave the password.
    SignedIn,
    /// Codes of an authenticator that is being enrolled: a slip of the finger there must not lock the one in force.
    Confirm,
    /// Mails that were asked for.
    Mail,
    /// Times that Duo was asked for, or a push of Okta Verify: each may ring a person's telephone.
    Push,
}

impl Lane {
    /// The name in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Confirm => "confirm",
            Self::Mail => "mail",
            Self::Push => "push",
            Self::Reset(method) => match method {
                Method::Totp => "reset_totp",
                Method::Passkey => "reset_passkey",
                Method::RecoveryCode => "reset_recovery_code",
                Method::ThirdParty => "reset_third_party",
                Method::DigitToken => "reset_digit_token",
                Method::MailedCode => "reset_mailed_code",
                Method::MailedLink => "reset_mailed_link",
                Method::SecurityQuestions => "reset_security_questions",
            },
        }
    }
}

/// The limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProofLimits {
    /// Failed answers of one method by one name in a day. With 5, and three codes right at a time, a guesser of authenticator codes
    /// has 1.5 in 100,000 a day.
    pub failures_per_day: u32,
    /// Answers to one mailed code, the right one included.
    pub attempts_per_code: u32,
    /// Mails to one name in an hour, and in a day.
    pub mails_per_hour: u32,
    pub mails_per_day: u32,
    /// The same of pushes: who is asked again and again says yes at last.
    pub pushes_per_hour: u32,
    pub pushes_per_day: u32,
}

impl Default for ProofLimits {
    fn default() -> Self {
        Self {
            failures_per_day: 5,
            attempts_per_code: 5,
            mails_per_hour: 5,
            mails_per_day: 10,
            pushes_per_hour: 5,
            pushes_per_day: 10,
        }
    }
}

impl ProofLimits {
    /// What may be counted in a lane.
    #[must_use]
    pub fn budgets(&self, lane: Lane) -> Vec<Budget> {
        match lane {
            Lane::Mail => vec![Budget::at_most(self.mails_per_hour, HOUR), Budget::at_most(self.mails_per_day, DAY)],
            Lane::Push => vec![Budget::at_most(self.pushes_per_hour, HOUR), Budget::at_most(self.pushes_per_day, DAY)],
            Lane::Confirm => vec![Budget::at_most(2 * self.failures_per_day, HOUR)],
            // A code of 8 digits with its own limit of attempts may be answered wrongly more often than one of 6.
            Lane::Reset(Method::MailedCode) => vec![Budget::at_most(3 * self.failures_per_day, DAY)],
            // What nobody can guess is not counted: a stranger's answers must not close the way for the person.
            Lane::Reset(Method::Passkey | Method::MailedLink) => Vec::new(),
            // Of a third party's answers, typed codes alone: what comes back from Duo, or was approved, nobody can guess.
            Lane::Reset(_) | Lane::SignedIn => vec![Budget::at_most(self.failures_per_day, DAY)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The chance of a guesser, by the limits: requirement R43 and goal G8 of 2 in 100,000 a day.
    #[test]
    fn guessing_is_bounded() {
        let limits = ProofLimits::default();
        let codes_right_at_once = f64::from(u32::try_from(2 * TOTP_WINDOW + 1).unwrap());
        let totp = f64::from(limits.failures_per_day) * codes_right_at_once / 10_f64.powi(6);
        let mailed = f64::from(3 * limits.failures_per_day) / 10_f64.powi(8);
        assert!(totp <= 2e-5 && mailed <= 2e-5, "{totp} {mailed}");
    }

    #[test]
    fn lanes_have_names_of_their_own() {
        let mut names: Vec<_> = Method::ALL.map(|method| Lane::Reset(method).as_str()).to_vec();
        names.extend([Lane::SignedIn, Lane::Confirm, Lane::Mail, Lane::Push].map(Lane::as_str));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
