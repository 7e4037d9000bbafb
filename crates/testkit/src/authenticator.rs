//! A passkey authenticator in software, with the browser around it: answers as `navigator.credentials` gives them, as JSON with
//! base64url fields. One key, Ed25519; the person is always there and verified.

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Present, verified.
const HERE: u8 = 0b101;
const ATTESTED: u8 = 1 << 6;

/// One passkey of one person, in a browser at `origin`.
pub struct SoftwareAuthenticator {
    pair: Ed25519KeyPair,
    credential_id: [u8; 16],
    origin: String,
    rp_id: String,
    /// What it tells next.
    pub count: u32,
}

impl SoftwareAuthenticator {
    /// A new key for a site. `id` tells authenticators apart.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn new(origin: &str, rp_id: &str, id: u8) -> Result<Self> {
        let pair = Ed25519KeyPair::generate()?;
        let (origin, rp_id) = (origin.to_owned(), rp_id.to_owned());
        Ok(Self { pair, credential_id: [id; 16], origin, rp_id, count: 1 })
    }

    /// The answer to `navigator.credentials.create` with attestation `none`.
    #[must_use]
    pub fn create(&mut self, challenge: &str) -> String {
        let attested = [&[0; 16][..], &[0, 16], &self.credential_id, &self.cose()].concat();
        let data = self.data(HERE | ATTESTED, &attested);
        let length = u16::try_from(data.len()).unwrap_or_default().to_be_bytes();
        // {"fmt": "none", "attStmt": {}, "authData": …}
        let object = [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"[..], &length[..], &data[..]].concat();
        serde_json::json!({
            "clientDataJson": self.client_data("webauthn.create", challenge),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
        })
        .to_string()
    }

    /// The answer to `navigator.credentials.get`.
    #[must_use]
    pub fn get(&mut self, challenge: &str) -> String {
        let client_data = self.client_data("webauthn.get", challenge);
        let data = self.data(HERE, &[]);
        let hash = digest(&SHA256, &URL_SAFE_NO_PAD.decode(&client_data).unwrap_or_default());
        let signature = self.pair.sign(&[&data[..], hash.as_ref()].concat());
        serde_json::json!({
            "credentialId": URL_SAFE_NO_PAD.encode(self.credential_id),
            "clientDataJson": client_data,
            "authenticatorData": URL_SAFE_NO_PAD.encode(&data),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
        })
        .to_string()
    }

    /// `{1: 1, 3: -8, -1: 6, -2: x}`
    fn cose(&self) -> Vec<u8> {
        [&[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20][..], self.pair.public_key().as_ref()].concat()
    }

    fn data(&mut self, flags: u8, rest: &[u8]) -> Vec<u8> {
        let count = self.count.to_be_bytes();
        self.count += 1;
        let site = digest(&SHA256, self.rp_id.as_bytes());
        [site.as_ref(), &[flags], &count, rest].concat()
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        let json =
            serde_json::json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false});
        URL_SAFE_NO_PAD.encode(json.to_string())
    }
}
