//! What the authenticator says (WebAuthn level 2, section 6.1).

use super::{RelyingParty, WebauthnFault, cbor};
use crate::digest::sha256;
use crate::secret::ct_eq;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const MAY_BE_BACKED_UP: u8 = 1 << 3;
const IS_BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;
const AAGUID_LEN: usize = 16;

pub(super) struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8],
    flags: u8,
    pub(super) sign_count: u32,
    pub(super) attested: Option<Attested<'a>>,
}

/// A key that the authenticator has just made.
pub(super) struct Attested<'a> {
    pub(super) credential_id: &'a [u8],
    /// The bytes of the COSE key.
    pub(super) public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, WebauthnFault> {
        let (rp_id_hash, rest) = take(bytes, 32)?;
        let (flags, rest) = take(rest, 1)?;
        let (count, mut rest) = take(rest, 4)?;
        let flags = flags.first().copied().unwrap_or_default();
        let sign_count = count.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
        let mut attested = None;
        if flags & ATTESTED != 0 {
            let (_, after) = take(rest, AAGUID_LEN)?;
            let (length, after) = take(after, 2)?;
            let length = length.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
            let (credential_id, key) = take(after, length)?;
            let (_, after) = cbor::read(key)?;
            let (public_key, _) = take(key, key.len() - after.len())?;
            attested = Some(Attested { credential_id, public_key });
            rest = after;
        }
        if flags & EXTENSIONS != 0 {
            let (cbor::Value::Map(_), after) = cbor::read(rest)? else { return Err(WebauthnFault::Malformed) };
            rest = after;
        }
        if rest.is_empty() {
            Ok(Self { rp_id_hash, flags, sign_count, attested })
        } else {
            Err(WebauthnFault::Malformed)
        }
    }

    /// Whether it is for this site, and the person was there and verified.
    pub(super) fn check(&self, party: &RelyingParty) -> Result<(), WebauthnFault> {
        if !ct_eq(&sha256(party.id.as_bytes()), self.rp_id_hash) {
            return Err(WebauthnFault::Foreign);
        }
        if self.flags & MAY_BE_BACKED_UP == 0 && self.flags & IS_BACKED_UP != 0 {
            return Err(WebauthnFault::Malformed);
        }
        let there = USER_PRESENT | USER_VERIFIED;
        if self.flags & there == there { Ok(()) } else { Err(WebauthnFault::NotVerified) }
    }
}

fn take(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), WebauthnFault> {
    bytes.split_at_checked(length).ok_or(WebauthnFault::Malformed)
}
