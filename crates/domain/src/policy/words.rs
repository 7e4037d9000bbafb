//! Words of a text about a person (an attribute value, an account id) and whether a password contains one.
//!
//! A word is a longest row of letters and digits. Of a distinguished name (RFC 4514) only the values give words, not the
//! attribute types. Where digits and the separators of telephone numbers follow each other, all their digits together are
//! looked for too.

use super::fold::fold;

/// Shortest word that counts, in characters, where the policy names none; also for attribute values.
pub const DEFAULT_MIN_WORD_LENGTH: i64 = 3;

/// Fewest digits that are looked for as one telephone number.
pub const MIN_PHONE_DIGITS: usize = 7;

/// The length a policy asks for, or the default when it asks for none (below 1).
pub(super) fn min_word_length(asked: i64) -> i64 {
    if asked >= 1 { asked } else { DEFAULT_MIN_WORD_LENGTH }
}

/// Whether the folded password contains a word of `text` of at least `min_length` characters.
pub(super) fn contains_word_of(folded_password: &str, text: &str, min_length: i64) -> bool {
    let min_length = usize::try_from(min_length).unwrap_or(0).max(1);
    let found = |part: &str| {
        fold(part)
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() >= min_length && word.len() <= folded_password.len())
            .any(|word| word.chars().nth(min_length - 1).is_some() && folded_password.contains(word))
    };
    match distinguished_name_values(text) {
        Some(values) => values.iter().any(|value| found(value)),
        None => found(text),
    }
}

/// Whether the folded password contains a telephone number of `text`, its digits written as one.
pub(super) fn contains_phone_of(folded_password: &str, text: &str) -> bool {
    // Every digit is at least a byte, and most texts hold none.
    if text.len() < MIN_PHONE_DIGITS || !text.contains(char::is_numeric) {
        return false;
    }
    fold(text).split(|c: char| !(c.is_ascii_digit() || " -+()./".contains(c))).any(|row| {
        let digits: String = row.chars().filter(char::is_ascii_digit).collect();
        digits.len() >= MIN_PHONE_DIGITS && folded_password.contains(&digits)
    })
}

/// The values of a distinguished name, unescaped; `None` when the text is not one.
fn distinguished_name_values(text: &str) -> Option<Vec<String>> {
    if !text.contains('=') {
        return None;
    }
    parts(text)
        .into_iter()
        .map(|part| {
            let (kind, value) = part.split_once('=')?;
            (is_attribute_type(kind.trim()) && !value.starts_with('=')).then(|| unescape(value))
        })
        .collect()
}

/// Cuts at `,`, `;` and `+`, unless escaped or quoted.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut escaped, mut quoted) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' | ';' | '+' if !quoted => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn is_attribute_type(text: &str) -> bool {
    let name = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let oid = text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    name || oid
}

/// `\2C` is a byte, `\,` the character itself (RFC 4514 section 3).
fn unescape(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, used) = match (first, hex_pair(tail)) {
            (b'\\', Some(byte)) => (byte, 2),
            // The escaped character is no letter or digit, so the words are the same with a space in place of the backslash.
            (b'\\', None) => (b' ', 0),
            _ => (first, 0),
        };
        bytes.push(byte);
        rest = tail.get(used..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let pair = std::str::from_utf8(bytes.get(..2)?).ok()?;
    if pair.starts_with('+') { None } else { u8::from_str_radix(pair, 16).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DN: &str = "CN=Abby Smith,OU=Austin,OU=Demo,DC=seri,DC=acme,DC=com";

    /// Rows: text, minimum word length, password, whether a word is found.
    #[test]
    fn words() {
        let check = |text: &str, min: i64, password: &str, found: bool| {
            assert_eq!(contains_word_of(&fold(password), text, min), found, "{text:?} {min} {password:?}");
        };
        check("John", 3, "passwordJohn", true);
        check("John", 3, "passwordjOHN", true);
        check("John", 5, "passwordJohn", false);
        check("John", 3, "Joh n", false);
        check("John Q. Public", 3, "xxQxx", false);
        check("John Q. Public", 1, "xxQxx", true);
        check("O'Brien", 3, "brien99", true);
        check("abby.smith@acme.test", 3, "my-SMITH-1", true);
        check("Straße", 3, "STRASSE77", true);
        check("Åsa", 3, "åsa", true);
        check("", 1, "anything", false);
        check("--- ...", 1, "--- ...", false);
        check(DN, 3, "hello-abby", true);
        check(DN, 3, "austin2026", true);
        check(DN, 2, "cn-ou-dc", false);
        check("cn=Smith\\, Abby,o=x", 3, "abby", true);
        check("cn=J\\C3\\B6rg,o=x", 3, "JÖRG", true);
        check("uid=jd+cn=Jane Doe,o=x", 3, "jane!", true);
        check("uid=jdoe,ou=people", 3, "uid", false);
        check("cn=\"Doe, Jane\",o=x", 3, "jane", true);
        check("commonName=\"Doe, Jane\",o=x", 3, "commonname", false);
        check("2.5.4.3=Zed,o=x", 3, "zed", true);
        check("key=value, plain", 3, "my key", true);
        check("secret==", 3, "secret", true);
        check("日本太郎", 3, "x日本太郎", true);
    }

    #[test]
    fn phones() {
        let check = |text: &str, password: &str, found: bool| {
            assert_eq!(contains_phone_of(&fold(password), text), found, "{text:?} {password:?}");
        };
        check("555-555-1234", "password5555551234", true);
        check("+1 (555) 555.1234", "a15555551234", true);
        check("Tel: 555-555-1234 ext 9", "5555551234", true);
        check("５５５-５５５-１２３４", "5555551234", true);
        check("555-555-1234", "555-555-1235", false);
        check("555-123", "555123", false);
        check("no digits", "no digits", false);
    }
}
