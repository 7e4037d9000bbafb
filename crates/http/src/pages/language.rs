//! The texts of the pages, one file for each language, in the binary. A line is `key = text`; `{name}` stands for a value.
//!
//! A language is complete or it is not there: a test compares keys and values of all files with the English one.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use passwright_app::oauth::SecretText;

/// Code and file of each language; the first is for those who ask for none of them.
const LANGUAGES: [(&str, &str); 3] = [
    ("en", include_str!("../../messages/en.messages")),
    ("de", include_str!("../../messages/de.messages")),
    ("es", include_str!("../../messages/es.messages")),
];

/// A language with its texts.
pub(crate) struct Language {
    /// BCP 47.
    pub(crate) code: &'static str,
    texts: HashMap<&'static str, &'static str>,
}

/// All languages, English first.
pub(crate) fn all() -> &'static [Language] {
    static ALL: OnceLock<Vec<Language>> = OnceLock::new();
    ALL.get_or_init(|| LANGUAGES.iter().map(|(code, file)| Language { code, texts: parse(file) }).collect())
}

fn parse(file: &'static str) -> HashMap<&'static str, &'static str> {
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(" = ")).map(|(key, text)| (key.trim(), text.trim())).collect()
}

impl Language {
    /// A text. One that is missing shows as its name; a test sees to it that none is.
    pub(crate) fn text(&self, key: &str) -> &'static str {
        self.texts.get(key).copied().unwrap_or("?")
    }

    /// A text with values in it.
    pub(crate) fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = String::new();
        let mut rest = self.text(key);
        while let Some((head, tail)) = rest.split_once('{') {
            text.push_str(head);
            let Some((name, after)) = tail.split_once('}') else { break };
            let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
            text.push_str(value);
            rest = after;
        }
        text.push_str(rest);
        text
    }

    /// One text for one, another for any other number.
    pub(crate) fn counted(&self, key: &str, count: usize, values: &[(&str, &str)]) -> String {
        let number = count.to_string();
        let form = if count == 1 { "one" } else { "other" };
        let all: Vec<(&str, &str)> = values.iter().copied().chain([("count", number.as_str())]).collect();
        self.with(&format!("{key}.{form}"), &all)
    }

    /// Names in one sentence.
    pub(crate) fn listed(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => self.with("list.and", &[("first", &first.join(", ")), ("last", last)]),
        }
    }

    /// The direction that it is written in.
    pub(crate) fn direction(&self) -> &'static str {
        self.text("language.direction")
    }
}

/// The language of a visit: the one chosen before, else the first of the browser's that there is.
pub(super) fn choose(headers: &HeaderMap, chosen: Option<SecretText>) -> &'static Language {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    chosen.and_then(|code| by_code(code.expose())).unwrap_or_else(|| accepted_language(accepted))
}

pub(super) fn by_code(code: &str) -> Option<&'static Language> {
    all().iter().find(|language| language.code.eq_ignore_ascii_case(code))
}

/// RFC 9110 section 12.5.4, by weight and then by order; of a tag its first part counts.
fn accepted_language(header: &str) -> &'static Language {
    let mut wanted: Vec<(i32, &'static Language)> = header
        .split(',')
        .take(20)
        .filter_map(|range| {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
            let language = by_code(tag.trim().split('-').next().unwrap_or_default())?;
            (weight > 0.0).then_some(((weight.clamp(0.0, 1.0) * 1000.0) as i32, language))
        })
        .collect();
    wanted.sort_by_key(|(weight, _)| -weight);
    wanted.first().map_or_else(english, |(_, language)| *language)
}

pub(super) fn english() -> &'static Language {
    static EMPTY: OnceLock<Language> = OnceLock::new();
    all().first().unwrap_or_else(|| EMPTY.get_or_init(|| Language { code: "en", texts: HashMap::new() }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn values(text: &str) -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
    }

    #[test]
    fn every_language_says_everything() {
        let english = &all()[0];
        for language in all() {
            for (key, text) in &english.texts {
                let own = language.texts.get(key).unwrap_or_else(|| panic!("{} lacks {key}", language.code));
                assert_eq!(values(own), values(text), "{} {key}", language.code);
                assert!(!own.is_empty() && !own.contains('<'), "{} {key}", language.code);
            }
            assert_eq!(language.texts.len(), english.texts.len(), "{} has keys that English lacks", language.code);
        }
        for (code, file) in LANGUAGES {
            let lines = file.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
            assert_eq!(lines, by_code(code).unwrap().texts.len(), "{code}: a key twice, or a line that is none");
        }
    }

    /// Every key that a template or a page names is there, and every key is used.
    #[test]
    fn keys_and_pages_fit() {
        let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut used = String::new();
        let folders =
            ["", "/administration", "/factors", "/help_desk", "/recovery"].map(|folder| format!("src/pages{folder}"));
        for folder in ["templates", "src/oauth"].into_iter().chain(folders.iter().map(String::as_str)) {
            for entry in std::fs::read_dir(crate_dir.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let text = std::fs::read_to_string(path).unwrap();
                    used.push_str(text.split("#[cfg(test)]").next().unwrap());
                }
            }
        }
        let english = &all()[0];
        for asked in ["look.t(\"", "look.with(\"", "language.text(\"", "language.with(\"", "self.with(\""] {
            for rest in used.split(asked).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(english.texts.contains_key(key), "{key} is in no message file");
            }
        }
        for rest in used.split(".counted(\"").skip(1) {
            let key = rest.split('"').next().unwrap();
            for form in ["one", "other"] {
                assert!(english.texts.contains_key(format!("{key}.{form}").as_str()), "{key}.{form}");
            }
        }
        for key in english.texts.keys() {
            let stem = key.rsplit_once('.').map_or(*key, |(stem, _)| stem);
            let named = |key: &str| used.contains(&format!("\"{key}\"")) || used.contains(&format!("\"{key}."));
            assert!(named(key) || named(stem), "{key} is used nowhere");
        }
    }

    #[test]
    fn choices() {
        for (header, wanted) in [
            ("", "en"),
            ("fr", "en"),
            ("de-AT,en;q=0.5", "de"),
            ("en;q=0.5, es-MX", "es"),
            ("es;q=0, de;q=0.1", "de"),
            ("*", "en"),
            ("de;q=x, es", "es"),
        ] {
            assert_eq!(accepted_language(header).code, wanted, "{header}");
        }
    }

    #[test]
    fn values_are_put_in() {
        let english = english();
        assert_eq!(english.listed(&["A".into(), "B".into(), "C".into()]), "A, B and C");
        assert_eq!(
            english.with("list.and", &[("first", "{last}"), ("last", "x")]),
            "{last} and x",
            "once, and not again"
        );
    }
}
