//! The mails to people. Each kind is one file that says what is in it; how a letter looks, as text and as HTML, is said once in
//! `templates/`. A new kind is a file here, a fact in `domain`, and an arm in `deliveries/mail.rs`.

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
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;
use time::OffsetDateTime;
use time::macros::format_description;

/// What a letter says. Names and reasons come from elsewhere: they are text, never markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    /// Whom it is to.
    pub(crate) name: String,
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
    /// To the first page.
    pub(crate) fn home() -> Self {
        Self { label: "Passwords", path: String::new() }
    }

    /// To what became of a change, system by system.
    pub(crate) fn to_change(change: &PasswordChangeId) -> Self {
        Self { label: "See it live", path: format!("/password-manager/changes/{change}") }
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

impl Letter {
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
            subject: one_line(&self.subject),
            name: one_line(&self.name),
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

/// `26 November 2026, 18:05 UTC`.
fn in_words(at: Timestamp) -> String {
    let form = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    let time = OffsetDateTime::from_unix_timestamp(at.seconds()).ok();
    time.and_then(|time| time.format(form).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_is_text_in_both_forms() {
        let hostile = "<img src=x onerror=alert(1)>\r\nBcc: evil@x.test\u{2028}{{ link }}";
        let section = Section { heading: hostile.to_owned(), lines: vec![hostile.to_owned()] };
        let [subject, name, opening, closing] = [0; 4].map(|_| hostile.to_owned());
        let link = Link::home();
        let letter = Letter { subject, name, opening, sections: vec![section], closing, link };
        let written = letter.write("https://pw.acme.test").unwrap();
        assert!(!written.subject.contains(char::is_control), "{:?}", written.subject);
        assert!(!written.html.contains("<img") && !written.html.contains("\nBcc:"), "{}", written.html);
        assert!(!written.text.contains("\nBcc:") && !written.text.contains('\u{2028}'), "{}", written.text);
        assert!(written.html.contains("&#60;img") && written.html.contains("{{ link }}"), "{}", written.html);
        assert_eq!(written.html.matches("https://").count(), 2, "the link and its text: {}", written.html);
    }

    #[test]
    fn times_in_words() {
        assert_eq!(in_words(Timestamp(1_700_000_000_000_000)), "14 November 2023, 22:13 UTC");
        assert_eq!(in_words(Timestamp::from_seconds(1_775_347_380)), "5 April 2026, 00:03 UTC");
    }
}
