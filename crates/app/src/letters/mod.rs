//! The mails to people. Each kind is one file that says what is in it; how a letter looks, as text and as HTML, is said once in
//! `templates/`, its words in `messages/`. A new kind is a file here, a fact in `domain`, and an arm in `deliveries/mail.rs`.
//!
//! What a system said of itself stays as it said it, most often in English.

pub(crate) mod answers_changed;
pub(crate) mod change_delayed;
pub(crate) mod change_ended;
pub(crate) mod factor_changed;
pub(crate) mod help_offered;
pub(crate) mod name_asked;
pub(crate) mod proof_mailed;
pub(crate) mod recovery_failed;
pub(crate) mod sign_in_locked;
pub(crate) mod token_made;

use askama::Template;
use passwright_domain::directory::Identity;
use passwright_domain::ids::PasswordChangeId;

use crate::languages::{self, Language};

/// The attribute of a person that says which languages they read, as a browser would say it (RFC 2798 section 2.7).
const PREFERRED_LANGUAGE: &str = "preferredLanguage";

/// What a letter says. Names and reasons come from elsewhere: they are text, never markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    /// BCP 47.
    pub(crate) language: &'static str,
    pub(crate) subject: String,
    /// To whom it is.
    pub(crate) greeting: String,
    /// One or two sentences.
    pub(crate) opening: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) closing: String,
    /// The one link.
    pub(crate) link: Link,
}

/// Where a letter leads: always under the configured public URL, whatever any request said of a host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Link {
    /// What stands before it.
    pub(crate) label: &'static str,
    /// The path and what follows; '' for the first page.
    pub(crate) path: String,
}

impl Link {
    /// To what became of a change, system by system.
    pub(crate) fn to_change(language: &Language, change: &PasswordChangeId) -> Self {
        Self { label: language.text("letter.link.change"), path: format!("/password-manager/changes/{change}") }
    }

    /// To those who cannot sign in.
    pub(crate) fn to_recovery(language: &Language) -> Self {
        Self { label: language.text("letter.link.recovery"), path: "/recovery".to_owned() }
    }
}

/// A heading and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) heading: String,
    pub(crate) lines: Vec<String>,
}

/// A letter as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    letter: &'a Letter,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    letter: &'a Letter,
    link: &'a str,
}

/// The language for somebody: the first that they read, or that of the installation.
pub(crate) fn language(of: &Identity, otherwise: &'static Language) -> &'static Language {
    let preferred = of.attributes.get(PREFERRED_LANGUAGE);
    preferred.and_then(|header| languages::accepted(languages::all(), header)).unwrap_or(otherwise)
}

impl Letter {
    /// A letter with the subject and the opening of its kind, that leads to the first page and closes with what to do about a
    /// letter that was not expected.
    pub(crate) fn new(language: &Language, kind: &str, name: &str) -> Self {
        let said = |part: &str| language.text(&format!("{kind}.{part}")).to_owned();
        Self {
            language: language.code,
            subject: said("subject"),
            greeting: language.with("letter.hello", &[("name", name)]),
            opening: said("opening"),
            sections: Vec::new(),
            closing: language.text("letter.not_you").to_owned(),
            link: Link { label: language.text("letter.link.home"), path: String::new() },
        }
    }

    /// Writes the letter. Its one link is the configured public URL.
    pub(crate) fn write(self, public_url: &str) -> Result<Written, askama::Error> {
        let letter = &self.plain();
        let link = &format!("{public_url}{}", letter.link.path);
        let text = Text { letter, link }.render()?;
        let html = Html { letter, link }.render()?;
        Ok(Written { subject: letter.subject.clone(), text, html })
    }

    /// Every part on one line: a name must not look like a line of ours.
    fn plain(self) -> Self {
        let section = |section: Section| Section {
            heading: one_line(&section.heading),
            lines: section.lines.iter().map(|line| one_line(line)).collect(),
        };
        Self {
            language: self.language,
            subject: one_line(&self.subject),
            greeting: one_line(&self.greeting),
            opening: one_line(&self.opening),
            sections: self.sections.into_iter().map(section).collect(),
            closing: one_line(&self.closing),
            link: self.link,
        }
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use passwright_domain::directory::IdentityStatus;
    use passwright_domain::ids::IdentityId;

    use super::*;

    #[test]
    fn a_hostile_name_is_text_in_both_forms() {
        let hostile = "<img src=x onerror=alert(1)>\r\nBcc: evil@x.test\u{2028}{{ link }}";
        let section = Section { heading: hostile.to_owned(), lines: vec![hostile.to_owned()] };
        let [subject, greeting, opening, closing] = [0; 4].map(|_| hostile.to_owned());
        let link = Link::default();
        let letter = Letter { language: "en", subject, greeting, opening, sections: vec![section], closing, link };
        let written = letter.write("https://pw.acme.test").unwrap();
        assert!(!written.subject.contains(char::is_control), "{:?}", written.subject);
        assert!(!written.html.contains("<img") && !written.html.contains("\nBcc:"), "{}", written.html);
        assert!(!written.text.contains("\nBcc:") && !written.text.contains('\u{2028}'), "{}", written.text);
        assert!(written.html.contains("&#60;img") && written.html.contains("{{ link }}"), "{}", written.html);
        assert_eq!(written.html.matches("https://").count(), 2, "the link and its text: {}", written.html);
    }

    /// Every text that a letter names is there, and every text is used.
    #[test]
    fn keys_and_letters_fit() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/letters");
        let mut used = String::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            used.push_str(text.split("#[cfg(test)]").next().unwrap());
        }
        let [english, ..] = languages::all();
        let templates = ["letter.txt", "letter.html"];
        let keys = used.split('"').filter(|text| text.starts_with("letter.") && !templates.contains(text));
        for key in keys {
            assert!(english.has(key) || english.has(&format!("{key}.subject")), "{key} is in no file");
        }
        let file = include_str!("../../messages/en.messages");
        for (key, _) in
            file.lines().filter_map(|line| line.split_once(" = ")).filter(|(key, _)| key.starts_with("letter."))
        {
            let stem = key.rsplit_once('.').map_or(key, |(stem, _)| stem);
            let named = |key: &str| used.contains(&format!("\"{key}\""));
            assert!(
                named(key) || named(stem) && (key.ends_with(".subject") || key.ends_with(".opening")),
                "{key} is unused"
            );
        }
    }

    #[test]
    fn a_letter_is_in_the_language_that_its_reader_prefers() {
        let [english, german, _] = languages::all();
        for (preferred, otherwise, wanted) in [
            (None, english, "en"),
            (None, german, "de"),
            (Some("es-MX, en;q=0.5"), german, "es"),
            (Some("fr"), german, "de"),
            (Some("fr, EN-gb"), german, "en"),
        ] {
            let identity = Identity {
                id: IdentityId::from_random([1; 16]),
                alias: "abby".to_owned(),
                name: "Abby".to_owned(),
                email: None,
                status: IdentityStatus::Active,
                levels: [].into(),
                attributes: preferred
                    .map(|value| (PREFERRED_LANGUAGE.to_owned(), value.to_owned()))
                    .into_iter()
                    .collect(),
            };
            assert_eq!(language(&identity, otherwise).code, wanted, "{preferred:?}");
        }
        let written = Letter::new(german, "letter.token", "Abby").write("https://pw.acme.test").unwrap();
        assert!(written.html.contains("<html lang=\"de\">"), "{}", written.html);
        assert!(written.text.starts_with("Guten Tag Abby,\n"), "{}", written.text);
    }
}
