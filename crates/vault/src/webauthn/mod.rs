//! Passkeys: a verifier of WebAuthn level 2 for what this service asks for: attestation `none`, user verification required, keys of
//! ES256 (COSE -7) and EdDSA with Ed25519 (COSE -8). Everything parsed here comes from the browser.
//!
//! What is left to the caller: challenges are random, for one person and one use; a credential belongs to one person; a counter that
//! went back is an alarm.

mod authenticator_data;
mod cbor;
mod client_data;
mod cose;
#[cfg(test)]
mod tests;

use aws_lc_rs::digest;

use authenticator_data::AuthenticatorData;
use cbor::Value;
use client_data::Ceremony;
use cose::PublicKey;

/// Longest credential id (WebAuthn level 3, section 4), in bytes.
const LONGEST_ID: usize = 1023;

/// The answer of a browser does not hold. The reason is for the log of a developer; it holds nothing of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnFault {
    #[error("the answer has another form")]
    Malformed,
    #[error("the answer is of another ceremony, challenge, origin or site")]
    Foreign,
    #[error("the person was not there or not verified")]
    NotVerified,
    #[error("the key or its attestation is of a kind that is not taken")]
    Unsupported,
    #[error("the signature is not of the passkey")]
    Signature,
}

/// Whose passkeys they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host of the public URL.
    pub id: String,
    /// Scheme, host and, where it is not the scheme's own, port of the public URL.
    pub origin: String,
}

impl RelyingParty {
    /// Of the configured public URL.
    #[must_use]
    pub fn of_url(public_url: &str) -> Self {
        let (scheme, rest) = public_url.split_once("://").unwrap_or(("https", public_url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let own_port = if scheme == "http" { ":80" } else { ":443" };
        let authority = authority.strip_suffix(own_port).unwrap_or(authority);
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => authority,
        };
        // Browsers know no passkeys for an address; where it is this machine's own, its name stands for it.
        if let Some(rest) =
            ["127.0.0.1", "[::1]"].into_iter().find(|own| *own == host).and_then(|own| authority.strip_prefix(own))
        {
            return Self { id: "localhost".to_owned(), origin: format!("{scheme}://localhost{rest}") };
        }
        Self { id: host.to_ascii_lowercase(), origin: format!("{scheme}://{}", authority.to_ascii_lowercase()) }
    }
}

/// What a browser answers to `navigator.credentials.create`.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    pub client_data_json: &'a [u8],
    pub attestation_object: &'a [u8],
}

/// What a browser answers to `navigator.credentials.get`.
#[derive(Debug, Clone, Copy)]
pub struct Assertion<'a> {
    pub client_data_json: &'a [u8],
    pub authenticator_data: &'a [u8],
    pub signature: &'a [u8],
}

/// A passkey to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskey {
    pub credential_id: Vec<u8>,
    /// The COSE key, as the authenticator wrote it.
    pub public_key: Vec<u8>,
    pub sign_count: u32,
}

/// A proof by a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asserted {
    pub sign_count: u32,
    /// The counter is not above the one that is kept: there may be a copy of the key. Authenticators without a counter always
    /// tell 0, which is none.
    pub is_regressed: bool,
}

/// Verifies a new passkey (WebAuthn level 2, section 7.1).
///
/// # Errors
/// [`WebauthnFault`].
pub fn register(party: &RelyingParty, challenge: &[u8], answer: Registration<'_>) -> Result<NewPasskey, WebauthnFault> {
    client_data::check(answer.client_data_json, Ceremony::Create, challenge, &party.origin)?;
    let Value::Map(object) = cbor::read_all(answer.attestation_object)? else { return Err(WebauthnFault::Malformed) };
    let (Some(Value::Bytes(data)), Some(Value::Text(format)), Some(Value::Map(statement))) =
        (cbor::get(&object, "authData"), cbor::get(&object, "fmt"), cbor::get(&object, "attStmt"))
    else {
        return Err(WebauthnFault::Malformed);
    };
    let parsed = AuthenticatorData::read(data)?;
    parsed.check(party)?;
    let attested = parsed.attested.as_ref().ok_or(WebauthnFault::Malformed)?;
    if attested.credential_id.is_empty() || attested.credential_id.len() > LONGEST_ID {
        return Err(WebauthnFault::Malformed);
    }
    let key = PublicKey::read(attested.public_key)?;
    match *format {
        "none" if statement.is_empty() => {}
        // Self attestation, which a browser may leave in: the key's own signature, and no certificate.
        "packed" if cbor::get(statement, "x5c").is_none() => {
            let (Some(Value::Int(algorithm)), Some(Value::Bytes(signature))) =
                (cbor::get(statement, "alg"), cbor::get(statement, "sig"))
            else {
                return Err(WebauthnFault::Malformed);
            };
            if *algorithm != key.algorithm() {
                return Err(WebauthnFault::Unsupported);
            }
            key.verify(&signed(data, answer.client_data_json), signature)?;
        }
        _ => return Err(WebauthnFault::Unsupported),
    }
    Ok(NewPasskey {
        credential_id: attested.credential_id.to_vec(),
        public_key: attested.public_key.to_vec(),
        sign_count: parsed.sign_count,
    })
}

/// Verifies a proof by the passkey of `public_key` (WebAuthn level 2, section 7.2). `sign_count`: the one that is kept.
///
/// # Errors
/// [`WebauthnFault`].
pub fn assert(
    party: &RelyingParty,
    challenge: &[u8],
    public_key: &[u8],
    sign_count: u32,
    answer: Assertion<'_>,
) -> Result<Asserted, WebauthnFault> {
    client_data::check(answer.client_data_json, Ceremony::Get, challenge, &party.origin)?;
    let parsed = AuthenticatorData::read(answer.authenticator_data)?;
    parsed.check(party)?;
    let signed = signed(answer.authenticator_data, answer.client_data_json);
    PublicKey::read(public_key)?.verify(&signed, answer.signature)?;
    let is_regressed = (parsed.sign_count, sign_count) != (0, 0) && parsed.sign_count <= sign_count;
    Ok(Asserted { sign_count: parsed.sign_count, is_regressed })
}

/// What an authenticator signs.
fn signed(authenticator_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
    let hash = digest::digest(&digest::SHA256, client_data_json);
    [authenticator_data, hash.as_ref()].concat()
}
