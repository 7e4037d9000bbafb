//! `~/.sailpoint/config.yaml` of the vendor's command line, read only as far as needed:
//!
//! ```yaml
//! activeenvironment: local
//! environments:
//!   local:
//!     baseurl: "https://…"
//!     pat:
//!       clientid: …
//!       clientsecret: …
//! ```
//!
//! The subset: block mappings by indentation, one-line flow mappings (`{a: b, c: d}`), plain and quoted one-line scalars,
//! comments. Lines of other forms (lists, block texts) are passed over, for the file may hold settings that are not
//! ours. Keys are compared without regard to case, as the vendor's reader does.

use super::Place;
use crate::secret::Secret;

/// Reads the file's text. Reasons never repeat it: it holds a secret.
pub(super) fn read(text: &str) -> Result<Place, String> {
    let entries = entries(text)?;
    let value = |path: &[&str]| {
        let found = entries.iter().find(|(at, _)| at.iter().map(String::as_str).eq(path.iter().copied()));
        found.map(|(_, value)| value.expose().to_owned()).filter(|value| !value.is_empty())
    };
    let Some(active) = value(&["activeenvironment"]) else { return Ok(Place::default()) };
    let active = active.to_lowercase();
    let entry = |rest: &[&str]| value(&[&["environments", active.as_str()], rest].concat());
    Ok(Place {
        base_url: entry(&["baseurl"]),
        client_id: entry(&["pat", "clientid"]),
        client_secret: entry(&["pat", "clientsecret"]).map(Secret::new),
    })
}

type Entries = Vec<(Vec<String>, Secret)>;

/// Every scalar with the path of keys that leads to it, keys in lower case.
fn entries(text: &str) -> Result<Entries, String> {
    let mut found = Entries::new();
    // Keys we are inside of, each with its indentation.
    let mut inside: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let content = line.trim_start_matches(' ');
        if content.starts_with('\t') {
            return Err(format!("line {}: indented with a tab", number + 1));
        }
        let indentation = line.len() - content.len();
        let Some((key, rest)) = key_and_rest(content) else { continue };
        inside.retain(|(outer, _)| *outer < indentation);
        inside.push((indentation, key));
        let path: Vec<String> = inside.iter().map(|(_, key)| key.clone()).collect();
        if let Some(flow) = rest.strip_prefix('{') {
            flow_mapping(&path, flow, &mut found).map_err(|reason| format!("line {}: {reason}", number + 1))?;
        } else if let Some((value, _)) = scalar(rest, "#") {
            found.push((path, Secret::new(value)));
        }
    }
    Ok(found)
}

/// Splits `key: rest`. The colon ends the key only before white space or the end, so that URLs stay whole.
fn key_and_rest(content: &str) -> Option<(String, &str)> {
    if content.starts_with(['#', '-', '{', '[', '&', '*', '!', '|', '>', '%']) {
        return None;
    }
    let (key, rest) = match content.chars().next()? {
        quote @ ('"' | '\'') => {
            let (key, rest) = content[1..].split_once(quote)?;
            (key, rest.trim_start().strip_prefix(':')?)
        }
        _ => {
            let end = content.char_indices().find_map(|(at, c)| {
                let ends = c == ':' && content[at + 1..].chars().next().is_none_or(char::is_whitespace);
                ends.then_some(at)
            })?;
            (&content[..end], &content[end + 1..])
        }
    };
    Some((key.trim_end().to_lowercase(), rest.trim_start()))
}

/// Reads `a: b, c: {d: e}}` up to its closing brace; what follows is given back.
fn flow_mapping<'a>(path: &[String], mut rest: &'a str, found: &mut Entries) -> Result<&'a str, &'static str> {
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(after) = rest.strip_prefix('}') {
            return Ok(after);
        }
        let (key, value) = key_and_rest(rest).ok_or("a mapping in braces must end on its line")?;
        let path = [path, &[key]].concat();
        if let Some(inner) = value.strip_prefix('{') {
            rest = flow_mapping(&path, inner, found)?;
        } else {
            let (value, after) = scalar(value, ",}").ok_or("a mapping in braces must end on its line")?;
            found.push((path, Secret::new(value)));
            rest = after;
        }
    }
}

/// One scalar and what follows it; `None` when there is none. A plain scalar ends at one of `ends`; for `#`, only with
/// a space before it.
fn scalar<'a>(text: &'a str, ends: &str) -> Option<(String, &'a str)> {
    match text.chars().next()? {
        '\'' => {
            let (mut value, mut rest) = (String::new(), &text[1..]);
            loop {
                let (part, after) = rest.split_once('\'')?;
                value.push_str(part);
                let Some(doubled) = after.strip_prefix('\'') else { return Some((value, after)) };
                value.push('\'');
                rest = doubled;
            }
        }
        '"' => {
            let (mut value, mut escaped) = (String::new(), false);
            for (at, c) in text[1..].char_indices() {
                match c {
                    _ if escaped => {
                        value.push(c);
                        escaped = false;
                    }
                    '\\' => escaped = true,
                    '"' => return Some((value, &text[at + 2..])),
                    _ => value.push(c),
                }
            }
            None
        }
        '#' | '&' | '*' | '!' | '|' | '>' | '[' => None,
        _ => {
            let end = text
                .char_indices()
                .find(|&(at, c)| ends.contains(c) && (c != '#' || text[..at].ends_with(char::is_whitespace)))
                .map_or(text.len(), |(at, _)| at);
            Some((text[..end].trim_end().to_owned(), &text[end..]))
        }
    }
}
