//! `multipart/form-data` (RFC 7578) as the token endpoint and the upload of a file meet it: a few parts.
//!
//! Lenient where clients differ: .NET quotes the boundary, leaves names unquoted and gives each part a content type;
//! others do the opposite. Lines may end in LF alone. The caller bounds the length of the body.

/// One part.
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    /// `None` for a plain field.
    pub(crate) file_name: Option<String>,
    pub(crate) content: &'a [u8],
}

/// The fields in their order: name and value. `None` when the body is not well-formed, cut off, or not UTF-8.
pub(crate) fn fields(content_type: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = |part: Part<'_>| Some((part.name, String::from_utf8(part.content.to_vec()).ok()?));
    parts(content_type, body)?.into_iter().map(text).collect()
}

/// The parts in their order. `None` when the body is not well-formed or cut off.
pub(crate) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let boundary = parameter(content_type, "boundary").filter(|b| (1..=70).contains(&b.len()))?;
    let delimiter = format!("--{boundary}").into_bytes();
    let mut rest = match Delimiter::at(body, &delimiter) {
        Some(first) => first,
        None => Delimiter::find(body, &delimiter)?.1,
    };
    let mut parts = Vec::new();
    while let Delimiter::Opens(after) = rest {
        let (content, next) = Delimiter::find(after, &delimiter)?;
        parts.push(part(content)?);
        rest = next;
    }
    Some(parts)
}

/// A boundary line.
enum Delimiter<'a> {
    /// A part follows: what stands after the line.
    Opens(&'a [u8]),
    /// The last one.
    Closes,
}

impl<'a> Delimiter<'a> {
    /// The delimiter at the start of `text`. A longer word that only begins like it is not one.
    fn at(text: &'a [u8], delimiter: &[u8]) -> Option<Self> {
        let after = text.strip_prefix(delimiter)?;
        if after.starts_with(b"--") {
            return Some(Self::Closes);
        }
        let (padding, rest) = split_line(after)?;
        padding.iter().all(|b| matches!(b, b' ' | b'\t')).then_some(Self::Opens(rest))
    }

    /// What stands before the next delimiter, without the line end that belongs to it, and the delimiter.
    fn find(text: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], Self)> {
        let ends = text.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at);
        for at in ends {
            let (before, after) = text.split_at_checked(at + 1)?;
            if let Some(found) = Self::at(after, delimiter) {
                let before = before.strip_suffix(b"\n").unwrap_or(before);
                return Some((before.strip_suffix(b"\r").unwrap_or(before), found));
            }
        }
        None
    }
}

/// Headers and content of one part.
fn part(text: &[u8]) -> Option<Part<'_>> {
    let mut name = None;
    let mut file_name = None;
    let mut rest = text;
    loop {
        let (line, after) = split_line(rest)?;
        rest = after;
        if line.is_empty() {
            break;
        }
        let line = std::str::from_utf8(line).ok()?;
        let (header, value) = line.split_once(':')?;
        if header.trim().eq_ignore_ascii_case("content-disposition") && name.is_none() {
            let kind = value.split(';').next().unwrap_or_default().trim();
            name = Some(parameter(value, "name").filter(|_| kind.eq_ignore_ascii_case("form-data"))?);
            file_name = parameter(value, "filename");
        }
    }
    Some(Part { name: name?, file_name, content: rest })
}

/// A line without its end, and what follows it.
fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|b| *b == b'\n')?;
    let (line, rest) = text.split_at_checked(at)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest.strip_prefix(b"\n")?))
}

/// A parameter of a header such as `form-data; name="a"; filename=b`: a token or a quoted string (RFC 9110 section 5.6.6).
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let value;
        (value, rest) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (token, rest) = after.split_once(';').unwrap_or((after, ""));
                (token.trim_end().to_owned(), rest)
            }
        };
        if name.trim_matches([' ', '\t', ';']).eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
    }
}

/// The content of a quoted string, and what follows its closing quote.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests;
