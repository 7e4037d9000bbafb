//! Distinguished names (RFC 4514), compared as Active Directory does: case and spaces around separators do not matter.
//!
//! Not for building names: text that goes out is the text that was configured. `#hex` values and quoted strings are refused.

use std::fmt;

/// A name in comparable form: `attribute=value` parts in lower case, leaf first, escapes resolved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Dn(Vec<String>);

impl Dn {
    /// Reads a name; `None` when it is not one. The empty string is the empty name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return Some(Self::default());
        }
        split(text, ',')?.into_iter().map(normal_part).collect::<Option<Vec<_>>>().map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name above; `None` for the empty name.
    pub(crate) fn parent(&self) -> Option<Self> {
        self.0.get(1..).map(|rest| Self(rest.to_vec()))
    }

    /// The name as a paging cookie; not a name that [`Dn::parse`] reads.
    pub(crate) fn cookie(&self) -> String {
        self.0.join("\0")
    }

    /// Reads a cookie; `Some(None)` is the empty one, which starts from the beginning.
    pub(crate) fn parse_cookie(text: &str) -> Option<Option<Self>> {
        if text.is_empty() {
            return Some(None);
        }
        let parts: Vec<_> = text.split('\0').map(str::to_owned).collect();
        parts.iter().all(|part| part.contains('=')).then_some(Some(Self(parts)))
    }

    /// True when this name is `base` or lies below it.
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self.0.ends_with(&base.0)
    }
}

impl fmt::Display for Dn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

/// The text of the name above `text`, as it is written there.
pub(crate) fn parent_text(text: &str) -> Option<&str> {
    let first = split(text, ',')?.first()?.len();
    text.get(first + 1..).map(str::trim_start)
}

/// Attribute and value of the first part, escapes resolved, case kept.
pub(crate) fn first_part(text: &str) -> Option<(String, String)> {
    let part = *split(text, ',')?.first()?;
    let (name, value) = part.split_once('=')?;
    Some((name.trim().to_owned(), unescape(value.trim())?))
}

/// The domain's DNS name: the `DC=` values of `text` joined by dots.
pub(crate) fn dns_name(text: &str) -> String {
    let parts = split(text, ',').unwrap_or_default();
    let labels = parts.iter().filter_map(|part| part.split_once('='));
    labels
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("dc"))
        .map(|(_, value)| value.trim().to_lowercase())
        .collect::<Vec<_>>()
        .join(".")
}

fn normal_part(part: &str) -> Option<String> {
    let (name, value) = part.split_once('=')?;
    let name = name.trim();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    let value = unescape(value.trim())?;
    (plain && !value.is_empty()).then(|| format!("{}={}", name.to_lowercase(), value.to_lowercase()))
}

/// Splits at every `separator` that is not escaped; `None` for a lone backslash at the end.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == separator {
            parts.push(text.get(start..at)?);
            start = at + 1;
        }
    }
    parts.push(text.get(start..)?);
    (!escaped).then_some(parts)
}

fn unescape(value: &str) -> Option<String> {
    if value.starts_with(['#', '"']) {
        return None;
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let next = chars.next()?;
        if let Some(high) = next.to_digit(16) {
            let low = chars.next()?.to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(left: &str, right: &str, expected: bool) {
        let (left, right) = (Dn::parse(left).unwrap(), Dn::parse(right).unwrap());
        assert_eq!(left == right, expected, "{left} and {right}");
    }

    #[test]
    fn names_compare_without_case_and_outer_spaces() {
        same("CN=Abby Smith,DC=acme", "cn=abby smith , dc=ACME", true);
        same(r"CN=Smith\, Abby,DC=acme", r"cn=Smith\2C Abby,dc=acme", true);
        same(r"CN=Smith\, Abby,DC=acme", "cn=Smith,dc=acme", false);
        same("CN=Søren,DC=acme", r"cn=S\c3\b8ren,dc=acme", true);
        same("CN=a,DC=b", "CN=a,DC=b,DC=c", false);
    }

    #[test]
    fn what_is_not_a_name_is_refused() {
        for text in ["abby", "CN=,DC=acme", "=x", "CN=a\\", "CN=#0401", "CN=\"a\"", "CN=a,,DC=b", r"CN=\00x", "a b=c"] {
            assert!(Dn::parse(text).is_none(), "{text}");
        }
        assert!(Dn::parse(" ").unwrap().is_empty());
    }

    #[test]
    fn a_name_lies_within_its_ancestors_only() {
        let abby = Dn::parse("CN=Abby,OU=Austin,DC=acme,DC=com").unwrap();
        let check = |base: &str| abby.is_within(&Dn::parse(base).unwrap());
        assert!(check("dc=com") && check("OU=Austin,DC=acme,DC=com") && check(""));
        assert!(!check("OU=Boston,DC=acme,DC=com"));
        assert_eq!(abby.parent(), Dn::parse("OU=Austin,DC=acme,DC=com"));
    }

    #[test]
    fn parts_keep_their_text() {
        assert_eq!(first_part(r"CN=Smith\, Abby, OU=x"), Some(("CN".into(), "Smith, Abby".into())));
        assert_eq!(parent_text(r"CN=Smith\, Abby, OU=x,DC=y"), Some("OU=x,DC=y"));
        assert_eq!(parent_text("DC=y"), None);
        assert_eq!(dns_name("OU=Demo,DC=seri,DC=Acme,DC=com"), "seri.acme.com");
    }
}
