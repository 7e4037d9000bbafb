//! The text form of the epoch key file.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use passwright_domain::timestamp::Timestamp;
use zeroize::Zeroizing;

use super::clock::{Clock, Leap};
use crate::secret::Key;

const MARK: &str = "passwright-epoch-keys-1";

/// What the file holds.
pub(super) struct Stored {
    /// The oldest epoch that has a key.
    pub(super) oldest: i64,
    /// Its key.
    pub(super) key: Key,
    pub(super) clock: Clock,
}

impl Stored {
    pub(super) fn text(&self) -> Zeroizing<String> {
        let key = Zeroizing::new(STANDARD.encode(self.key.expose()));
        let leap = match self.clock.leap() {
            None => "none".to_owned(),
            Some(leap) => format!("{} {}", leap.first_at.0, leap.last_at.0),
        };
        Zeroizing::new(format!(
            "{MARK}\noldest {}\nkey {}\ntrusted-at {}\nleap {leap}\n",
            self.oldest,
            key.as_str(),
            self.clock.trusted_at().0
        ))
    }

    /// Nothing when the content is not exactly of this form.
    pub(super) fn parse(content: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(content).ok()?.strip_suffix('\n')?.split('\n');
        if lines.next()? != MARK {
            return None;
        }
        let oldest = number(field(lines.next()?, "oldest")?)?;
        let key = Zeroizing::new(STANDARD.decode(field(lines.next()?, "key")?).ok()?);
        let trusted_at = Timestamp(number(field(lines.next()?, "trusted-at")?)?);
        let leap = match field(lines.next()?, "leap")? {
            "none" => None,
            times => {
                let (first, last) = times.split_once(' ')?;
                Some(Leap { first_at: Timestamp(number(first)?), last_at: Timestamp(number(last)?) })
            }
        };
        let key = Key::try_from_slice(&key)?;
        lines.next().is_none().then_some(Self { oldest, key, clock: Clock::restore(trusted_at, leap) })
    }
}

fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.strip_prefix(name)?.strip_prefix(' ')
}

/// Epochs and times stay far inside 64 bits, so that sums of them cannot overflow.
fn number(text: &str) -> Option<i64> {
    i64::from_str(text).ok().filter(|number| number.unsigned_abs() < 1 << 62)
}
