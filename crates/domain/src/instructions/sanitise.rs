//! Basic HTML made safe by writing it anew: the output holds the tags of a short list, with attributes this module writes
//! itself, and text in which `<`, `>`, `"` and every `&` are escaped. Nothing of the input is copied as markup, so what this
//! reader and a browser understand differently in the input cannot matter in the output.
//!
//! Invariants: tags are nested and closed; the result sanitises to itself.

/// Elements that are kept. Others lose their tags and keep their text.
const KEPT: [&str; 12] = ["a", "b", "br", "em", "i", "li", "ol", "p", "span", "strong", "u", "ul"];
/// Elements that go with everything inside them.
const DROPPED: [&str; 8] = ["script", "style", "iframe", "object", "svg", "math", "template", "noscript"];
/// Where a link may lead.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Gives the safe form of basic HTML.
#[must_use]
pub fn sanitise(html: &str) -> String {
    let mut writer = Writer { out: String::with_capacity(html.len()), open: Vec::new() };
    let mut rest = html;
    let mut inside: Option<&'static str> = None;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        if inside.is_none() {
            writer.text(text);
        }
        let Some(tag) = Tag::read(tag, &mut rest) else {
            if inside.is_none() {
                writer.text("<");
            }
            rest = tag.get(1..).unwrap_or_default();
            continue;
        };
        match inside {
            Some(name) if tag.closes && tag.name == name => inside = None,
            Some(_) => {}
            None => match DROPPED.into_iter().find(|name| *name == tag.name) {
                Some(name) if !tag.closes => inside = Some(name),
                _ => writer.tag(&tag),
            },
        }
    }
    if inside.is_none() {
        writer.text(rest);
    }
    writer.finish()
}

struct Tag {
    /// In lower case.
    name: String,
    closes: bool,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// Reads a tag at the start of `text` and moves `rest` behind it; `None` when there is none. A comment or a declaration
    /// is a tag without a name.
    fn read<'a>(text: &'a str, rest: &mut &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        if let Some(comment) = inner.strip_prefix("!--") {
            *rest = comment.split_once("-->").map_or("", |(_, after)| after);
            return Some(Self { name: String::new(), closes: false, attributes: Vec::new() });
        }
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let first = inner.chars().next()?;
        if !first.is_ascii_alphabetic() && !matches!(first, '!' | '?') {
            return None;
        }
        let length = inner.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(inner.len());
        let (name, after) = inner.split_at(length);
        let (attributes, after) = attributes(after)?;
        *rest = after;
        Some(Self { name: name.to_ascii_lowercase(), closes, attributes })
    }
}

/// Names in lower case with values, up to the `>` of the tag, and what follows it; `None` when there is no `>`.
fn attributes(mut text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = text.strip_prefix('>') {
            return Some((found, after));
        }
        let length = text.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '='))?;
        // A stray "=" is skipped as a name of its own.
        let (name, after) = text.split_at(length.max(usize::from(text.starts_with('='))));
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(value) => value_of(value.trim_start())?,
            None => ("", after),
        };
        found.push((name.to_ascii_lowercase(), value.to_owned()));
        text = after;
    }
}

fn value_of(text: &str) -> Option<(&str, &str)> {
    match text.chars().next()? {
        quote @ ('"' | '\'') => text.get(1..)?.split_once(quote),
        _ => {
            let length = text.find(|c: char| c.is_whitespace() || c == '>')?;
            Some(text.split_at(length))
        }
    }
}

struct Writer {
    out: String,
    open: Vec<&'static str>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.push_str(&escaped(&unescaped(text)));
    }

    fn tag(&mut self, tag: &Tag) {
        let Some(name) = KEPT.into_iter().find(|kept| *kept == tag.name) else { return };
        if name == "br" {
            self.out.push_str("<br>");
            return;
        }
        if tag.closes {
            // Closes what was opened inside it, too.
            if self.open.contains(&name) {
                while let Some(inner) = self.open.pop() {
                    self.close(inner);
                    if inner == name {
                        break;
                    }
                }
            }
            return;
        }
        self.out.push('<');
        self.out.push_str(name);
        if name == "a" {
            self.link(tag);
        }
        self.out.push('>');
        self.open.push(name);
    }

    /// `rel` keeps the page a link leads to from reaching back.
    fn link(&mut self, tag: &Tag) {
        let value = |wanted: &str| tag.attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        if let Some(url) = value("href").and_then(|url| address(url)) {
            self.out.push_str(" href=\"");
            self.out.push_str(&escaped(&url));
            self.out.push('"');
        }
        if value("target").is_some_and(|target| target.eq_ignore_ascii_case("_blank")) {
            self.out.push_str(" target=\"_blank\" rel=\"noopener noreferrer\"");
        }
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn finish(mut self) -> String {
        while let Some(name) = self.open.pop() {
            self.close(name);
        }
        self.out
    }
}

/// An absolute address of an allowed scheme, without white space and control characters.
fn address(url: &str) -> Option<String> {
    let url = unescaped(url.trim());
    let allowed = SCHEMES.iter().any(|scheme| {
        url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && url.len() > scheme.len()
    });
    (allowed && !url.chars().any(|c| c.is_control() || c.is_whitespace())).then_some(url)
}

/// The references this module writes, resolved once; others stay text, and so does what resolving them makes.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        out.push_str(before);
        let known =
            [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{a0}")];
        let found = known.into_iter().find(|(name, _)| reference.starts_with(name));
        let (name, character) = found.unwrap_or(("&", "&"));
        out.push_str(character);
        rest = reference.get(name.len()..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
