//! Digests that are stored or compared: of client secrets, digit tokens and ciphertexts.
//!
//! Random secrets of 256 bits are stored as plain SHA-256; digits that a person types have far too few possibilities
//! for any hash and are protected by the pepper, a key that is not in the database.

use std::fmt::Write as _;

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::{digest, hmac};
use passwright_domain::ids::RsaKeyId;
use zeroize::Zeroizing;

use crate::secret::{self, Key, SecretText};

/// SHA-256 of `data`.
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(digest::digest(&digest::SHA256, data).as_ref()) {
        *to = *from;
    }
    out
}

/// SHA-256 of `data` as 64 lower-case hex digits.
#[must_use]
pub fn sha256_hex(data: &[u8]) -> String {
    hex(&sha256(data))
}

/// The stored form of a random secret of at least 128 bits (client secret, PAT secret, refresh token, session): 64
/// lower-case hex digits. Not for anything a person chose.
#[must_use]
pub fn client_secret_digest(secret: &SecretText) -> String {
    sha256_hex(secret.expose().as_bytes())
}

/// Whether `secret` is the one behind `stored`, as [`client_secret_digest`] made it; in constant time.
#[must_use]
pub fn client_secret_matches(secret: &SecretText, stored: &str) -> bool {
    secret::ct_eq(client_secret_digest(secret).as_bytes(), stored.as_bytes())
}

/// Argon2id could not run: out of memory (46 MiB are needed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("argon2id could not be run")]
pub struct CannotDigest;

/// The stored form of a digit token: `HMAC-SHA256(pepper, Argon2id(digits, salt))` with 46 MiB, one pass, one lane
/// (ASVS 5.0 Appendix C), as 64 lower-case hex digits. Takes tens of milliseconds and 46 MiB: not on the async
/// runtime's threads, and not without a limit on how many run at once.
///
/// # Errors
/// [`CannotDigest`].
pub fn digit_token_digest(pepper: &Key, salt: &[u8; 16], digits: &SecretText) -> Result<String, CannotDigest> {
    let mut stretched = Zeroizing::new([0; 32]);
    let params = Params::new(46 * 1024, 1, 1, Some(32)).map_err(|_| CannotDigest)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(digits.expose().as_bytes(), salt, stretched.as_mut_slice())
        .map_err(|_| CannotDigest)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, pepper.expose());
    Ok(hex(hmac::sign(&key, stretched.as_slice()).as_ref()))
}

/// Whether `digits` are the ones behind `stored`; compared in constant time.
///
/// # Errors
/// [`CannotDigest`].
pub fn digit_token_matches(
    pepper: &Key,
    salt: &[u8; 16],
    digits: &SecretText,
    stored: &str,
) -> Result<bool, CannotDigest> {
    Ok(secret::ct_eq(digit_token_digest(pepper, salt, digits)?.as_bytes(), stored.as_bytes()))
}

/// HMAC-SHA256 over parts, each with its length in front, so that no two lists of parts are alike; 64 lower-case hex digits.
#[must_use]
pub fn keyed_digest(key: &Key, parts: &[&str]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key.expose()));
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex(context.sign().as_ref())
}

/// What the ciphertext fence remembers: one value per RSA key and ciphertext integer, as 64 lower-case hex digits.
///
/// `canonical` is the ciphertext as big-endian bytes of exactly the modulus length, that is, one that passed
/// [`crate::rsa::RsaPublicKey::check_ciphertext`]; then equal integers are equal bytes.
#[must_use]
pub fn ciphertext_digest(key: &RsaKeyId, canonical: &[u8]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"passwright ciphertext\0");
    // The id's text has one length, so no separator is needed behind it.
    context.update(key.as_str().as_bytes());
    context.update(canonical);
    hex(context.finish().as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[test]
    fn sha256_is_sha256() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn client_secrets() {
        let stored = client_secret_digest(&text("secret"));
        assert!(client_secret_matches(&text("secret"), &stored));
        for wrong in ["Secret", "", "secret ", &stored] {
            assert!(!client_secret_matches(&text(wrong), &stored), "{wrong:?}");
        }
        assert!(!client_secret_matches(&text("secret"), ""));
        assert!(!client_secret_matches(&text("secret"), &stored[1..]));
    }

    #[test]
    fn digit_tokens_depend_on_pepper_salt_and_digits() {
        let (pepper, salt) = (Key::random(), [1; 16]);
        let stored = digit_token_digest(&pepper, &salt, &text("123456")).unwrap();
        assert_eq!(stored.len(), 64);
        assert!(digit_token_matches(&pepper, &salt, &text("123456"), &stored).unwrap());
        assert!(!digit_token_matches(&pepper, &salt, &text("123457"), &stored).unwrap());
        assert!(!digit_token_matches(&pepper, &[2; 16], &text("123456"), &stored).unwrap());
        assert!(!digit_token_matches(&Key::random(), &salt, &text("123456"), &stored).unwrap());
    }

    #[test]
    fn keyed_digests_tell_parts_apart() {
        let key = Key::from_bytes(&[3; 32]);
        let digest = keyed_digest(&key, &["ab", "c"]);
        assert_eq!(digest.len(), 64);
        assert_eq!(digest, keyed_digest(&key, &["ab", "c"]));
        for other in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &["ab", "d"]] {
            assert_ne!(digest, keyed_digest(&key, other), "{other:?}");
        }
        assert_ne!(digest, keyed_digest(&Key::from_bytes(&[4; 32]), &["ab", "c"]));
    }

    #[test]
    fn ciphertexts_belong_to_their_key() {
        let (one, other) = (RsaKeyId::from_random([1; 16]), RsaKeyId::from_random([2; 16]));
        let digest = ciphertext_digest(&one, &[5; 256]);
        assert_eq!(digest, ciphertext_digest(&one, &[5; 256]));
        assert_ne!(digest, ciphertext_digest(&other, &[5; 256]));
        assert_ne!(digest, ciphertext_digest(&one, &[6; 256]));
    }
}
