//! Security questions: their texts in several languages, which of them are asked, and in which form an answer is compared.

mod asked;

use std::collections::BTreeMap;

use serde_json::json;

use crate::canonical::canonical;

pub use asked::{ASKED, AnswersFault, SHORTEST_ANSWER, asked, check_answers};

/// A question, with its texts by language tag; that of the empty tag is for everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityQuestion {
    pub id: String,
    /// Where it stands among the others.
    pub position: i64,
    pub texts: BTreeMap<String, String>,
}

/// Longest id, in bytes.
const LONGEST_ID: usize = 64;
/// Longest text and answer, in characters.
const LONGEST_TEXT: usize = 255;

impl SecurityQuestion {
    /// What is wrong with it: the field, and what.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !(1..=LONGEST_ID).contains(&self.id.len()) || !self.id.bytes().all(plain) {
            return Err(("id", format!("must be 1 to {LONGEST_ID} letters, digits and hyphens")));
        }
        for text in self.texts.values() {
            let length = text.trim().chars().count();
            if !(1..=LONGEST_TEXT).contains(&length) || text.chars().any(char::is_control) {
                return Err(("text", format!("must be 1 to {LONGEST_TEXT} characters without control characters")));
            }
        }
        Ok(())
    }

    /// The text for everyone.
    #[must_use]
    pub fn text(&self) -> &str {
        self.texts.get("").map_or("", String::as_str)
    }

    /// The text in a language, such as `de`; that for everyone where there is none in it.
    #[must_use]
    pub fn text_in(&self, language: &str) -> &str {
        let of = |text: &str| text.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let same = self.texts.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(language));
        let kin = || self.texts.iter().find(|(tag, _)| !tag.is_empty() && of(tag) == of(language));
        same.or_else(kin).map_or_else(|| self.text(), |(_, text)| text.as_str())
    }

    /// All texts as the wire has them inside a string: `[{"text":"…","locale":"fr"},{"text":"…","locale":""}]`.
    #[must_use]
    pub fn all_texts(&self) -> String {
        let texts = self.texts.iter().rev().map(|(locale, text)| json!({ "text": text, "locale": locale }));
        serde_json::Value::from_iter(texts).to_string()
    }
}

/// An answer as it is compared: case, width and spaces do not count, and `ß` is `ss`, as in capitals. `None` when nothing is left of it, or it is too long.
#[must_use]
pub fn comparable_answer(answer: &str) -> Option<String> {
    if answer.chars().count() > LONGEST_TEXT {
        return None;
    }
    let plain = canonical(answer).replace('ß', "ss");
    let words: Vec<&str> = plain.split_whitespace().collect();
    Some(words.join(" ")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(id: &str, texts: &[(&str, &str)]) -> SecurityQuestion {
        let texts = texts.iter().map(|(locale, text)| ((*locale).to_owned(), (*text).to_owned())).collect();
        SecurityQuestion { id: id.to_owned(), position: 0, texts }
    }

    #[test]
    fn texts_as_the_wire_has_them() {
        let question = question("q-1", &[("", "What \"is\" it?"), ("fr", "Quoi ?")]);
        assert_eq!(question.check(), Ok(()));
        assert_eq!(question.text(), "What \"is\" it?");
        let texts: serde_json::Value = serde_json::from_str(&question.all_texts()).unwrap();
        assert_eq!(texts, json!([{"text": "Quoi ?", "locale": "fr"}, {"text": "What \"is\" it?", "locale": ""}]));
    }

    #[test]
    fn texts_in_the_language_of_the_page() {
        let question = question("q-1", &[("", "What?"), ("de", "Was?"), ("pt-BR", "Qual?")]);
        for (language, wanted) in
            [("de", "Was?"), ("DE", "Was?"), ("de-AT", "Was?"), ("pt", "Qual?"), ("en", "What?"), ("", "What?")]
        {
            assert_eq!(question.text_in(language), wanted, "{language}");
        }
    }

    #[test]
    fn what_is_no_question() {
        let long = "x".repeat(256);
        for (id, text, field) in [
            ("", "x", "id"),
            ("a b", "x", "id"),
            (&"x".repeat(65), "x", "id"),
            ("a", " ", "text"),
            ("a", &long, "text"),
            ("a", "x\ny", "text"),
        ] {
            assert_eq!(question(id, &[("", text)]).check().unwrap_err().0, field, "{id:?} {text:?}");
        }
    }

    #[test]
    fn answers_compare_by_what_they_say() {
        for same in ["Saint Mary", " saint  mary ", "SAINT MARY", "\u{ff33}aint\u{3000}Mary"] {
            assert_eq!(comparable_answer(same).as_deref(), Some("saint mary"), "{same:?}");
        }
        for same in ["Müllerstraße", "MÜLLERSTRASSE", "müllerstrasse ", "Mu\u{308}llerstra\u{1e9e}e"] {
            assert_eq!(comparable_answer(same).as_deref(), Some("müllerstrasse"), "{same:?}");
        }
        assert_ne!(comparable_answer("Müller"), comparable_answer("Muller"));
        for none in ["", "  ", "\t\n", &"x".repeat(256)] {
            assert_eq!(comparable_answer(none), None, "{none:?}");
        }
    }
}
