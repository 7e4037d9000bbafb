//! Recovery codes: for the day on which the authenticator is lost. 100 random bits each, so no slow hash is needed; stored under the
//! pepper, as what people type is.

use aws_lc_rs::hmac;
use passwright_domain::factors::CODES;

use crate::digest::hex;
use crate::random;
use crate::sealing::associated_data;
use crate::secret::{Key, SecretText};

/// Without the letters that look like digits, or like each other (Crockford's base32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SYMBOLS: usize = 20;
const GROUP: usize = 5;

/// Fresh codes, to be shown once.
pub struct RecoveryCodes(pub Vec<SecretText>);

impl RecoveryCodes {
    /// Ten codes of 20 symbols in groups of five: `0g9xk-…`.
    #[must_use]
    pub fn random() -> Self {
        Self((0..CODES).map(|_| one()).collect())
    }
}

fn one() -> SecretText {
    let mut bytes = zeroize::Zeroizing::new([0; SYMBOLS]);
    random::fill(&mut *bytes);
    let mut text = String::with_capacity(SYMBOLS + SYMBOLS / GROUP);
    for (position, byte) in bytes.iter().enumerate() {
        if position > 0 && position % GROUP == 0 {
            text.push('-');
        }
        // 256 is a multiple of 32: no symbol is favoured.
        text.push(ALPHABET.get(usize::from(byte & 31)).map_or('0', |symbol| char::from(*symbol)));
    }
    SecretText::new(text)
}

/// The stored form of an identity's code, as 64 lower-case hex digits. Case, spaces and hyphens do not matter, and letters that are
/// taken for digits are those digits.
#[must_use]
pub fn recovery_code_digest(pepper: &Key, identity: &str, code: &SecretText) -> String {
    let mut plain = zeroize::Zeroizing::new(String::with_capacity(code.expose().len()));
    for symbol in code.expose().chars().filter(|c| !c.is_whitespace() && *c != '-') {
        plain.push(match symbol.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        });
    }
    let data = zeroize::Zeroizing::new(associated_data(&["recovery code", identity, &plain]));
    hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, pepper.expose()), &data).as_ref())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_ten_and_differ() {
        let codes = RecoveryCodes::random().0;
        assert_eq!(codes.len(), 10);
        let texts: HashSet<_> = codes.iter().map(|code| code.expose().to_owned()).collect();
        assert_eq!(texts.len(), 10);
        for text in texts {
            let groups: Vec<_> = text.split('-').collect();
            assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 5), "{text}");
            assert!(text.bytes().all(|b| b == b'-' || ALPHABET.contains(&b)), "{text}");
        }
    }

    #[test]
    fn digests_forgive_spelling_and_nothing_else() {
        let pepper = Key::from_bytes(&[5; 32]);
        let digest =
            |identity: &str, text: &str| recovery_code_digest(&pepper, identity, &SecretText::new(text.to_owned()));
        let stored = digest("abby", "0g9xk-1c2d3-e4f5g-h6j7k");
        for same in ["0G9XK-1C2D3-E4F5G-H6J7K", "og9xkic2d3e4f5gh6j7k", " 0g9xk lc2d3 e4f5g h6j7k "] {
            assert_eq!(digest("abby", same), stored, "{same}");
        }
        for other in ["0g9xk-1c2d3-e4f5g-h6j7", "", "0g9xk-1c2d3-e4f5g-h6j7kk"] {
            assert_ne!(digest("abby", other), stored, "{other}");
        }
        assert_ne!(digest("olga", "0g9xk-1c2d3-e4f5g-h6j7k"), stored);
        let other = recovery_code_digest(&Key::random(), "abby", &SecretText::new("0g9xk1c2d3e4f5gh6j7k".to_owned()));
        assert_ne!(other, stored);
    }
}
