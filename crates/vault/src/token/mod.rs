//! Signed tokens: JWT (RFC 7519) with EdDSA over Ed25519 (RFC 8037), and nothing else. Which claims a token carries
//! is the OAuth2 rules' business; here it is made sure that only our tokens of the right kind pass.
//!
//! The header is not asked how to verify: the algorithm is fixed, the key is found by `kid` among the keys given,
//! and a header with any other member than `alg`, `typ` and `kid` (`jku`, `jwk`, `x5u`, `crit`, ...) is refused, since
//! we never write one (RFC 8725 sections 3.1, 3.10, 3.11).

#[cfg(test)]
mod tests;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passwright_domain::timestamp::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::digest::sha256;
use crate::secret::{Key, SecretBytes, SecretText};

/// Longer tokens are refused unread.
const MAX_LEN: usize = 8 * 1024;

/// What a token is for: the header's `typ`. A token of one kind never passes as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// RFC 9068.
    Access,
    Refresh,
}

impl TokenType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Refresh => "rt+jwt",
        }
    }
}

/// Why a token was refused; for the log. Outside all of them are one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error("token is not three base64url parts of at most {MAX_LEN} bytes")]
    Malformed,
    #[error("token header has members other than alg, typ and kid, or not all of them")]
    Header,
    #[error("token algorithm is not EdDSA")]
    Algorithm,
    #[error("token is of another type")]
    Type,
    #[error("token names an unknown key")]
    UnknownKey,
    #[error("token signature is wrong")]
    Signature,
    #[error("token lacks a claim or has it in another form")]
    Claims,
    #[error("token is from another issuer")]
    Issuer,
    #[error("token is for another audience")]
    Audience,
    #[error("token has expired")]
    Expired,
    #[error("token is not valid yet")]
    NotYetValid,
}

/// A signing key could not be made or taken, or claims could not be written as a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignFault {
    #[error("not an ed25519 seed of 32 bytes")]
    Key,
    #[error("claims are not a json object")]
    Claims,
    #[error("token could not be signed")]
    Library,
}

/// A private signing key.
pub struct TokenSigner {
    seed: Key,
    pair: Ed25519KeyPair,
    public: [u8; 32],
    kid: String,
}

impl TokenSigner {
    /// Makes a key.
    ///
    /// # Errors
    /// [`SignFault::Key`] when AWS-LC is out of memory.
    pub fn generate() -> Result<Self, SignFault> {
        Self::from_seed(Key::random())
    }

    /// Takes what [`Self::to_bytes`] gave, after it was unsealed.
    ///
    /// # Errors
    /// [`SignFault::Key`] when it is not of 32 bytes.
    pub fn from_bytes(seed: &SecretBytes) -> Result<Self, SignFault> {
        Self::from_seed(Key::try_from_slice(seed.expose()).ok_or(SignFault::Key)?)
    }

    fn from_seed(seed: Key) -> Result<Self, SignFault> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| SignFault::Key)?;
        let public: [u8; 32] = pair.public_key().as_ref().try_into().map_err(|_| SignFault::Key)?;
        Ok(Self { seed, pair, public, kid: thumbprint(&public) })
    }

    /// The key's 32-byte seed, to be sealed.
    #[must_use]
    pub fn to_bytes(&self) -> SecretBytes {
        SecretBytes::new(self.seed.expose().to_vec())
    }

    /// The key's name in headers and in the key set: its JWK thumbprint (RFC 7638).
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, 32 bytes (RFC 8032 section 5.1.5), to verify with on every node.
    #[must_use]
    pub fn public_key(&self) -> &[u8; 32] {
        &self.public
    }

    /// Signs `claims`, which must serialise to a JSON object. `iss`, `aud` and `exp` (whole seconds) are the caller's
    /// to set; without them [`TokenVerifier::verify`] refuses the token. The token is a bearer secret.
    ///
    /// # Errors
    /// [`SignFault::Claims`], [`SignFault::Library`].
    pub fn sign(&self, typ: TokenType, claims: &impl Serialize) -> Result<SecretText, SignFault> {
        let claims = serde_json::to_vec(claims).map_err(|_| SignFault::Claims)?;
        if !claims.starts_with(b"{") {
            return Err(SignFault::Claims);
        }
        // Neither value needs escaping: both are ours.
        let header = format!(r#"{{"alg":"EdDSA","typ":"{}","kid":"{}"}}"#, typ.as_str(), self.kid);
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.pair.try_sign(token.as_bytes()).map_err(|_| SignFault::Library)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
        Ok(SecretText::new(token))
    }
}

