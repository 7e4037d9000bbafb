use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{check, minutes};

/// How long a session of the pages lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionConfig {
    /// Minutes without a request after which a session ends: 1 to 1,440.
    pub max_idle_time: i64,
    /// Whether a page may keep the user's name for the next sign-in.
    pub remember_me: bool,
    /// Minutes after its sign-in that a session ends in any case: 1 to 10,080, and more than `max_idle_time`.
    pub max_session_time: i64,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self { max_idle_time: 15, remember_me: false, max_session_time: 45 }
    }
}

impl SessionConfig {
    /// Everything that is wrong with it; empty when nothing is.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        check(&mut faults, "maxIdleTime", self.max_idle_time, (1, 1440));
        check(&mut faults, "maxSessionTime", self.max_session_time, (1, 10_080));
        if self.max_session_time <= self.max_idle_time {
            faults.push("maxSessionTime is not more than maxIdleTime".to_owned());
        }
        faults
    }

    /// A session that nobody used for so long has ended.
    #[must_use]
    pub fn idle_for(&self) -> Duration {
        minutes(self.max_idle_time)
    }

    /// A session whose sign-in is so long ago has ended.
    #[must_use]
    pub fn lasts_for(&self) -> Duration {
        minutes(self.max_session_time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        let with = |max_idle_time, max_session_time| {
            SessionConfig { max_idle_time, max_session_time, ..SessionConfig::default() }.faults().len()
        };
        assert!(SessionConfig::default().faults().is_empty());
        assert_eq!([with(1, 2), with(1440, 10_080)], [0, 0]);
        assert_eq!([with(0, 2), with(1441, 10_080), with(1, 10_081), with(5, 5), with(6, 5)], [1; 5]);
        assert_eq!(with(i64::MAX, i64::MIN), 3);
        assert_eq!(SessionConfig::default().idle_for(), Duration::from_secs(900));
        assert_eq!(SessionConfig::default().lasts_for(), Duration::from_secs(2700));
    }
}
