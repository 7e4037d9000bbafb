//! Codes of an authenticator app: TOTP (RFC 6238) over HOTP (RFC 4226), SHA-1, six digits, steps of 30 seconds: what every
//! app computes. SHA-1's collisions do not matter to HMAC.

use aws_lc_rs::hmac;
use passwright_domain::factors::{TOTP_DIGITS, TOTP_STEP, TOTP_WINDOW};
use passwright_domain::timestamp::Timestamp;

use super::base32;
use crate::random;
use crate::sealing::{self, Sealed};
use crate::secret::{Key, SecretBytes, SecretText, ct_eq};

/// 160 bits, as long as the hash (RFC 4226 section 4).
const SEED_LEN: usize = 20;

/// A stored seed that does not open, or has another length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the seed of an authenticator cannot be opened or sealed")]
pub struct TotpFault;

/// The secret that an app and this service share.
pub struct TotpSeed(SecretBytes);

impl TotpSeed {
    /// A fresh seed.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = vec![0; SEED_LEN];
        random::fill(&mut bytes);
        Self(SecretBytes::new(bytes))
    }

    /// The seed of a key that is typed; for tests, which play the app.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = base32::decode(text)?;
        (bytes.len() == SEED_LEN).then(|| Self(SecretBytes::new(bytes.to_vec())))
    }

    /// The stored form, which opens for this identity and factor alone. `key`: [`crate::key_source::Purpose::TotpSeeds`]'s.
    ///
    /// # Errors
    /// [`TotpFault`]: out of memory.
    pub fn seal(&self, key: &Key, identity: &str, factor: &str) -> Result<String, TotpFault> {
        let sealed = sealing::seal(key, &binding(identity, factor), self.0.expose()).map_err(|_| TotpFault)?;
        Ok(sealed.to_compact())
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// [`TotpFault`].
    pub fn open(key: &Key, identity: &str, factor: &str, sealed: &str) -> Result<Self, TotpFault> {
        let sealed = Sealed::from_compact(sealed).map_err(|_| TotpFault)?;
        let bytes = sealing::open(key, &sealed, &binding(identity, factor)).map_err(|_| TotpFault)?;
        if bytes.expose().len() == SEED_LEN { Ok(Self(bytes)) } else { Err(TotpFault) }
    }

    /// The step whose code `code` is, at `now`; `None`: wrong, or of a step up to `last_used`. The time it takes depends on
    /// the code's length alone.
    #[must_use]
    pub fn step_of(&self, code: &SecretText, now: Timestamp, last_used: i64) -> Option<i64> {
        let current = now.seconds().div_euclid(TOTP_STEP);
        let mut found = None;
        for step in current - TOTP_WINDOW..=current + TOTP_WINDOW {
            let wanted = hotp(self.0.expose(), step, TOTP_DIGITS);
            if ct_eq(wanted.expose().as_bytes(), code.expose().as_bytes()) && step > last_used && found.is_none() {
                found = Some(step);
            }
        }
        found
    }

    /// The seed as a person types it into an app: 32 letters and digits.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        SecretText::new(std::mem::take(&mut *base32::encode(self.0.expose())))
    }

    /// The key URI that apps read from a QR code.
    #[must_use]
    pub fn to_uri(&self, issuer: &str, name: &str) -> SecretText {
        let (issuer, name) = (percent(issuer), percent(name));
        let secret = base32::encode(self.0.expose());
        let secret = secret.as_str();
        SecretText::new(format!(
            "otpauth://totp/{issuer}:{name}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={TOTP_DIGITS}\
             &period={TOTP_STEP}"
        ))
    }

    /// The code at a time; for tests, which play the app.
    #[must_use]
    pub fn code_at(&self, now: Timestamp) -> SecretText {
        hotp(self.0.expose(), now.seconds().div_euclid(TOTP_STEP), TOTP_DIGITS)
    }
}

fn binding(identity: &str, factor: &str) -> Vec<u8> {
    sealing::associated_data(&["totp seed", identity, factor])
}

/// RFC 4226 section 5.3: the value of `digits` digits, leading zeros kept.
fn hotp(seed: &[u8], counter: i64, digits: u32) -> SecretText {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, seed);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let offset = usize::from(tag.as_ref().last().copied().unwrap_or_default() & 15);
    let cut = tag.as_ref().iter().skip(offset).take(4).fold(0_u32, |cut, byte| cut << 8 | u32::from(*byte));
    let value = (cut & 0x7fff_ffff) % 10_u32.pow(digits);
    SecretText::new(format!("{value:0width$}", width = usize::try_from(digits).unwrap_or_default()))
}

/// RFC 3986 section 2.1: all but unreserved characters.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc_seed() -> TotpSeed {
        TotpSeed(SecretBytes::new(b"12345678901234567890".to_vec()))
    }

    fn code(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    /// RFC 4226 appendix D.
    #[test]
    fn rfc_4226_vectors() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (counter, wanted) in (0..).zip(codes) {
            assert_eq!(hotp(b"12345678901234567890", counter, 6).expose(), wanted, "counter {counter}");
        }
    }

    /// RFC 6238 appendix B, SHA-1.
    #[test]
    fn rfc_6238_vectors() {
        for (seconds, wanted) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(hotp(b"12345678901234567890", seconds / TOTP_STEP, 8).expose(), wanted, "{seconds}");
            let six = rfc_seed().code_at(Timestamp::from_seconds(seconds));
            assert_eq!(six.expose(), &wanted[2..], "{seconds}");
        }
    }

    #[test]
    fn one_step_either_way_and_each_step_once() {
        let seed = rfc_seed();
        let now = Timestamp::from_seconds(1_111_111_111);
        let current = 1_111_111_111 / TOTP_STEP;
        let of = |steps: i64| seed.code_at(Timestamp::from_seconds(1_111_111_111 + steps * TOTP_STEP));
        for (steps, wanted) in [(-2, None), (-1, Some(-1)), (0, Some(0)), (1, Some(1)), (2, None)] {
            assert_eq!(seed.step_of(&of(steps), now, 0), wanted.map(|step: i64| current + step), "{steps}");
        }
        assert_eq!(seed.step_of(&of(0), now, current), None, "the same step again");
        assert_eq!(seed.step_of(&of(-1), now, current), None, "an earlier step after a later one");
        assert_eq!(seed.step_of(&of(1), now, current), Some(current + 1));
        for wrong in ["", "0", "0504710", "05047", "050472", " 050471", "05047a", "\u{665}50471"] {
            assert_eq!(seed.step_of(&code(wrong), now, 0), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_sealed_seed_opens_for_its_factor_alone() {
        let (key, seed) = (Key::random(), TotpSeed::random());
        let sealed = seed.seal(&key, "abby", "one").unwrap();
        let opened = TotpSeed::open(&key, "abby", "one", &sealed).unwrap();
        assert!(opened.0.ct_eq(&seed.0));
        for (identity, factor) in [("olga", "one"), ("abby", "two"), ("abbyo", "ne")] {
            assert!(TotpSeed::open(&key, identity, factor, &sealed).is_err(), "{identity} {factor}");
        }
        assert!(TotpSeed::open(&Key::random(), "abby", "one", &sealed).is_err());
        assert!(!sealed.contains(seed.to_text().expose()));
    }

    #[test]
    fn the_key_uri_is_what_apps_read() {
        let uri = rfc_seed().to_uri("Acme & Söhne", "abby.smith@acme.test");
        assert_eq!(
            uri.expose(),
            "otpauth://totp/Acme%20%26%20S%C3%B6hne:abby.smith%40acme.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Acme%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
    }
}
