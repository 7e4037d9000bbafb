//! What the browser says of the page that asked (WebAuthn level 2, section 5.8.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::WebauthnFault;
use crate::secret::ct_eq;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

/// A key that is there twice is a fault of the form.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin")]
    top_origin: Option<String>,
}

/// Whether the answer is of this ceremony, for this challenge, on our own page and not within another site's.
pub(super) fn check(json: &[u8], ceremony: Ceremony, challenge: &[u8], origin: &str) -> Result<(), WebauthnFault> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| WebauthnFault::Malformed)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    let is_of_challenge = ct_eq(URL_SAFE_NO_PAD.encode(challenge).as_bytes(), data.challenge.as_bytes());
    let is_own = data.kind == kind && data.origin == origin && !data.cross_origin && data.top_origin.is_none();
    if is_of_challenge && is_own && !challenge.is_empty() { Ok(()) } else { Err(WebauthnFault::Foreign) }
}