/// What a token must say to be accepted.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub typ: TokenType,
    /// `iss`, compared byte by byte.
    pub issuer: &'a str,
    /// Must be `aud`, or one of its values.
    pub audience: &'a str,
}

/// The public keys whose tokens are accepted: the current one and those it replaced whose tokens still live.
#[derive(Default)]
pub struct TokenVerifier {
    keys: Vec<(String, [u8; 32], ParsedPublicKey)>,
}

impl TokenVerifier {
    /// A verifier without keys, which refuses everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts one more key; a key that is there already changes nothing.
    ///
    /// # Errors
    /// [`SignFault::Key`] when the bytes are not an Ed25519 public key.
    pub fn add(&mut self, public: &[u8; 32]) -> Result<(), SignFault> {
        let kid = thumbprint(public);
        if self.keys.iter().all(|(other, ..)| *other != kid) {
            let parsed = ParsedPublicKey::new(&ED25519, public).map_err(|_| SignFault::Key)?;
            self.keys.push((kid, *public, parsed));
        }
        Ok(())
    }

    /// Checks a token and gives its claims. There is no leeway: valid from `nbf` (if there) until before `exp`.
    ///
    /// # Errors
    /// [`TokenFault`]; nothing of the claims is looked at before the signature is right.
    pub fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<T, TokenFault> {
        if token.len() > MAX_LEN {
            return Err(TokenFault::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenFault::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(TokenFault::Malformed)?;
        let (header, claims, signature) = (decode(header)?, decode(claims)?, decode(signature)?);

        let header: Header<'_> = serde_json::from_slice(&header).map_err(|_| TokenFault::Header)?;
        if header.alg != "EdDSA" {
            return Err(TokenFault::Algorithm);
        }
        if header.typ != expected.typ.as_str() {
            return Err(TokenFault::Type);
        }
        let (.., key) = self.keys.iter().find(|(kid, ..)| *kid == header.kid).ok_or(TokenFault::UnknownKey)?;
        key.verify_sig(message.as_bytes(), &signature).map_err(|_| TokenFault::Signature)?;

        let registered: Registered = serde_json::from_slice(&claims).map_err(|_| TokenFault::Claims)?;
        if registered.iss != expected.issuer {
            return Err(TokenFault::Issuer);
        }
        if !registered.aud.has(expected.audience) {
            return Err(TokenFault::Audience);
        }
        if now >= Timestamp::from_seconds(registered.exp) {
            return Err(TokenFault::Expired);
        }
        if registered.nbf.is_some_and(|nbf| now < Timestamp::from_seconds(nbf)) {
            return Err(TokenFault::NotYetValid);
        }
        serde_json::from_slice(&claims).map_err(|_| TokenFault::Claims)
    }

    /// The key set to publish (RFC 7517).
    #[must_use]
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .map(|(kid, public, _)| {
                let x = URL_SAFE_NO_PAD.encode(public);
                json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x})
            })
            .collect();
        json!({ "keys": keys })
    }
}

/// Unknown and repeated members are errors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    kid: &'a str,
}

#[derive(Deserialize)]
struct Registered {
    iss: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
}

/// One value or a list (RFC 7519 section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn has(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Many(many) => many.iter().any(|one| one == wanted),
        }
    }
}

/// A fourth part has a dot in it, which is no base64url, so it fails here.
fn decode(part: &str) -> Result<Vec<u8>, TokenFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Malformed)
}

/// RFC 7638: SHA-256 of the required members in alphabetical order (RFC 8037 appendix A.3).
fn thumbprint(public: &[u8; 32]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public);
    URL_SAFE_NO_PAD.encode(sha256(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes()))
}
