//! The life of an RSA key, counted from its creation: handed out for 24 h, accepted for 48 h, opens until 72 h, then
//! destroyed. Pure rules; the caller stores the keys, makes successors and destroys what is due.
//!
//! Each limit is exclusive: at exactly 24 h a key is no longer handed out. A key seen before its creation (the clock
//! went back) counts as new, so a wrong clock never destroys a key early.

use std::time::Duration;

use passwright_domain::timestamp::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);

/// What a key may still be used for; each stage allows what the later ones allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RsaKeyStage {
    /// May be given to callers who ask for a key.
    HandedOut,
    /// No longer given out; a new password change with it is still accepted.
    Accepted,
    /// Opens what was accepted before; nothing new.
    OpensOnly,
    /// Must be erased everywhere and opens nothing.
    Destroyed,
}

/// The three limits, as ages of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RsaKeySchedule {
    handed_out: Duration,
    accepted: Duration,
    opens: Duration,
}

impl Default for RsaKeySchedule {
    fn default() -> Self {
        Self { handed_out: 24 * HOUR, accepted: 48 * HOUR, opens: 72 * HOUR }
    }
}

impl RsaKeySchedule {
    /// The stage at `now` of a key made at `created_at`.
    #[must_use]
    pub fn stage(&self, created_at: Timestamp, now: Timestamp) -> RsaKeyStage {
        let age = now.since(created_at);
        if age < self.handed_out {
            RsaKeyStage::HandedOut
        } else if age < self.accepted {
            RsaKeyStage::Accepted
        } else if age < self.opens {
            RsaKeyStage::OpensOnly
        } else {
            RsaKeyStage::Destroyed
        }
    }

    /// Whether the key may be given to a caller.
    #[must_use]
    pub fn hands_out(&self, created_at: Timestamp, now: Timestamp) -> bool {
        self.stage(created_at, now) == RsaKeyStage::HandedOut
    }

    /// Whether a new password change under this key is accepted.
    #[must_use]
    pub fn accepts(&self, created_at: Timestamp, now: Timestamp) -> bool {
        self.stage(created_at, now) <= RsaKeyStage::Accepted
    }

    /// Whether the private key may be used at all.
    #[must_use]
    pub fn opens(&self, created_at: Timestamp, now: Timestamp) -> bool {
        self.stage(created_at, now) <= RsaKeyStage::OpensOnly
    }

    /// When the private key is to be erased.
    #[must_use]
    pub fn destroyed_at(&self, created_at: Timestamp) -> Timestamp {
        created_at + self.opens
    }

    /// Whether a new key is due: there is none that is handed out, or the newest will stop being handed out within
    /// `lead` (time to make the next one before it is needed).
    #[must_use]
    pub fn successor_due(&self, newest_created_at: Option<Timestamp>, now: Timestamp, lead: Duration) -> bool {
        newest_created_at.is_none_or(|created_at| !self.hands_out(created_at, now + lead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RsaKeyStage::{Accepted, Destroyed, HandedOut, OpensOnly};

    const CREATED: Timestamp = Timestamp(1_700_000_000_000_000);

    #[test]
    fn stages_follow_the_age() {
        let micro = Duration::from_micros(1);
        let schedule = RsaKeySchedule::default();
        for (now, stage) in [
            (CREATED - 1_000 * HOUR, HandedOut),
            (CREATED, HandedOut),
            (CREATED + 24 * HOUR - micro, HandedOut),
            (CREATED + 24 * HOUR, Accepted),
            (CREATED + 48 * HOUR - micro, Accepted),
            (CREATED + 48 * HOUR, OpensOnly),
            (CREATED + 72 * HOUR - micro, OpensOnly),
            (CREATED + 72 * HOUR, Destroyed),
            (CREATED + 10_000 * HOUR, Destroyed),
        ] {
            assert_eq!(schedule.stage(CREATED, now), stage, "{now:?}");
            assert_eq!(schedule.hands_out(CREATED, now), stage == HandedOut);
            assert_eq!(schedule.accepts(CREATED, now), matches!(stage, HandedOut | Accepted));
            assert_eq!(schedule.opens(CREATED, now), stage != Destroyed);
        }
        assert_eq!(schedule.destroyed_at(CREATED), CREATED + 72 * HOUR);
    }

    /// 400 days, looked at hourly: always a key to hand out, never more than four alive.
    #[test]
    fn four_hundred_days() {
        let schedule = RsaKeySchedule::default();
        let mut keys: Vec<Timestamp> = Vec::new();
        for hour in 0..400 * 24 {
            let now = CREATED + hour * HOUR;
            keys.retain(|&key| schedule.opens(key, now));
            if schedule.successor_due(keys.iter().copied().max(), now, HOUR) {
                keys.push(now);
            }
            assert!(keys.iter().any(|&key| schedule.hands_out(key, now)));
            assert!(keys.len() <= 4, "{} keys alive", keys.len());
        }
    }
}
