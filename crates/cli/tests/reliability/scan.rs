//! Looks for passwords in whatever form they may have been written down.

use std::path::Path;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A form of a password as it might be found.
type Form = (&'static str, Vec<u8>);

/// Finds any of a set of passwords in any form.
pub(crate) struct Scanner {
    automaton: AhoCorasick,
    /// Of each pattern: which password, in which form.
    patterns: Vec<(usize, &'static str)>,
}

impl Scanner {
    pub(crate) fn new<'a>(passwords: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut patterns, mut texts) = (Vec::new(), Vec::new());
        for (number, password) in passwords.into_iter().enumerate() {
            for (form, text) in forms(password) {
                patterns.push((number, form));
                texts.push(text);
            }
        }
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        Self { automaton: AhoCorasick::builder().kind(kind).build(texts).unwrap(), patterns }
    }

    /// The first find: number of the password, form, position.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<(usize, &'static str, usize)> {
        let found = self.automaton.find(bytes)?;
        let (number, form) = self.patterns[found.pattern().as_usize()];
        Some((number, form, found.start()))
    }

    /// Asserts that the bytes hold none of the passwords.
    #[track_caller]
    pub(crate) fn check(&self, place: &str, bytes: &[u8]) {
        if let Some((number, form, position)) = self.find(bytes) {
            let around = &bytes[position.saturating_sub(120)..(position + 160).min(bytes.len())];
            panic!("{place}: password {number} as {form} at byte {position}: {}", String::from_utf8_lossy(around));
        }
    }

    /// Checks every file below a folder; gives how many files and bytes there were.
    #[track_caller]
    pub(crate) fn check_folder(&self, folder: &Path) -> (usize, usize) {
        let (mut files, mut bytes) = (0, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let below = self.check_folder(&path);
                (files, bytes) = (files + below.0, bytes + below.1);
                continue;
            }
            // A file may be gone since the folder was read, as the database's log is.
            let Ok(content) = std::fs::read(&path) else { continue };
            self.check(&path.display().to_string(), &content);
            (files, bytes) = (files + 1, bytes + content.len());
        }
        (files, bytes)
    }
}

/// Every form of a password.
fn forms(password: &str) -> Vec<Form> {
    let raw = password.as_bytes().to_vec();
    let wide: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hex = |upper: bool| -> Vec<u8> {
        let digits = |byte: &u8| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") };
        raw.iter().map(digits).collect::<String>().into_bytes()
    };
    let json = serde_json::to_string(password).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let mut forms = vec![
        ("lower hex", hex(false)),
        ("upper hex", hex(true)),
        ("URL-encoded", url_encoded(&raw)),
        ("JSON-escaped", json.clone().into_bytes()),
        ("JSON-escaped twice", serde_json::to_string(&json).unwrap().trim_matches('"').as_bytes().to_vec()),
        ("debug-printed bytes", raw.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ").into_bytes()),
    ];
    for (name, url_safe_name, bytes) in
        [("base64", "URL-safe base64", &raw), ("base64 of UTF-16LE", "URL-safe base64 of UTF-16LE", &wide)]
    {
        for offset in 0..3 {
            forms.push((name, base64_within(bytes, offset, &STANDARD)));
            forms.push((url_safe_name, base64_within(bytes, offset, &URL_SAFE)));
        }
    }
    forms.push(("raw", raw));
    forms.push(("UTF-16LE", wide));
    forms
}

fn url_encoded(bytes: &[u8]) -> Vec<u8> {
    let encode = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        other => format!("%{other:02X}"),
    };
    bytes.iter().map(encode).collect::<String>().into_bytes()
}

/// The base64 digits that bytes give wherever they stand inside a longer text, `offset` bytes after a multiple of three:
/// digits that also depend on what stands around are left out.
fn base64_within(bytes: &[u8], offset: usize, engine: &impl base64::Engine) -> Vec<u8> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(bytes);
    let text = engine.encode(&padded).into_bytes();
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    text[first..last].to_vec()
}

#[test]
fn a_planted_password_is_found_in_every_form() {
    let canary = "a\"\\%\u{e9}Zk4-Plant-me-0815x";
    let scanner = Scanner::new(["Another-password-1", canary]);
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut planted: Vec<(String, Vec<u8>)> = vec![
        ("raw".into(), canary.into()),
        ("UTF-16LE".into(), wide(canary)),
        ("lower hex".into(), hex.clone().into()),
        ("upper hex".into(), hex.to_uppercase().into()),
        ("JSON-escaped".into(), serde_json::json!({ "password": canary }).to_string().into()),
        ("URL-encoded".into(), "p=a%22%5C%25%C3%A9Zk4-Plant-me-0815x&q=1".into()),
        ("debug-printed bytes".into(), format!("{:?}", canary.as_bytes()).into()),
    ];
    for before in ["", "x", "xy", "xyz"] {
        planted.push(("base64".into(), STANDARD.encode(format!("{before}{canary} and more")).into()));
        let mut bytes = before.as_bytes().to_vec();
        bytes.extend(wide(canary));
        planted.push(("base64 of UTF-16LE".into(), STANDARD.encode(bytes).into()));
    }
    for (form, bytes) in planted {
        let mut file = vec![0xa5; 70_000];
        let text = String::from_utf8_lossy(&bytes).into_owned();
        file.extend(bytes);
        file.extend([0; 10]);
        let (number, found, position) = scanner.find(&file).unwrap_or_else(|| panic!("{form} is not found: {text}"));
        assert_eq!(number, 1, "{form}");
        assert!(position >= 70_000, "{form}");
        assert!(found == form || found.ends_with(&form), "{form} is found as {found}");
    }
    assert_eq!(scanner.find(&STANDARD.encode("nothing of the kind").into_bytes()), None);
}
