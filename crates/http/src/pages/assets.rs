//! Style and scripts, in the binary. Their names hold a digest of their content, so that a browser may keep them for ever.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};

use crate::error::Failure;
use crate::extract::PathId;

struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! assets {
    ($($name:literal: $kind:expr),+ $(,)?) => {
        const ASSETS: &[Asset] =
            &[$(Asset { name: $name, kind: $kind, content: include_str!(concat!("../../assets/", $name)) }),+];
    };
}

assets! {
    "pages.css": CSS,
    "page.js": SCRIPT,
    "password.js": SCRIPT,
    "changes.js": SCRIPT,
    "token.js": SCRIPT,
    "passkey.js": SCRIPT,
    "codes.js": SCRIPT,
    "icon.svg": "image/svg+xml",
}

const FOR_EVER: [(HeaderName, HeaderValue); 1] =
    [(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"))];

/// FNV-1a: tells one version from another; nothing depends on it being hard to meet.
pub(super) fn digest(content: &str) -> u64 {
    content.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The last part of a file's address: `pages.0123456789abcdef.css`.
pub(super) fn address(name: &str) -> String {
    let content = ASSETS.iter().find(|asset| asset.name == name).map(|asset| asset.content);
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    format!("{stem}.{:016x}.{extension}", digest(content.unwrap_or_default()))
}

pub(crate) async fn get_asset(PathId(wanted): PathId) -> Result<Response, Failure> {
    let asset = ASSETS.iter().find(|asset| address(asset.name) == wanted).ok_or(Failure::NoSuchPath)?;
    Ok((FOR_EVER, [(CONTENT_TYPE, HeaderValue::from_static(asset.kind))], asset.content).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Page weight (design section 7): less than 30 kB of script, less than 100 kB in all, before compression.
    #[test]
    fn weight() {
        let bytes = |wanted: &str| -> usize {
            ASSETS.iter().filter(|asset| asset.kind == wanted).map(|asset| asset.content.len()).sum()
        };
        assert!(bytes(SCRIPT) < 30_000, "{}", bytes(SCRIPT));
        assert!(bytes(SCRIPT) + bytes(CSS) < 70_000, "{}", bytes(CSS));
    }

    #[test]
    fn addresses_change_with_the_content() {
        assert_ne!(digest("a"), digest("b"));
        let address = address("pages.css");
        assert!(address.starts_with("pages.") && address.ends_with(".css") && address.len() == 26, "{address}");
    }
}
