//! Public keys as authenticators write them (RFC 9052, RFC 9053).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey};

use super::WebauthnFault;
use super::cbor::{self, Value};

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const COORDINATE_LEN: usize = 32;

pub(super) enum PublicKey {
    /// An uncompressed point of P-256: 4, x, y.
    Es256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl PublicKey {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, WebauthnFault> {
        let Value::Map(map) = cbor::read_all(bytes)? else { return Err(WebauthnFault::Malformed) };
        let field = |label: i64| map.iter().find(|(key, _)| *key == Value::Int(label)).map(|(_, value)| value);
        let number = |label: i64| match field(label) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        };
        let coordinate = |label: i64| match field(label) {
            Some(Value::Bytes(bytes)) if bytes.len() == COORDINATE_LEN => Ok(*bytes),
            _ => Err(WebauthnFault::Malformed),
        };
        // Key type, algorithm, curve.
        match (number(1), number(3), number(-1)) {
            (Some(2), Some(ES256), Some(1)) => Ok(Self::Es256([&[4][..], coordinate(-2)?, coordinate(-3)?].concat())),
            (Some(1), Some(EDDSA), Some(6)) => Ok(Self::Ed25519(coordinate(-2)?.to_vec())),
            _ => Err(WebauthnFault::Unsupported),
        }
    }

    /// COSE's number.
    pub(super) fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => ES256,
            Self::Ed25519(_) => EDDSA,
        }
    }

    /// A point that is not on the curve verifies nothing.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), WebauthnFault> {
        let verified = match self {
            Self::Es256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).verify(message, signature),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
        };
        verified.map_err(|_| WebauthnFault::Signature)
    }
}
