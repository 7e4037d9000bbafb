//! The one place that calls AWS-LC directly, because its safe Rust interface has neither the raw private operation
//! nor the private exponent, and its PKCS#1 v1.5 decryption answers bad padding with an error (an oracle).
//!
//! Bounds of this file: it parses, marshals and runs one operation; it knows nothing of padding on the private side.
//! Every pointer it owns is freed exactly once, in `Drop`; every buffer is sized from the modulus before the call.
#![expect(unsafe_code, reason = "raw RSA is reachable only through the C interface of AWS-LC")]

use std::mem::MaybeUninit;
use std::os::raw::c_int;
use std::ptr::{self, NonNull};

use aws_lc_sys as lc;
use zeroize::Zeroizing;

/// Smallest and largest modulus taken, in bits. The C interface alone would take 512.
const MODULUS_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// An RSA key, public or private, of 2048 to 8192 bits.
pub(super) struct RawKey {
    /// Owned; freed on drop.
    pkey: NonNull<lc::EVP_PKEY>,
    /// Borrowed from `pkey`, alive as long as it.
    rsa: NonNull<lc::RSA>,
    /// Length of the modulus in bytes.
    len: usize,
}

// SAFETY: both pointers are owned by this value alone and not bound to a thread.
unsafe impl Send for RawKey {}

// SAFETY: after construction only functions are called that `openssl/rsa.h` and `openssl/evp.h` declare non-mutating
// for thread-safety purposes ("Encryption / Decryption: ... may be used concurrently") or that take a `const`
// pointer. What the private operation does change, the cache of blinding values, AWS-LC guards with the key's lock.
unsafe impl Sync for RawKey {}

impl Drop for RawKey {
    fn drop(&mut self) {
        // SAFETY: `pkey` came from a parse function, is freed here only, and `rsa` is not used afterwards.
        // AWS-LC wipes private numbers when it frees them.
        unsafe { lc::EVP_PKEY_free(self.pkey.as_ptr()) }
    }
}

