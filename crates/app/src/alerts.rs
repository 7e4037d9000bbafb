//! What an operator should hear of at once. Each is counted here for the metrics and written to the log; the use case that
//! raises it leaves the audit record.

use std::sync::atomic::{AtomicU64, Ordering};

/// A kind of alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// A ciphertext was sent again by another principal, or for another identity.
    CiphertextReplayed,
    /// A principal was refused: too many of its changes held no password.
    PayloadBudgetSpent,
    /// Many payload failures under one RSA key.
    RsaKeyAlarm,
    /// An RSA key was retired for the payload failures under it.
    RsaKeyRetired,
    /// Many wrong digit tokens at all names together; new tokens are longer.
    DigitTokenSpray,
    /// A principal was refused: it made too many digit tokens within an hour.
    DigitTokenBudgetSpent,
}

impl Alert {
    const ALL: [Self; 6] = [
        Self::CiphertextReplayed,
        Self::PayloadBudgetSpent,
        Self::RsaKeyAlarm,
        Self::RsaKeyRetired,
        Self::DigitTokenSpray,
        Self::DigitTokenBudgetSpent,
    ];

    /// The label of its counter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CiphertextReplayed => "ciphertext_replayed",
            Self::PayloadBudgetSpent => "payload_budget_spent",
            Self::RsaKeyAlarm => "rsa_key_alarm",
            Self::RsaKeyRetired => "rsa_key_retired",
            Self::DigitTokenSpray => "digit_token_spray",
            Self::DigitTokenBudgetSpent => "digit_token_budget_spent",
        }
    }
}

/// How often each was raised by this process.
#[derive(Debug, Default)]
pub struct Alerts([AtomicU64; Alert::ALL.len()]);

impl Alerts {
    pub(crate) fn count(&self, alert: Alert) {
        for (counter, of) in self.0.iter().zip(Alert::ALL) {
            if of == alert {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Label and number of each.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().zip(Alert::ALL).map(|(counter, of)| (of.as_str(), counter.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_for_itself() {
        let alerts = Alerts::default();
        for (times, alert) in Alert::ALL.into_iter().enumerate() {
            (0..times).for_each(|_| alerts.count(alert));
        }
        let counts: Vec<_> = alerts.counts().map(|(_, number)| number).collect();
        assert_eq!(counts, [0, 1, 2, 3, 4, 5]);
    }
}
