//! Sealing of records: AES-256-GCM under a fresh key per record (DEK), that key wrapped with AES-256-GCM-SIV under a
//! longer-lived key (KEK). Erasing the wrapped key, or the KEK, makes the record unreadable for good.
//!
//! Both layers are bound to the caller's associated data, which must name the record (its kind, id, account, sequence
//! number, key id), so a sealed value moved to another row does not open there. Nonces are 96 random bits; a DEK is
//! used once, and GCM-SIV under the KEK forgives a repeated nonce, so the number of records per KEK has no near limit.
//!
//! The length of the plaintext shows in the length of the ciphertext.

use aws_lc_rs::aead::{AES_256_GCM, AES_256_GCM_SIV, Aad, Algorithm, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::random;
use crate::secret::{Key, SecretBytes};

/// First byte of both parts: the format and its algorithms.
const VERSION: u8 = 1;
/// First part of the single-string form.
const COMPACT_MARK: &str = "sealed1";

/// The record does not open: another key, another record's data, a changed or cut value. Deliberately not told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed record cannot be opened")]
pub struct CannotOpen;

/// AES could not be run (out of memory).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("record cannot be sealed")]
pub struct CannotSeal;

/// A sealed record: two base64 strings, as they lie in two text columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The record's own key, wrapped. Erase this one first.
    pub wrapped_key: String,
    /// The sealed plaintext.
    pub ciphertext: String,
}

impl Sealed {
    /// One string without spaces, for secrets in settings: `sealed1.<wrapped key>.<ciphertext>`.
    #[must_use]
    pub fn to_compact(&self) -> String {
        format!("{COMPACT_MARK}.{}.{}", self.wrapped_key, self.ciphertext)
    }

    /// Reads [`Self::to_compact`]'s form.
    ///
    /// # Errors
    /// [`CannotOpen`] when the text has another shape; its parts are checked when it is opened.
    pub fn from_compact(text: &str) -> Result<Self, CannotOpen> {
        let mut parts = text.split('.');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(COMPACT_MARK), Some(wrapped_key), Some(ciphertext), None) => {
                Ok(Self { wrapped_key: wrapped_key.to_owned(), ciphertext: ciphertext.to_owned() })
            }
            _ => Err(CannotOpen),
        }
    }
}

/// Joins the parts that name a record into associated data: each with its length in front, so that no two lists of
/// parts give the same bytes.
#[must_use]
pub fn associated_data(parts: &[&str]) -> Vec<u8> {
    let mut data = Vec::new();
    for part in parts {
        data.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        data.extend_from_slice(part.as_bytes());
    }
    data
}

/// Seals `plaintext` for the record that `aad` names (see [`associated_data`]).
///
/// # Errors
/// [`CannotSeal`].
pub fn seal(kek: &Key, aad: &[u8], plaintext: &[u8]) -> Result<Sealed, CannotSeal> {
    let dek = Key::random();
    Ok(Sealed {
        wrapped_key: STANDARD.encode(encrypt(&AES_256_GCM_SIV, kek, &layer(b"key", aad), dek.expose())?),
        ciphertext: STANDARD.encode(encrypt(&AES_256_GCM, &dek, &layer(b"record", aad), plaintext)?),
    })
}

/// Opens what [`seal`] made with the same `kek` and `aad`.
///
/// # Errors
/// [`CannotOpen`].
pub fn open(kek: &Key, sealed: &Sealed, aad: &[u8]) -> Result<SecretBytes, CannotOpen> {
    let dek = decrypt(&AES_256_GCM_SIV, kek, &layer(b"key", aad), &sealed.wrapped_key)?;
    let dek = Key::try_from_slice(dek.expose()).ok_or(CannotOpen)?;
    decrypt(&AES_256_GCM, &dek, &layer(b"record", aad), &sealed.ciphertext)
}

/// Keeps the two layers, and other uses of the same key, apart.
fn layer(name: &[u8], aad: &[u8]) -> Vec<u8> {
    [b"passwright sealed ", name, b"\0", aad].concat()
}

/// `version | nonce | ciphertext | tag`.
fn encrypt(algorithm: &'static Algorithm, key: &Key, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, CannotSeal> {
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key.expose()).map_err(|_| CannotSeal)?);
    let mut nonce = [0; NONCE_LEN];
    random::fill(&mut nonce);
    // Encrypted in a second buffer of the final size: the plaintext is never in one that could be moved unwiped.
    let mut body = Vec::with_capacity(plaintext.len() + algorithm.tag_len());
    body.extend_from_slice(plaintext);
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut body)
        .map_err(|_| CannotSeal)?;
    Ok([&[VERSION], &nonce[..], &body, tag.as_ref()].concat())
}

