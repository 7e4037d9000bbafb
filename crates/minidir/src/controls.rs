//! Request controls (RFC 4511 section 4.1.11) this directory knows.

use ldap3_proto::control::LdapControl;

/// Policy hints: a reset is checked as a change is.
pub(crate) const POLICY_HINTS: &str = "1.2.840.113556.1.4.2239";
/// The same under its first number.
pub(crate) const POLICY_HINTS_OLD: &str = "1.2.840.113556.1.4.2066";
pub(crate) const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

/// What the controls of one request ask for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Controls {
    pub(crate) policy_hints: bool,
    /// Size of a page and the cookie of the page before.
    pub(crate) page: Option<(usize, Vec<u8>)>,
}

impl Controls {
    /// Reads the controls; the error is the number of a critical one that is not known.
    pub(crate) fn read(controls: Vec<LdapControl>) -> Result<Self, String> {
        let mut read = Self::default();
        for control in controls {
            match control {
                LdapControl::SimplePagedResults { size, cookie } => {
                    read.page = Some((usize::try_from(size).unwrap_or(0), cookie));
                }
                LdapControl::Unknown { oid, value, .. } if oid == POLICY_HINTS || oid == POLICY_HINTS_OLD => {
                    read.policy_hints = value.as_deref().and_then(flags).is_some_and(|flags| flags & 1 == 1);
                }
                LdapControl::Unknown { oid, criticality: true, .. } => return Err(oid),
                // The rest changes nothing about what this directory holds: no deleted entries, no referrals, no descriptors.
                _ => {}
            }
        }
        Ok(read)
    }
}

/// The number in `SEQUENCE { flags INTEGER }`.
fn flags(value: &[u8]) -> Option<u8> {
    let content = match value {
        [0x30, 0x84, 0, 0, 0, length, rest @ ..] | [0x30, length, rest @ ..] => rest.get(..usize::from(*length))?,
        _ => return None,
    };
    match content {
        [0x02, 1, flags] => Some(*flags),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(value: &[u8]) -> bool {
        let control =
            LdapControl::Unknown { oid: POLICY_HINTS.to_owned(), criticality: true, value: Some(value.to_vec()) };
        Controls::read(vec![control]).unwrap().policy_hints
    }

    #[test]
    fn policy_hints_are_read_in_both_length_forms() {
        assert!(hints(&[0x30, 3, 2, 1, 1]));
        assert!(hints(&[0x30, 0x84, 0, 0, 0, 3, 2, 1, 1]));
        assert!(!hints(&[0x30, 3, 2, 1, 0]));
        assert!(!hints(&[0x30, 9, 2, 1, 1]));
        assert!(!hints(&[]));
    }

    #[test]
    fn only_a_critical_unknown_control_is_refused() {
        let unknown = |criticality| LdapControl::Unknown { oid: "1.2.3".to_owned(), criticality, value: None };
        assert_eq!(Controls::read(vec![unknown(true)]), Err("1.2.3".to_owned()));
        assert_eq!(Controls::read(vec![unknown(false)]), Ok(Controls::default()));
    }
}
