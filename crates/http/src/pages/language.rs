//! The texts of the pages, one file for each language, in the binary, and which of them a visit gets.

use std::sync::OnceLock;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
pub(crate) use passwright_app::languages::Language;
use passwright_app::languages::{self, Files, Languages};
use passwright_app::oauth::SecretText;

const FILES: Files = [
    ("en", include_str!("../../messages/en.messages")),
    ("de", include_str!("../../messages/de.messages")),
    ("es", include_str!("../../messages/es.messages")),
];

/// All languages, English first.
pub(crate) fn all() -> &'static Languages {
    static ALL: OnceLock<Languages> = OnceLock::new();
    ALL.get_or_init(|| languages::with_files(&FILES))
}

/// The language of a visit: the one chosen before, else the first of the browser's that there is.
pub(super) fn choose(headers: &HeaderMap, chosen: Option<SecretText>) -> &'static Language {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let chosen = chosen.and_then(|code| by_code(code.expose()));
    chosen.or_else(|| languages::accepted(all(), accepted)).unwrap_or_else(english)
}

pub(super) fn by_code(code: &str) -> Option<&'static Language> {
    languages::by_code(all(), code)
}

pub(super) fn english() -> &'static Language {
    let [english, ..] = all();
    english
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_language_says_everything() {
        assert_eq!(languages::faults(&FILES), Vec::<String>::new());
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
                assert!(english.has(key), "{key} is in no message file");
            }
        }
        for rest in used.split(".counted(\"").skip(1) {
            let key = rest.split('"').next().unwrap();
            for form in ["one", "other"] {
                assert!(english.has(&format!("{key}.{form}")), "{key}.{form}");
            }
        }
        let own = FILES[0].1.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
        for (key, _) in own {
            let stem = key.rsplit_once('.').map_or(key, |(stem, _)| stem);
            let named = |key: &str| used.contains(&format!("\"{key}\"")) || used.contains(&format!("\"{key}."));
            assert!(named(key) || named(stem), "{key} is used nowhere");
        }
    }
}
