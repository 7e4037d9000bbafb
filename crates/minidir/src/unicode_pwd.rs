//! The form of `unicodePwd` values: the password in double quotes, as UTF-16 with the low byte first.

use zeroize::Zeroizing;

/// The password in a value; `None` when the value has another form.
pub(crate) fn decode(value: &[u8]) -> Option<Zeroizing<String>> {
    let (pairs, []) = value.as_chunks::<2>() else { return None };
    let units = Zeroizing::new(pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect::<Vec<_>>());
    let quote = u16::from(b'"');
    let inner = units.strip_prefix(&[quote])?.strip_suffix(&[quote])?;
    String::from_utf16(inner).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let value: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&value).as_deref().map(String::as_str), expected, "{text}");
    }

    #[test]
    fn the_quotes_are_required_and_taken_off() {
        check("\"secret\"", Some("secret"));
        check("\"pä\u{1F511}\"", Some("pä\u{1F511}"));
        check("\"a\"b\"", Some("a\"b"));
        check("\"\"", Some(""));
        check("secret", None);
        check("\"", None);
        check("", None);
        assert!(decode(b"\"secret\"").is_none(), "UTF-8");
        assert!(decode(&[0x22, 0, 0x61]).is_none(), "half a unit");
        assert!(decode(&[0x22, 0, 0x00, 0xD8, 0x22, 0]).is_none(), "half a surrogate pair");
    }
}
