//! RSA with PKCS#1 v1.5, the padding the wire forces, made safe to use by implicit rejection: a ciphertext with bad
//! padding opens to a message that only looks random, and nothing says so. The message is the same one that
//! OpenSSL 3.2 and later make (draft-irtf-cfrg-rsa-guidance), so that nodes on different versions agree.
//!
//! What the caller must keep: [`RsaPublicKey::check_ciphertext`] is for the request path and uses public facts only;
//! [`RsaPrivateKey::decrypt_implicit`] is for the worker; and all that is wrong with an opened message (not UTF-8,
//! empty, against the policy) must lead to one outward answer.

mod ffi;
mod implicit_rejection;
#[cfg(test)]
mod tests;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use zeroize::Zeroizing;

use crate::digest::sha256;
use crate::secret::{Key, SecretBytes};
use ffi::RawKey;

/// Bytes PKCS#1 v1.5 adds to a message: `00 02`, at least eight of padding, `00` (RFC 8017 section 7.2.1).
const PADDING_OVERHEAD: usize = 11;

/// A fault of a ciphertext that anyone who holds the public key can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublicFault {
    /// The ciphertext is not as long as the modulus.
    #[error("ciphertext has {actual} bytes, the key's modulus {expected}")]
    Length { expected: usize, actual: usize },
    /// Read as a big-endian integer, the ciphertext is not below the modulus.
    #[error("ciphertext is not below the key's modulus")]
    NotBelowModulus,
}

/// Why a ciphertext was not opened. Neither variant depends on what is inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecryptFault {
    #[error(transparent)]
    Public(#[from] PublicFault),
    /// AWS-LC could not run the operation (out of memory, or a fault in the computation caught by its own check).
    #[error("the rsa private operation could not be run")]
    Library,
}

/// Why a key was not made or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RsaKeyFault {
    /// Only 2048, 3072 and 4096 bits are generated.
    #[error("rsa keys of {0} bits are not made")]
    Size(usize),
    /// Not one DER-encoded RSA key of 2048 to 8192 bits with matching numbers.
    #[error("not an rsa key of 2048 to 8192 bits")]
    Rejected,
    #[error("the rsa key could not be generated")]
    Library,
}

/// Why a message was not encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptFault {
    #[error("message has {actual} bytes, the key takes at most {max}")]
    TooLong { max: usize, actual: usize },
    #[error("the rsa public operation could not be run")]
    Library,
}

/// A public key of 2048 to 8192 bits. Share it between threads as it is.
pub struct RsaPublicKey {
    raw: RawKey,
    spki: Vec<u8>,
    modulus: Vec<u8>,
}

impl RsaPublicKey {
    /// Parses an X.509 `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`RsaKeyFault::Rejected`].
    pub fn from_spki_der(der: &[u8]) -> Result<Self, RsaKeyFault> {
        let raw = RawKey::from_spki(der).ok_or(RsaKeyFault::Rejected)?;
        let spki = raw.to_spki().ok_or(RsaKeyFault::Rejected)?;
        let modulus = raw.modulus().ok_or(RsaKeyFault::Rejected)?;
        Ok(Self { raw, spki, modulus })
    }

    /// The key as an X.509 `SubjectPublicKeyInfo` in DER; its base64 is the wire's `publicKey`.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// Length of the modulus in bytes: that of every ciphertext.
    #[must_use]
    pub fn modulus_len(&self) -> usize {
        self.raw.len()
    }

    /// The longest message [`Self::encrypt`] takes, in bytes.
    #[must_use]
    pub fn max_message_len(&self) -> usize {
        self.raw.len() - PADDING_OVERHEAD
    }

    /// Checks what can be known of a ciphertext without the private key: its length, and that it is below the
    /// modulus. Passing means nothing more than that it can be given to the private operation.
    ///
    /// # Errors
    /// [`PublicFault`].
    pub fn check_ciphertext(&self, ciphertext: &[u8]) -> Result<(), PublicFault> {
        if ciphertext.len() != self.modulus.len() {
            return Err(PublicFault::Length { expected: self.modulus.len(), actual: ciphertext.len() });
        }
        // Equal lengths: the order of the bytes is the order of the integers. Both are public.
        if ciphertext >= self.modulus.as_slice() {
            return Err(PublicFault::NotBelowModulus);
        }
        Ok(())
    }