fn decrypt(algorithm: &'static Algorithm, key: &Key, aad: &[u8], encoded: &str) -> Result<SecretBytes, CannotOpen> {
    let stored = STANDARD.decode(encoded).map_err(|_| CannotOpen)?;
    let (&version, rest) = stored.split_first().ok_or(CannotOpen)?;
    let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(CannotOpen)?;
    let (body, tag) = body.split_at_checked(body.len().wrapping_sub(algorithm.tag_len())).ok_or(CannotOpen)?;
    if version != VERSION {
        return Err(CannotOpen);
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotOpen)?;
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key.expose()).map_err(|_| CannotOpen)?);
    let mut plaintext = zeroize::Zeroizing::new(vec![0; body.len()]);
    key.open_separate_gather(nonce, Aad::from(aad), body, tag, &mut plaintext).map_err(|_| CannotOpen)?;
    Ok(SecretBytes::new(std::mem::take(&mut *plaintext)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEALED: &str = "\
        sealed1.AZgPxvUMSQemF9SnGQJs8WTI7lQF+TGlmLA6Yzwzp/fIZH4D5PQPzuVw6y3qtBISR0EcDpxyJg8siJNqbA==\
        .Ae+XIcdBlUETcMJbOaSSkkF905giFrAXpbbXUUv99PH8oO+fz2XP7Y4G";

    fn kek() -> Key {
        Key::from_bytes(&[3; 32])
    }

    #[test]
    fn another_key_or_record_does_not_open() {
        let sealed = seal(&kek(), b"row 1", b"secret").unwrap();
        assert_eq!(open(&kek(), &sealed, b"row 1").unwrap().expose(), b"secret");
        for (key, aad) in [(kek(), &b"row 2"[..]), (kek(), b""), (Key::random(), b"row 1")] {
            assert_eq!(open(&key, &sealed, aad).err(), Some(CannotOpen));
        }
        let other = seal(&kek(), b"row 1", b"secret").unwrap();
        assert_ne!(sealed, other);
        let mixed = Sealed { wrapped_key: sealed.wrapped_key, ciphertext: other.ciphertext };
        assert_eq!(open(&kek(), &mixed, b"row 1").err(), Some(CannotOpen));
    }

    #[test]
    fn associated_data_is_unambiguous() {
        let lists: [&[&str]; 6] = [&[], &[""], &["", ""], &["ab"], &["a", "b"], &["b", "a"]];
        for (i, one) in lists.iter().enumerate() {
            for (j, other) in lists.iter().enumerate() {
                assert_eq!(associated_data(one) == associated_data(other), i == j, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn the_compact_form_is_strict() {
        let sealed = seal(&kek(), b"", b"x").unwrap();
        let compact = sealed.to_compact();
        assert_eq!(Sealed::from_compact(&compact), Ok(sealed));
        for wrong in ["", "sealed1", "sealed1.a", "sealed1.a.b.c", "sealed2.a.b", &compact.replace('1', "")] {
            assert_eq!(
                Sealed::from_compact(wrong).and_then(|sealed| open(&kek(), &sealed, b"")).err(),
                Some(CannotOpen)
            );
        }
    }

    /// A record sealed by the first release must open in every later one.
    #[test]
    fn the_format_is_fixed() {
        let sealed = Sealed::from_compact(SEALED).unwrap();
        assert_eq!(open(&kek(), &sealed, &associated_data(&["row", "1"])).unwrap().expose(), b"correct horse");
    }

    /// Every bit of both parts, and every cut.
    #[test]
    fn no_bit_flip_and_no_cut_is_accepted() {
        let sealed = seal(&kek(), b"row", b"correct horse").unwrap();
        for part in 0..2 {
            let bytes = STANDARD.decode(if part == 0 { &sealed.wrapped_key } else { &sealed.ciphertext }).unwrap();
            let with = |bytes: &[u8]| {
                let mut changed = sealed.clone();
                *(if part == 0 { &mut changed.wrapped_key } else { &mut changed.ciphertext }) = STANDARD.encode(bytes);
                changed
            };
            assert!(open(&kek(), &with(&bytes), b"row").is_ok());
            for bit in 0..bytes.len() * 8 {
                let mut changed = bytes.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(open(&kek(), &with(&changed), b"row").err(), Some(CannotOpen), "bit {bit}");
            }
            for len in 0..bytes.len() {
                assert_eq!(open(&kek(), &with(&bytes[..len]), b"row").err(), Some(CannotOpen), "{len} bytes");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_sealed_opens(key: [u8; 32], aad: Vec<u8>, plaintext: Vec<u8>) {
            let sealed = seal(&Key::from_bytes(&key), &aad, &plaintext).unwrap();
            let compact = Sealed::from_compact(&sealed.to_compact()).unwrap();
            let opened = open(&Key::from_bytes(&key), &compact, &aad).unwrap();
            prop_assert_eq!(opened.expose(), &plaintext[..]);
        }

        #[test]
        fn swapped_records_do_not_open(one: Vec<u8>, other: Vec<u8>, plaintext: Vec<u8>) {
            prop_assume!(one != other);
            let sealed = seal(&kek(), &one, &plaintext).unwrap();
            prop_assert_eq!(open(&kek(), &sealed, &other).err(), Some(CannotOpen));
        }

        /// Changes of the text itself: another character anywhere is another value or no base64.
        #[test]
        fn changed_text_does_not_open(plaintext: Vec<u8>, part: bool, at: prop::sample::Index, byte in 0x20_u8..0x7f) {
            let mut sealed = seal(&kek(), b"row", &plaintext).unwrap();
            let text = if part { &mut sealed.wrapped_key } else { &mut sealed.ciphertext };
            let mut bytes = text.clone().into_bytes();
            let at = at.index(bytes.len());
            prop_assume!(bytes[at] != byte);
            bytes[at] = byte;
            *text = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(open(&kek(), &sealed, b"row").err(), Some(CannotOpen));
        }
    }
}
