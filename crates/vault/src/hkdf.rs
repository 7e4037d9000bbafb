//! HKDF-SHA256 (RFC 5869) for the one length used here: 32 bytes, which is the first block of the expansion.

use aws_lc_rs::hmac;

use crate::secret::Key;

/// Derives 32 bytes from `secret`; another `label` or `context` gives an unrelated key.
///
/// `label` must not contain a zero byte, which separates it from `context`.
pub(crate) fn derive(salt: &[u8], secret: &[u8], label: &str, context: &[u8]) -> Key {
    let extract = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), secret);
    expand(extract.as_ref(), &[label.as_bytes(), &[0], context])
}

/// `T(1) = HMAC(prk, info | 0x01)`, RFC 5869 section 2.3.
fn expand(prk: &[u8], info: &[&[u8]]) -> Key {
    let mut expansion = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, prk));
    for part in info {
        expansion.update(part);
    }
    expansion.update(&[1]);
    Key::from_slice(expansion.sign().as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::hkdf;

    #[test]
    fn equals_the_library() {
        for (salt, secret, label, context) in [
            (&b"salt"[..], &b"input key material"[..], "label", &b"context"[..]),
            (b"", b"x", "l", b""),
            (&[7; 100], &[9; 200], "another label", &[0; 70]),
        ] {
            let info = [label.as_bytes(), &[0], context].concat();
            let mut want = [0; 32];
            hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
                .extract(secret)
                .expand(&[&info], hkdf::HKDF_SHA256)
                .unwrap()
                .fill(&mut want)
                .unwrap();
            assert_eq!(derive(salt, secret, label, context).expose(), &want);
        }
    }

    /// The first 32 bytes of RFC 5869, A.1.
    #[test]
    fn rfc_5869_first_case() {
        let salt: Vec<u8> = (0..=12).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let prk = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &salt), &[0x0b; 22]);
        let hex: String = expand(prk.as_ref(), &[&info]).expose().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }
}
