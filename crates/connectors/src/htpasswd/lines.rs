//! The text of the file: lines `user:hash`, or `user:hash:more`; `#` opens a comment. Bytes that are not the hash of the
//! user in question are never looked into, so any encoding and any line ending passes through.

use std::collections::BTreeSet;
use std::ops::Range;

/// The user's hashes. More than one when the user stands on several lines: some readers take the first, some the last.
pub(super) fn hashes<'a>(text: &'a [u8], user: &str) -> Vec<&'a [u8]> {
    places(text, user).into_iter().filter_map(|place| text.get(place)).collect()
}

/// The text with `hash` on every line of the user; `None` when there is no such line.
pub(super) fn with_hash(text: &[u8], user: &str, hash: &str) -> Option<Vec<u8>> {
    let places = places(text, user);
    if places.is_empty() {
        return None;
    }
    let mut new = Vec::with_capacity(text.len() + places.len() * hash.len());
    let mut kept = 0;
    for place in places {
        new.extend_from_slice(text.get(kept..place.start)?);
        new.extend_from_slice(hash.as_bytes());
        kept = place.end;
    }
    new.extend_from_slice(text.get(kept..)?);
    Some(new)
}

/// The users of the file behind `after`, in the order of their names; at most `most`. A name that is not UTF-8 is passed
/// over, as nobody could ask for it.
pub(super) fn users(text: &[u8], after: &str, most: usize) -> Vec<String> {
    let mut users = BTreeSet::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#")) {
        let Some(end) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = line.get(..end).and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default();
        if name > after && !name.contains(|c: char| c.is_ascii_control()) {
            users.insert(name);
            if users.len() > most {
                users.pop_last();
            }
        }
    }
    users.into_iter().map(str::to_owned).collect()
}

/// Where the user's hashes stand, in the order of the lines.
fn places(text: &[u8], user: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let rest = line.strip_prefix(user.as_bytes()).and_then(|rest| rest.strip_prefix(b":"));
        if let Some(rest) = rest
            && !line.starts_with(b"#")
        {
            let field = rest.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii_end();
            let at = start + line.len() - rest.len();
            places.push(at..at + field.len());
        }
        start += line.len();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hash_of_the_user_changes() {
        let check = |text: &[u8], user: &str, expected: Option<&[u8]>| {
            let new = with_hash(text, user, "NEW");
            assert_eq!(new.as_deref(), expected, "{user} in {:?}", String::from_utf8_lossy(text));
        };
        check(b"abby:old\n", "abby", Some(b"abby:NEW\n"));
        check(b"abby:old", "abby", Some(b"abby:NEW"));
        check(b"abby:", "abby", Some(b"abby:NEW"));
        check(b"abby:old\r\nbob:x\r\n", "abby", Some(b"abby:NEW\r\nbob:x\r\n"));
        check(b"abby:old:Abby Smith:more\n", "abby", Some(b"abby:NEW:Abby Smith:more\n"));
        check(b"abby:old \t\nbob:x", "abby", Some(b"abby:NEW \t\nbob:x"));
        check(b"# abby:x\n\n\nbob:x\nabby:old\n \n", "abby", Some(b"# abby:x\n\n\nbob:x\nabby:NEW\n \n"));
        check(b"abby2:x\nabb:x\nxabby:x\nabby:old\n", "abby", Some(b"abby2:x\nabb:x\nxabby:x\nabby:NEW\n"));
        check(b"bob:abby:old\nabby:old\n", "abby", Some(b"bob:abby:old\nabby:NEW\n"));
        check(b"\xff\xfe:\x00\xe9\nabby:\xff\n\x80", "abby", Some(b"\xff\xfe:\x00\xe9\nabby:NEW\n\x80"));
        check("zoë.müller:old\n".as_bytes(), "zoë.müller", Some("zoë.müller:NEW\n".as_bytes()));
        check(b"abby:a\nbob:x\nabby:b\n", "abby", Some(b"abby:NEW\nbob:x\nabby:NEW\n"));
        check(b"Abby:old\n", "abby", None);
        check(b"#abby:old\n", "abby", None);
        check(b"#abby:old\n", "#abby", None);
        check(b"abby\n", "abby", None);
        check(b"", "abby", None);
    }

    #[test]
    fn hashes_of_a_user() {
        assert_eq!(hashes(b"abby:one:x\r\nbob:x\nabby:two\r\n", "abby"), [b"one".as_slice(), b"two"]);
        assert!(hashes(b"#abby:one\nbob:x", "abby").is_empty());
    }

    #[test]
    fn users_by_name() {
        let text = b"bob:x\r\n#carl:x\nabby:x:Abby\nno line\n:x\n\xff\xfe:x\nabby:y\nzo\xc3\xab:x";
        assert_eq!(users(text, "", 9), ["abby", "bob", "zo\u{eb}"]);
        assert_eq!(users(text, "", 2), ["abby", "bob"]);
        assert_eq!(users(text, "bob", 2), ["zo\u{eb}"]);
        assert!(users(text, "zo\u{eb}", 2).is_empty());
    }
}