    /// Whether the ciphertext is 0, 1 or n - 1: every RSA operation maps those to themselves, so they say nothing of
    /// the key, and AWS-LC refuses to compute them. They open to a synthetic message like all others.
    fn is_fixed_point(&self, ciphertext: &[u8]) -> bool {
        let Some((last, rest)) = ciphertext.split_last() else { return false };
        let Some((last_of_modulus, rest_of_modulus)) = self.modulus.split_last() else { return false };
        // The modulus is odd, so n - 1 differs from it in the last bit only.
        (*last <= 1 && rest.iter().all(|byte| *byte == 0)) || (*last == last_of_modulus - 1 && rest == rest_of_modulus)
    }

    /// Encrypts with PKCS#1 v1.5 padding (RFC 8017 section 7.2.1).
    ///
    /// # Errors
    /// [`EncryptFault::TooLong`] for more than [`Self::max_message_len`] bytes.
    pub fn encrypt(&self, message: &[u8]) -> Result<Vec<u8>, EncryptFault> {
        if message.len() > self.max_message_len() {
            return Err(EncryptFault::TooLong { max: self.max_message_len(), actual: message.len() });
        }
        self.raw.encrypt(message).ok_or(EncryptFault::Library)
    }
}

/// A private key of 2048 to 8192 bits: parsed once, kept, and shared between threads as it is (the raw operation is
/// blinded and locks what it changes). Dropping it wipes its numbers.
pub struct RsaPrivateKey {
    raw: RawKey,
    public: RsaPublicKey,
    /// SHA-256 of the private exponent padded to the modulus length: the secret behind the synthetic messages.
    rejection_key: Key,
}

impl RsaPrivateKey {
    /// Makes a key with public exponent 65537. Takes up to seconds; not for the request path.
    ///
    /// # Errors
    /// [`RsaKeyFault::Size`] for another size than 2048, 3072 or 4096 bits; [`RsaKeyFault::Library`].
    pub fn generate(bits: usize) -> Result<Self, RsaKeyFault> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            other => return Err(RsaKeyFault::Size(other)),
        };
        let made = PrivateDecryptingKey::generate(size).map_err(|_| RsaKeyFault::Library)?;
        let der: Pkcs8V1Der<'_> = made.as_der().map_err(|_| RsaKeyFault::Library)?;
        Self::from_raw(RawKey::from_pkcs8(der.as_ref()).ok_or(RsaKeyFault::Library)?)
    }

    /// Parses PKCS#8 (RFC 5208) in DER, as [`Self::to_pkcs8`] gives it.
    ///
    /// # Errors
    /// [`RsaKeyFault::Rejected`].
    pub fn from_pkcs8(der: &SecretBytes) -> Result<Self, RsaKeyFault> {
        Self::from_raw(RawKey::from_pkcs8(der.expose()).ok_or(RsaKeyFault::Rejected)?)
    }

    fn from_raw(raw: RawKey) -> Result<Self, RsaKeyFault> {
        let exponent = raw.private_exponent().ok_or(RsaKeyFault::Rejected)?;
        let rejection_key = Key::from_bytes(&sha256(&exponent));
        let public = RsaPublicKey::from_spki_der(&raw.to_spki().ok_or(RsaKeyFault::Rejected)?)?;
        Ok(Self { raw, public, rejection_key })
    }

    /// The key as PKCS#8 (RFC 5208) in DER, to be sealed.
    ///
    /// # Errors
    /// [`RsaKeyFault::Library`] when AWS-LC is out of memory.
    pub fn to_pkcs8(&self) -> Result<SecretBytes, RsaKeyFault> {
        let mut der = self.raw.to_pkcs8().ok_or(RsaKeyFault::Library)?;
        Ok(SecretBytes::new(std::mem::take(&mut *der)))
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> &RsaPublicKey {
        &self.public
    }

    /// Opens a PKCS#1 v1.5 ciphertext. Bad padding gives a message too: one of 0 to [`RsaPublicKey::max_message_len`]
    /// bytes that depends on the key and the ciphertext only and that nobody without the private key can tell from
    /// the message of a well-padded ciphertext. The caller cannot tell either, and must not try to.
    ///
    /// # Errors
    /// [`DecryptFault::Public`] when [`RsaPublicKey::check_ciphertext`] refuses it; [`DecryptFault::Library`].
    /// Neither depends on the padding.
    pub fn decrypt_implicit(&self, ciphertext: &[u8]) -> Result<SecretBytes, DecryptFault> {
        self.public.check_ciphertext(ciphertext)?;
        let block = if self.public.is_fixed_point(ciphertext) {
            Zeroizing::new(ciphertext.to_vec())
        } else {
            self.raw.private_operation(ciphertext).ok_or(DecryptFault::Library)?
        };
        Ok(implicit_rejection::unpad(block, &self.rejection_key, ciphertext))
    }
}