impl RawKey {
    /// Parses PKCS#8 (RFC 5208) with a whole private key, and checks that its numbers belong together.
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        // SAFETY: `parse` hands the function a valid CBS over `der`.
        Self::parse(der, |cbs| unsafe { lc::EVP_parse_private_key(cbs) })
    }

    /// Parses an X.509 `SubjectPublicKeyInfo`.
    pub(super) fn from_spki(der: &[u8]) -> Option<Self> {
        // SAFETY: `parse` hands the function a valid CBS over `der`.
        Self::parse(der, |cbs| unsafe { lc::EVP_parse_public_key(cbs) })
    }

    fn parse(der: &[u8], parser: impl FnOnce(*mut lc::CBS) -> *mut lc::EVP_PKEY) -> Option<Self> {
        let mut cbs = lc::CBS { data: der.as_ptr(), len: der.len() };
        let Some(pkey) = NonNull::new(parser(&raw mut cbs)) else {
            forget_errors();
            return None;
        };
        // SAFETY: `pkey` is valid; these functions only read it.
        let (kind, rsa) = unsafe { (lc::EVP_PKEY_id(pkey.as_ptr()), lc::EVP_PKEY_get0_RSA(pkey.as_ptr())) };
        // From here on `pkey` must be freed on every way out; a key that is not RSA has no `rsa` pointer.
        let Some(rsa) = NonNull::new(rsa) else {
            // SAFETY: `pkey` is valid, owned, and not used afterwards.
            unsafe { lc::EVP_PKEY_free(pkey.as_ptr()) };
            forget_errors();
            return None;
        };
        // SAFETY: `rsa` is valid as long as `pkey`.
        let (bits, len) = unsafe { (lc::RSA_bits(rsa.as_ptr()), lc::RSA_size(rsa.as_ptr())) };
        let key = Self { pkey, rsa, len: len as usize };
        (kind == lc::EVP_PKEY_RSA && cbs.len == 0 && MODULUS_BITS.contains(&bits)).then_some(key)
    }

    /// Length of the modulus in bytes: that of every ciphertext.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The modulus, big-endian, exactly `len` bytes.
    pub(super) fn modulus(&self) -> Option<Vec<u8>> {
        // SAFETY: `rsa` is valid; the result is borrowed from it and used at once.
        let mut out = self.padded(unsafe { lc::RSA_get0_n(self.rsa.as_ptr()) })?;
        Some(std::mem::take(&mut *out))
    }

    /// The private exponent, big-endian, padded to `len` bytes; nothing for a public key.
    pub(super) fn private_exponent(&self) -> Option<Zeroizing<Vec<u8>>> {
        // SAFETY: as in `modulus`.
        self.padded(unsafe { lc::RSA_get0_d(self.rsa.as_ptr()) })
    }

    fn padded(&self, number: *const lc::BIGNUM) -> Option<Zeroizing<Vec<u8>>> {
        if number.is_null() {
            return None;
        }
        let mut out = Zeroizing::new(vec![0; self.len]);
        // SAFETY: `out` has `len` writable bytes; `number` is not null and outlives the call. The time of this
        // function depends on `len` only.
        let done = unsafe { lc::BN_bn2bin_padded(out.as_mut_ptr(), out.len(), number) };
        succeeded(done).then_some(out)
    }

    /// The raw private operation `input^d mod n`, blinded, by the Chinese remainder theorem, checked against faults.
    /// Nothing when `input` is not of `len` bytes, not below the modulus, 0, 1 or n - 1, or when AWS-LC is out of
    /// memory: all independent of the result.
    pub(super) fn private_operation(&self, input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; self.len]);
        let mut written = 0;
        // SAFETY: `rsa` is valid and not mutated in the sense of thread safety; `out` has `len` writable bytes,
        // which is what `max_out` must at least be; `input` is read within its length.
        let done = unsafe {
            lc::RSA_decrypt(
                self.rsa.as_ptr(),
                &raw mut written,
                out.as_mut_ptr(),
                out.len(),
                input.as_ptr(),
                input.len(),
                lc::RSA_NO_PADDING,
            )
        };
        (succeeded(done) && written == self.len).then_some(out)
    }

    /// Encrypts with PKCS#1 v1.5 padding; nothing when `message` is longer than `len - 11` bytes.
    pub(super) fn encrypt(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.public_operation(message, lc::RSA_PKCS1_PADDING)
    }

    /// The raw public operation `input^e mod n`.
    #[cfg(test)]
    pub(super) fn encrypt_raw(&self, input: &[u8]) -> Option<Vec<u8>> {
        self.public_operation(input, lc::RSA_NO_PADDING)
    }

    fn public_operation(&self, input: &[u8], padding: c_int) -> Option<Vec<u8>> {
        let mut out = vec![0; self.len];
        let mut written = 0;
        // SAFETY: as in `private_operation`.
        let done = unsafe {
            lc::RSA_encrypt(
                self.rsa.as_ptr(),
                &raw mut written,
                out.as_mut_ptr(),
                out.len(),
                input.as_ptr(),
                input.len(),
                padding,
            )
        };
        (succeeded(done) && written == self.len).then_some(out)
    }

    /// The whole private key as PKCS#8; nothing for a public key.
    pub(super) fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        // Without this check AWS-LC would be asked to write numbers the key does not have.
        // SAFETY: `rsa` is valid.
        if unsafe { lc::RSA_get0_d(self.rsa.as_ptr()) }.is_null() {
            return None;
        }
        // SAFETY: `marshal` hands the function a valid CBB; `pkey` is valid and only read.
        marshal(|cbb| unsafe { lc::EVP_marshal_private_key(cbb, self.pkey.as_ptr()) })
    }

    /// The public half as an X.509 `SubjectPublicKeyInfo`.
    pub(super) fn to_spki(&self) -> Option<Vec<u8>> {
        // SAFETY: as in `to_pkcs8`.
        let mut der = marshal(|cbb| unsafe { lc::EVP_marshal_public_key(cbb, self.pkey.as_ptr()) })?;
        Some(std::mem::take(&mut *der))
    }
}

fn marshal(writer: impl FnOnce(*mut lc::CBB) -> c_int) -> Option<Zeroizing<Vec<u8>>> {
    let mut cbb = MaybeUninit::<lc::CBB>::zeroed();
    // SAFETY: `cbb` is zeroed memory of the right type, which `CBB_init` turns into a growing buffer.
    if !succeeded(unsafe { lc::CBB_init(cbb.as_mut_ptr(), 2048) }) {
        return None;
    }
    let (mut data, mut len) = (ptr::null_mut::<u8>(), 0);
    // SAFETY: `cbb` is initialised; on success `CBB_finish` gives its memory to `data`.
    let done = succeeded(writer(cbb.as_mut_ptr()))
        && succeeded(unsafe { lc::CBB_finish(cbb.as_mut_ptr(), &raw mut data, &raw mut len) });
    if !done {
        // SAFETY: `cbb` is initialised and still owns its memory.
        unsafe { lc::CBB_cleanup(cbb.as_mut_ptr()) };
        return None;
    }
    // SAFETY: `data` points to `len` initialised bytes, owned by us now, and is freed once, right after the copy.
    // `OPENSSL_free` wipes what it frees.
    unsafe {
        let copy = Zeroizing::new(std::slice::from_raw_parts(data, len).to_vec());
        lc::OPENSSL_free(data.cast());
        Some(copy)
    }
}

/// Reads a C result, and on failure empties this thread's error queue, which nobody would read.
fn succeeded(result: c_int) -> bool {
    if result != 1 {
        forget_errors();
    }
    result == 1
}

fn forget_errors() {
    // SAFETY: touches only this thread's error queue.
    unsafe { lc::ERR_clear_error() }
}
