//! RSA without padding: ciphertexts of any encoded message, as an attacker makes them from the public key alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;

/// A public key as numbers.
pub(crate) struct PublicKey {
    modulus: BigUint,
    exponent: BigUint,
    /// Length of the modulus in bytes.
    pub(crate) length: usize,
}

impl PublicKey {
    /// Reads the base64 of a DER SubjectPublicKeyInfo (RFC 5280 section 4.1, RFC 8017 appendix A.1.1).
    pub(crate) fn read(text: &str) -> Self {
        let der = STANDARD.decode(text).unwrap();
        let (info, _) = element(&der, 0x30);
        let (_, key) = element(info, 0x30);
        let (key, _) = element(key, 0x03);
        let (numbers, _) = element(key.strip_prefix(&[0]).unwrap(), 0x30);
        let (modulus, rest) = element(numbers, 0x02);
        let (exponent, _) = element(rest, 0x02);
        let modulus = BigUint::from_bytes_be(modulus);
        let length = usize::try_from(modulus.bits().div_ceil(8)).unwrap();
        Self { modulus, exponent: BigUint::from_bytes_be(exponent), length }
    }

    /// The ciphertext of an encoded message of the modulus' length.
    pub(crate) fn encrypt(&self, message: &[u8]) -> Vec<u8> {
        assert_eq!(message.len(), self.length);
        let message = BigUint::from_bytes_be(message);
        assert!(message < self.modulus);
        self.padded(&message.modpow(&self.exponent, &self.modulus))
    }

    /// The modulus plus this, in the modulus' length.
    pub(crate) fn modulus_plus(&self, more: u8) -> Vec<u8> {
        self.padded(&(&self.modulus + more))
    }

    /// The modulus less one: the greatest ciphertext there is.
    pub(crate) fn greatest(&self) -> Vec<u8> {
        self.padded(&(&self.modulus - 1_u8))
    }

    fn padded(&self, number: &BigUint) -> Vec<u8> {
        let bytes = number.to_bytes_be();
        [vec![0; self.length - bytes.len()], bytes].concat()
    }
}

/// The content of the element at the start, which has this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> (&[u8], &[u8]) {
    assert_eq!(der[0], tag);
    let (length, start) = match usize::from(der[1]) {
        short if short < 0x80 => (short, 2),
        long => {
            let bytes = long - 0x80;
            (der[2..2 + bytes].iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), 2 + bytes)
        }
    };
    (&der[start..start + length], &der[start + length..])
}

/// `00 02 PS 00 M` with this message and a padding string of bytes that are not zero (RFC 8017 section 7.2.1).
pub(crate) fn padded_message(length: usize, message: &[u8]) -> Vec<u8> {
    let padding = nonzero(length - 3 - message.len());
    [&[0, 2], padding.as_slice(), &[0], message].concat()
}

pub(crate) fn nonzero(length: usize) -> Vec<u8> {
    random(length).into_iter().map(|byte| byte.max(1)).collect()
}

pub(crate) fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    passwright_vault::random::fill(&mut bytes);
    bytes
}
