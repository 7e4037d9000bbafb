//! Types that hold a secret. They are zeroised on drop, compared in constant time, and cannot be printed, serialised,
//! cloned or compared with `==`, so a secret reaches a log or a page only through a call of `expose`, which a search
//! finds.
//!
//! ```compile_fail,E0277
//! let password = passwright_vault::secret::Password::new("secret".to_owned());
//! println!("{password:?}");
//! ```
//! ```compile_fail,E0277
//! let password = passwright_vault::secret::Password::new("secret".to_owned());
//! println!("{password}");
//! ```
//! ```compile_fail,E0369
//! use passwright_vault::secret::SecretText;
//! let same = SecretText::new("a".to_owned()) == SecretText::new("a".to_owned());
//! ```
//! ```compile_fail,E0277
//! let bytes = passwright_vault::secret::SecretBytes::new(vec![1]);
//! serde_json::to_string(&bytes);
//! ```
//! ```compile_fail,E0599
//! let key = passwright_vault::secret::Key::random();
//! let copy = key.clone();
//! ```
//!
//! What this cannot do: wipe copies that other code makes of what `expose` lends out (a driver's send buffer).

use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::random;

/// The bytes are not UTF-8. Carries nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("secret is not valid utf-8")]
pub struct NotUtf8;

/// Whether two byte strings are equal, in a time that depends on their lengths only.
#[must_use]
pub fn ct_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

macro_rules! text_secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the text over without a copy.
            #[must_use]
            pub fn new(text: String) -> Self {
                Self(Zeroizing::new(text))
            }

            /// Takes bytes over without a copy.
            ///
            /// # Errors
            /// [`NotUtf8`]; the bytes are wiped then.
            pub fn from_utf8(bytes: SecretBytes) -> Result<Self, NotUtf8> {
                match String::from_utf8(bytes.into_vec()) {
                    Ok(text) => Ok(Self::new(text)),
                    Err(fault) => {
                        fault.into_bytes().zeroize();
                        Err(NotUtf8)
                    }
                }
            }

            /// The secret itself. Do not log, format or keep it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// Whether both hold the same text, in a time that depends on their lengths only.
            #[must_use]
            pub fn ct_eq(&self, other: &Self) -> bool {
                ct_eq(self.expose().as_bytes(), other.expose().as_bytes())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
    };
}

text_secret!(
    /// A password a person chose, or a connector's own: UTF-8, any length, not normalised.
    Password
);
text_secret!(
    /// Any other secret text: a client secret, a connection string with credentials, a one-time code.
    SecretText
);

/// Secret bytes of any length.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over without a copy.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The secret itself. Do not log, format or keep it.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether both hold the same bytes, in a time that depends on their lengths only.
    #[must_use]
    pub fn ct_eq(&self, other: &Self) -> bool {
        ct_eq(self.expose(), other.expose())
    }

    fn into_vec(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }
}

impl From<Password> for SecretBytes {
    fn from(mut password: Password) -> Self {
        Self::new(std::mem::take(&mut *password.0).into_bytes())
    }
}

/// A 256-bit symmetric key. On the heap, so that moving the value leaves no copy behind.
pub struct Key(Box<Zeroizing<[u8; 32]>>);

impl Key {
    /// Takes over 32 bytes; the caller's copy is the caller's to wipe.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self::from_slice(bytes)
    }

    /// A fresh random key.
    #[must_use]
    pub fn random() -> Self {
        let mut key = Self::zero();
        random::fill(key.0.as_mut_slice());
        key
    }

    /// The secret itself. Do not log, format or keep it.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are the same key, in constant time.
    #[must_use]
    pub fn ct_eq(&self, other: &Self) -> bool {
        ct_eq(self.expose(), other.expose())
    }

    /// From exactly 32 bytes, or nothing.
    pub(crate) fn try_from_slice(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == 32).then(|| Self::from_slice(bytes))
    }

    /// The first 32 of `bytes`, which has at least as many.
    pub(crate) fn from_slice(bytes: &[u8]) -> Self {
        let mut key = Self::zero();
        for (to, from) in key.0.iter_mut().zip(bytes) {
            *to = *from;
        }
        key
    }

    fn zero() -> Self {
        Self(Box::new(Zeroizing::new([0; 32])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does not compile when `$type` implements `$bound`: two candidates for `name` are ambiguous then.
    macro_rules! refuses {
        ($($type:ty: $($bound:path),+;)+) => {$($({
            trait Ambiguous<A> { fn name() {} }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Implements;
            impl<T: ?Sized + $bound> Ambiguous<Implements> for T {}
            <$type as Ambiguous<_>>::name();
        })+)+};
    }

    #[test]
    fn no_secret_type_can_be_shown_or_copied() {
        use std::fmt::{Debug, Display};
        refuses! {
            Password: Debug, Display, Clone, PartialEq, serde::Serialize;
            SecretText: Debug, Display, Clone, PartialEq, serde::Serialize;
            SecretBytes: Debug, Display, Clone, PartialEq, serde::Serialize;
            Key: Debug, Display, Clone, PartialEq, serde::Serialize;
            crate::key_source::RootKey: Debug, Display, Clone, PartialEq, serde::Serialize;
            crate::key_source::KeySource: Debug, Display, Clone, PartialEq, serde::Serialize;
            crate::rsa::RsaPrivateKey: Debug, Display, Clone, PartialEq, serde::Serialize;
            crate::epoch::EpochKeys: Debug, Display, Clone, PartialEq, serde::Serialize;
            crate::handle::HandleSecret: Debug, Display, Clone, PartialEq, serde::Serialize;
            crate::token::TokenSigner: Debug, Display, Clone, PartialEq, serde::Serialize;
        }
    }

    #[test]
    fn text_and_bytes_keep_their_content() {
        let password = Password::new("pässwörd".to_owned());
        assert_eq!(password.expose(), "pässwörd");
        let bytes = SecretBytes::from(password);
        assert_eq!(bytes.expose(), "pässwörd".as_bytes());
        assert_eq!(SecretText::from_utf8(bytes).ok().unwrap().expose(), "pässwörd");
        assert_eq!(Password::from_utf8(SecretBytes::new(vec![0x61, 0xff])).err(), Some(NotUtf8));
    }

    #[test]
    fn comparison_sees_content_and_length() {
        for (a, b, same) in [("", "", true), ("a", "a", true), ("a", "b", false), ("a", "aa", false), ("", "a", false)]
        {
            assert_eq!(SecretText::new(a.to_owned()).ct_eq(&SecretText::new(b.to_owned())), same, "{a:?} {b:?}");
        }
        let key = Key::random();
        assert!(key.ct_eq(&Key::from_bytes(key.expose())));
        assert!(!key.ct_eq(&Key::random()));
        assert!(Key::try_from_slice(&[0; 31]).is_none());
    }
}
