//! Encryption of a new password for `set-password`.
//!
//! The API fixes the padding: RSAES-PKCS1-v1_5 (RFC 8017 section 7.2.1) over the password's UTF-8 bytes, nothing
//! before or after them. A trailing line break would become part of the password.

use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Why a password could not be encrypted. Never holds the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The key is not base64.
    #[error("the public key is not base64")]
    KeyNotBase64,
    /// The key is not the DER of an RSA `SubjectPublicKeyInfo` of 2048 to 8192 bits.
    #[error("the public key is not an RSA key of 2048 to 8192 bits")]
    KeyNotRsa,
    /// There is nothing to encrypt.
    #[error("the password is empty")]
    Empty,
    /// Longer than the key can take: its size in bytes less 11 (RFC 8017 section 7.2.1).
    #[error("the password is {length} bytes long, the key takes {maximum}")]
    TooLong {
        /// Length of the password in bytes.
        length: usize,
        /// Longest password this key takes, in bytes: 245 for 2048 bit.
        maximum: usize,
    },
    /// The cryptographic library refused.
    #[error("the encryption failed")]
    Failed,
}

/// Encrypts a password for `encryptedPassword`.
///
/// `public_key` is [`PasswordInfo::public_key`](crate::PasswordInfo): base64 of a DER `SubjectPublicKeyInfo`; white
/// space in it is ignored. The result is base64 on one line, and different at each call.
///
/// # Errors
/// [`EncryptError`] when the key cannot be read, or the password is empty or too long for it.
pub fn encrypt_password(public_key: &str, password: &str) -> Result<String, EncryptError> {
    let compact: String = public_key.split_ascii_whitespace().collect();
    let der = STANDARD.decode(compact).map_err(|_| EncryptError::KeyNotBase64)?;
    let key = PublicEncryptingKey::from_der(&der).map_err(|_| EncryptError::KeyNotRsa)?;
    let key = Pkcs1PublicEncryptingKey::new(key).map_err(|_| EncryptError::KeyNotRsa)?;
    if password.is_empty() {
        return Err(EncryptError::Empty);
    }
    let maximum = key.max_plaintext_size();
    if password.len() > maximum {
        return Err(EncryptError::TooLong { length: password.len(), maximum });
    }
    let mut buffer = vec![0; key.ciphertext_size()];
    let ciphertext = key.encrypt(password.as_bytes(), &mut buffer).map_err(|_| EncryptError::Failed)?;
    Ok(STANDARD.encode(ciphertext))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::rsa::{KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};

    fn key_pair(size: KeySize) -> (Pkcs1PrivateDecryptingKey, String) {
        let private = PrivateDecryptingKey::generate(size).unwrap();
        let der: PublicKeyX509Der<'_> = private.public_key().as_der().unwrap();
        let public = STANDARD.encode(der.as_ref());
        (Pkcs1PrivateDecryptingKey::new(private).unwrap(), public)
    }

    fn open(private: &Pkcs1PrivateDecryptingKey, encrypted: &str) -> Vec<u8> {
        let ciphertext = STANDARD.decode(encrypted).unwrap();
        let mut buffer = vec![0; private.min_output_size()];
        private.decrypt(&ciphertext, &mut buffer).unwrap().to_vec()
    }

    #[test]
    fn what_is_encrypted_comes_back_byte_for_byte() {
        let (private, public) = key_pair(KeySize::Rsa2048);
        for password in ["x", "Correct-Horse 9", "pässwörd €\n", &"z".repeat(245)] {
            let encrypted = encrypt_password(&public, password).unwrap();
            assert_eq!(encrypted.len(), 344, "base64 of 256 bytes on one line");
            assert_eq!(open(&private, &encrypted), password.as_bytes());
        }
        let wrapped = format!(" {}\r\n{}\n", &public[..64], &public[64..]);
        assert_eq!(open(&private, &encrypt_password(&wrapped, "Passw0rd").unwrap()), b"Passw0rd");
        assert_ne!(encrypt_password(&public, "same"), encrypt_password(&public, "same"));
    }

    #[test]
    fn limits() {
        let (_, public) = key_pair(KeySize::Rsa2048);
        let long = EncryptError::TooLong { length: 246, maximum: 245 };
        assert_eq!(encrypt_password(&public, &"z".repeat(246)), Err(long));
        assert_eq!(encrypt_password(&public, &"ä".repeat(123)), Err(long));
        assert_eq!(encrypt_password(&public, ""), Err(EncryptError::Empty));
        let (private, public) = key_pair(KeySize::Rsa3072);
        let password = "z".repeat(373);
        assert_eq!(open(&private, &encrypt_password(&public, &password).unwrap()), password.as_bytes());
    }

    #[test]
    fn bad_keys_are_refused() {
        assert_eq!(encrypt_password("not base64!", "Passw0rd"), Err(EncryptError::KeyNotBase64));
        assert_eq!(encrypt_password("", "Passw0rd"), Err(EncryptError::KeyNotRsa));
        assert_eq!(encrypt_password("MIIB", "Passw0rd"), Err(EncryptError::KeyNotRsa));
        let (_, public) = key_pair(KeySize::Rsa2048);
        assert_eq!(encrypt_password(&public[..200], "Passw0rd"), Err(EncryptError::KeyNotRsa));
    }
}
