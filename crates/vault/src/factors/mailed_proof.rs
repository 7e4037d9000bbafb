//! Codes and links that are mailed. Each is computed from a key outside the database and the id of its row, so that the job which
//! mails it and the use case which checks it need no stored copy: neither the database nor the waiting mail has one.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::sealing::associated_data;
use crate::secret::{Key, SecretText, ct_eq};

/// Digits of a mailed code.
const DIGITS: usize = 8;

/// What is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Eight digits to be typed.
    Code,
    /// 256 bits in a link.
    Link,
    /// 256 bits that a passkey signs; not mailed, and no secret from the browser that is asked.
    Challenge,
}

/// The key behind all of them: [`crate::key_source::Purpose::MailedProofs`]'s.
pub struct MailedProofs(Key);

impl MailedProofs {
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self(key)
    }

    /// The secret of the row `id`: eight decimal digits, or 43 base64url characters.
    #[must_use]
    pub fn secret(&self, of: Of, id: &str) -> SecretText {
        let label = match of {
            Of::Code => "code",
            Of::Link => "link",
            Of::Challenge => "challenge",
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose());
        let tag = hmac::sign(&key, &associated_data(&["mailed proof", label, id]));
        SecretText::new(match of {
            Of::Link | Of::Challenge => URL_SAFE_NO_PAD.encode(tag.as_ref()),
            Of::Code => {
                // 128 bits over 10^8 values: the favour of the lower ones is below 2^-100.
                let value = tag.as_ref().iter().take(16).fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
                format!("{:0DIGITS$}", value % 10_u128.pow(u32::try_from(DIGITS).unwrap_or_default()))
            }
        })
    }

    /// Whether `given` is the secret of the row `id`; in constant time. Spaces in a code do not matter.
    #[must_use]
    pub fn matches(&self, of: Of, id: &str, given: &SecretText) -> bool {
        let given = SecretText::new(given.expose().split_whitespace().collect());
        ct_eq(self.secret(of, id).expose().as_bytes(), given.expose().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[test]
    fn a_secret_belongs_to_its_row_kind_and_key() {
        let proofs = MailedProofs::new(Key::from_bytes(&[1; 32]));
        let (code, link) = (proofs.secret(Of::Code, "row"), proofs.secret(Of::Link, "row"));
        assert!(code.expose().len() == 8 && code.expose().bytes().all(|b| b.is_ascii_digit()), "{}", code.expose());
        assert_eq!(link.expose().len(), 43);
        assert!(proofs.matches(Of::Code, "row", &code) && proofs.matches(Of::Link, "row", &link));
        let spaced = format!(" {} {} ", &code.expose()[..4], &code.expose()[4..]);
        assert!(proofs.matches(Of::Code, "row", &text(&spaced)));
        assert!(!proofs.matches(Of::Code, "row2", &code) && !proofs.matches(Of::Link, "row", &code));
        assert!(!proofs.matches(Of::Code, "row", &text("")) && !proofs.matches(Of::Link, "row2", &link));
        let other = MailedProofs::new(Key::from_bytes(&[2; 32]));
        assert!(!other.matches(Of::Code, "row", &code) && !other.matches(Of::Link, "row", &link));
    }

    /// Ten thousand codes over ten buckets per digit: no digit is favoured (chi-square, 9 degrees of freedom, p = 0.0001).
    #[test]
    fn codes_are_spread_evenly() {
        let proofs = MailedProofs::new(Key::from_bytes(&[3; 32]));
        let mut counts = [[0_u32; 10]; DIGITS];
        for row in 0..10_000 {
            let code = proofs.secret(Of::Code, &row.to_string());
            for (place, digit) in code.expose().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        for (place, counts) in counts.iter().enumerate() {
            let chi: f64 = counts.iter().map(|count| (f64::from(*count) - 1000.0).powi(2) / 1000.0).sum();
            assert!(chi < 33.72, "place {place}: {chi}");
        }
    }
}
