//! Taking PKCS#1 v1.5 padding off without saying whether it was right: draft-irtf-cfrg-rsa-guidance, "implicit
//! rejection", in the form OpenSSL has had since 3.2.
//!
//! ```text
//! kdk       = HMAC-SHA256(SHA-256(d padded to k bytes), ciphertext)
//! prf(l, n) = first n bytes of HMAC-SHA256(kdk, i as u16 | l | 8n as u16) for i = 0, 1, ... (big-endian)
//! length    = last of the 128 u16 in prf("length", 256), each masked to the bits of k - 10, that is below k - 10
//! message   = last `length` bytes of prf("message", k)
//! ```
//!
//! Both messages are computed for every ciphertext and one is chosen with `subtle`. Branches, memory addresses and
//! loop counts depend on `k` alone, until the chosen message is cut to its length. The length is not hidden: it is
//! the caller's to know, and a synthetic message has one as well.

use aws_lc_rs::hmac;
use subtle::{
    Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeGreater as _, ConstantTimeLess as _,
};
use zeroize::Zeroizing;

use crate::secret::{Key, SecretBytes};

/// `00 02` and eight bytes of padding: the first index at which the separator may stand.
const FIRST_SEPARATOR: u32 = 10;

/// Turns the block of the raw private operation (`k` bytes, 256 to 1024) into a message.
pub(super) fn unpad(mut block: Zeroizing<Vec<u8>>, rejection_key: &Key, ciphertext: &[u8]) -> SecretBytes {
    let k = u32::try_from(block.len()).unwrap_or(u32::MAX);
    let kdk = key_derivation_key(rejection_key, ciphertext);
    let synthetic = prf(&kdk, b"message", block.len());
    let synthetic_start = k - synthetic_length(&kdk, k);

    let (valid, message_start) = inspect(&block);
    for (byte, other) in block.iter_mut().zip(synthetic.iter()) {
        *byte = u8::conditional_select(other, byte, valid);
    }
    let start = u32::conditional_select(&synthetic_start, &message_start, valid);

    block.drain(..start as usize);
    SecretBytes::new(std::mem::take(&mut *block))
}

/// Whether the block is `00 02`, eight or more non-zero bytes, `00`; and the index after the first `00` from index 2
/// on (some index within the block when there is none). Looks at every byte.
fn inspect(block: &[u8]) -> (Choice, u32) {
    let mut valid = Choice::from(1);
    let mut found = Choice::from(0);
    let mut separator = 0_u32;
    for (index, byte) in (0_u32..).zip(block) {
        match index {
            0 => valid &= byte.ct_eq(&0),
            1 => valid &= byte.ct_eq(&2),
            _ => {
                let first_zero = byte.ct_eq(&0) & !found;
                separator.conditional_assign(&index, first_zero);
                found |= first_zero;
            }
        }
    }
    // Without a separator the index stays 0, which fails here too.
    valid &= !separator.ct_lt(&FIRST_SEPARATOR);
    (valid & found, separator + 1)
}

fn key_derivation_key(rejection_key: &Key, ciphertext: &[u8]) -> hmac::Key {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, rejection_key.expose()), ciphertext);
    hmac::Key::new(hmac::HMAC_SHA256, tag.as_ref())
}

/// Length of the synthetic message, below `k - 10`.
fn synthetic_length(kdk: &hmac::Key, k: u32) -> u32 {
    let bound = k - FIRST_SEPARATOR;
    // All ones up to the highest bit of `bound`, a public number.
    let mask = u32::MAX >> bound.leading_zeros();
    let mut length = 0;
    for pair in prf(kdk, b"length", 256).chunks_exact(2) {
        let candidate = pair.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)) & mask;
        length.conditional_assign(&candidate, bound.ct_gt(&candidate));
    }
    length
}

fn prf(kdk: &hmac::Key, label: &[u8], len: usize) -> Zeroizing<Vec<u8>> {
    // At most 1024 bytes are asked for, so both numbers fit.
    let bits = u16::try_from(len * 8).unwrap_or(u16::MAX);
    let mut out = Zeroizing::new(Vec::with_capacity(len.next_multiple_of(32)));
    for counter in 0_u16.. {
        if out.len() >= len {
            break;
        }
        let mut block = hmac::Context::with_key(kdk);
        block.update(&counter.to_be_bytes());
        block.update(label);
        block.update(&bits.to_be_bytes());
        out.extend_from_slice(block.sign().as_ref());
    }
    out.truncate(len);
    out
}
