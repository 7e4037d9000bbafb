//! The organisation's list of refused words, and the form of the file it is uploaded in.
//!
//! The file is UTF-8 text (a byte order mark and CRLF line ends are accepted), one word per line. Lines that start with
//! `#` are comments; the first line that starts with `locale=` or `locale:` names the locale (`en` when there is none),
//! later ones are words. Blank lines, comments and the locale line do not count towards [`MAX_WORD_LINES`].
//!
//! A password is refused when it contains a word anywhere, in the comparison form of `fold`.

use std::fmt;

use aho_corasick::AhoCorasick;

use super::fold::fold;

/// Most lines with a word.
pub const MAX_WORD_LINES: usize = 2500;
/// Longest line, in code points without its end.
pub const MAX_LINE_CODE_POINTS: usize = 128;
/// Faults beyond this number are not reported.
pub const MAX_REPORTED_FAULTS: usize = 20;

const DEFAULT_LOCALE: &str = "en";

/// One thing wrong with an uploaded file. Lines count from 1. The words themselves are not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DictionaryFault {
    #[error("line {line} is not UTF-8 text")]
    NotUtf8 { line: usize },
    #[error("line {line} has {code_points} characters, more than {MAX_LINE_CODE_POINTS}")]
    LineTooLong { line: usize, code_points: usize },
    #[error("line {line} holds white space; write one word per line")]
    WhiteSpace { line: usize },
    #[error("line {line} holds a control character")]
    ControlCharacter { line: usize },
    #[error("line {line} names no locale")]
    NoLocale { line: usize },
    #[error("line {line} is one word more than the {MAX_WORD_LINES} allowed")]
    TooManyWords { line: usize },
    #[error("no word found up to line {line}")]
    NoWord { line: usize },
}

/// What is wrong with an uploaded file, in the order of its lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DictionaryFaults(pub Vec<DictionaryFault>);

impl fmt::Display for DictionaryFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if n == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for DictionaryFaults {}

/// A list of refused words, ready for matching.
#[derive(Debug, Clone)]
pub struct Dictionary {
    locale: String,
    words: usize,
    automaton: AhoCorasick,
}

impl Dictionary {
    /// Reads an uploaded file.
    ///
    /// # Errors
    /// Every fault found, up to [`MAX_REPORTED_FAULTS`], each with its line.
    pub fn parse(file: &[u8]) -> Result<Self, DictionaryFaults> {
        let text = std::str::from_utf8(file).map_err(|error| {
            let good = file.get(..error.valid_up_to()).unwrap_or_default();
            let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
            DictionaryFaults(vec![DictionaryFault::NotUtf8 { line }])
        })?;
        let Lines { locale, words, mut faults } = read_lines(text.strip_prefix('\u{feff}').unwrap_or(text));
        if faults.is_empty() && words.is_empty() {
            faults.push(DictionaryFault::NoWord { line: text.lines().count().max(1) });
        }
        if !faults.is_empty() {
            return Err(DictionaryFaults(faults));
        }
        let folded = words.iter().map(|word| fold(word).as_str().to_owned());
        // Fails only beyond 2^31 states; the bounds above allow 2,500 words of a few thousand.
        let automaton = AhoCorasick::builder()
            .build(folded)
            .map_err(|_| DictionaryFaults(vec![DictionaryFault::TooManyWords { line: text.lines().count() }]))?;
        Ok(Self { locale: locale.unwrap_or(DEFAULT_LOCALE).to_owned(), words: words.len(), automaton })
    }

    /// The locale the file names, as written.
    #[must_use]
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// The number of word lines.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.words
    }

    /// Whether the text contains a word of the dictionary, without regard to case and width.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.matches_folded(&fold(text))
    }

    pub(super) fn matches_folded(&self, folded: &str) -> bool {
        self.automaton.is_match(folded)
    }
}

struct Lines<'a> {
    locale: Option<&'a str>,
    words: Vec<&'a str>,
    faults: Vec<DictionaryFault>,
}

