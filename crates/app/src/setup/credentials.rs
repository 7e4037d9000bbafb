//! Service credentials at rest: sealed under a key of the root key, bound to their source.

use passwright_domain::ids::SourceId;
use passwright_vault::Key;
use passwright_vault::key_source::{Purpose, RootKey};
use passwright_vault::sealing::{self, CannotSeal, Sealed, associated_data};
use passwright_vault::secret::{Password, SecretText};

/// Opens a stored credential.
pub(crate) fn open_credential(root: &RootKey, source: &SourceId, sealed: &str) -> Result<String, ()> {
    open(&root.derive(Purpose::SourceSecrets), source, sealed).map(|text| text.expose().to_owned()).ok_or(())
}

/// [`open_credential`] with the key already derived; `None` when it does not open.
pub(super) fn open(kek: &Key, source: &SourceId, sealed: &str) -> Option<SecretText> {
    let sealed = Sealed::from_compact(sealed).ok()?;
    let opened = sealing::open(kek, &sealed, &bound_to(source)).ok()?;
    SecretText::from_utf8(opened).ok()
}

/// Seals a credential for its source.
pub(crate) fn seal(kek: &Key, source: &SourceId, credential: &Password) -> Result<String, CannotSeal> {
    Ok(sealing::seal(kek, &bound_to(source), credential.expose().as_bytes())?.to_compact())
}

fn bound_to(source: &SourceId) -> Vec<u8> {
    associated_data(&["source credential", source.as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_opens_for_its_source_and_key_alone() {
        let (root, source) = (RootKey::ephemeral(), SourceId::from_random([1; 16]));
        let kek = root.derive(Purpose::SourceSecrets);
        let sealed = seal(&kek, &source, &Password::new("service-pass".to_owned())).unwrap();
        assert_eq!(open_credential(&root, &source, &sealed), Ok("service-pass".to_owned()));
        assert_eq!(open_credential(&root, &SourceId::from_random([2; 16]), &sealed), Err(()));
        assert_eq!(open_credential(&RootKey::ephemeral(), &source, &sealed), Err(()));
        assert!(!sealed.contains("service-pass"));
    }
}