fn read_lines(text: &str) -> Lines<'_> {
    let mut read = Lines { locale: None, words: Vec::new(), faults: Vec::new() };
    for (line, content) in (1..).zip(text.lines()) {
        if read.faults.len() == MAX_REPORTED_FAULTS {
            break;
        }
        let code_points = content.chars().count();
        if code_points > MAX_LINE_CODE_POINTS {
            read.faults.push(DictionaryFault::LineTooLong { line, code_points });
            continue;
        }
        if content.starts_with('#') || content.trim().is_empty() {
            continue;
        }
        if let (None, Some(locale)) = (read.locale, locale_of(content)) {
            if locale.is_empty() {
                read.faults.push(DictionaryFault::NoLocale { line });
            }
            read.locale = Some(locale);
        } else if content.contains(char::is_whitespace) {
            read.faults.push(DictionaryFault::WhiteSpace { line });
        } else if content.contains(char::is_control) {
            read.faults.push(DictionaryFault::ControlCharacter { line });
        } else if read.words.len() == MAX_WORD_LINES {
            read.faults.push(DictionaryFault::TooManyWords { line });
            break;
        } else {
            read.words.push(content);
        }
    }
    read
}

fn locale_of(line: &str) -> Option<&str> {
    line.strip_prefix("locale").and_then(|rest| rest.strip_prefix(['=', ':'])).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(file: &[u8]) -> String {
        Dictionary::parse(file).unwrap_err().to_string()
    }

    #[test]
    fn accepted_files() {
        let check = |file: &str, locale: &str, words: usize| {
            let dictionary = Dictionary::parse(file.as_bytes()).unwrap();
            assert_eq!((dictionary.locale(), dictionary.word_count()), (locale, words), "{file:?}");
        };
        check("spring", "en", 1);
        check("spring\n", "en", 1);
        check("spring\r\nsummer\r\n", "en", 2);
        check("\u{feff}locale=en_US\nspring", "en_US", 1);
        check("locale:en_US\nspring", "en_US", 1);
        check("# words\n\n  \nspring\n", "en", 1);
        check("spring\nlocale=fr\nété", "fr", 2);
        check("locale=fr\nlocale:de\nété", "fr", 2);
        check("localespring", "en", 1);
        check("a#b\nspring\nspring", "en", 3);
        check(&format!("#{}\n{}", "x".repeat(127), "é".repeat(128)), "en", 1);
    }

    #[test]
    fn refused_files() {
        let check = |file: &[u8], expected: &str| assert_eq!(faults(file), expected);
        check(b"", "no word found up to line 1");
        check(b"# only\n\nlocale=en\n", "no word found up to line 3");
        check(b"good\n\xff\xfe\n", "line 2 is not UTF-8 text");
        check(
            b"two words\nok\n trailing \n",
            "line 1 holds white space; write one word per line; \
               line 3 holds white space; write one word per line",
        );
        check("ok\nno\u{a0}break".as_bytes(), "line 2 holds white space; write one word per line");
        check(b"ok\n\0", "line 2 holds a control character");
        check(b"[object Object]", "line 1 holds white space; write one word per line");
        check(b"ok\nlocale=", "line 2 names no locale");
        check(&[b'x'; 129], "line 1 has 129 characters, more than 128");
        check(format!("ok\n#{}", "x".repeat(128)).as_bytes(), "line 2 has 129 characters, more than 128");
        check("é".repeat(129).as_bytes(), "line 1 has 129 characters, more than 128");
    }

    #[test]
    fn at_most_2500_words() {
        let words: String = (0..MAX_WORD_LINES).map(|n| format!("word{n}\n# comment\n\n")).collect();
        assert_eq!(Dictionary::parse(words.as_bytes()).unwrap().word_count(), MAX_WORD_LINES);
        let expected = format!("line {} is one word more than the 2500 allowed", 3 * MAX_WORD_LINES + 1);
        assert_eq!(faults(format!("{words}extra\nextra").as_bytes()), expected);
    }

    #[test]
    fn faults_are_bounded() {
        let file = "a b\n".repeat(100);
        assert_eq!(Dictionary::parse(file.as_bytes()).unwrap_err().0.len(), MAX_REPORTED_FAULTS);
    }

    #[test]
    fn longest_words_allowed_still_build() {
        let file: String = (0..MAX_WORD_LINES).map(|n| format!("{n:04}{}\n", "\u{fdfa}".repeat(124))).collect();
        let dictionary = Dictionary::parse(file.as_bytes()).unwrap();
        assert!(dictionary.matches(&format!("0042{}", "\u{fdfa}".repeat(124))));
        assert!(!dictionary.matches(&"\u{fdfa}".repeat(124)));
    }
}
