//! The texts of what people read, in the binary: one file for each language. A line is `key = text`; `{name}` stands for a value.
//!
//! The files here have what the mails say, and what they and the pages say alike; the pages add files of their own.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use passwright_domain::timestamp::Timestamp;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

/// Code and text of a file of each language, English first: for those who ask for none of them.
pub type Files = [(&'static str, &'static str); 3];

/// Each language, in the order of its files.
pub type Languages = [Language; 3];

const FILES: Files = [
    ("en", include_str!("../messages/en.messages")),
    ("de", include_str!("../messages/de.messages")),
    ("es", include_str!("../messages/es.messages")),
];

/// A language with its texts.
#[derive(Debug)]
pub struct Language {
    /// BCP 47.
    pub code: &'static str,
    texts: HashMap<&'static str, &'static str>,
}

/// The languages with the texts of the mails.
pub fn all() -> &'static Languages {
    static ALL: OnceLock<Languages> = OnceLock::new();
    ALL.get_or_init(|| FILES.map(|(code, file)| Language { code, texts: parse(file) }))
}

/// The languages with the texts of further files.
#[must_use]
pub fn with_files(files: &Files) -> Languages {
    let [english, ..] = all();
    files.map(|(code, file)| {
        let common = by_code(all(), code).unwrap_or(english);
        Language { code, texts: common.texts.iter().map(|(key, text)| (*key, *text)).chain(parse(file)).collect() }
    })
}

fn parse(file: &'static str) -> HashMap<&'static str, &'static str> {
    lines(file).filter_map(|line| line.split_once(" = ")).map(|(key, text)| (key.trim(), text.trim())).collect()
}

fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What is wrong with files that are to say the same: a language is complete, as the first is, or it is not there.
#[must_use]
pub fn faults(files: &Files) -> Vec<String> {
    let [(_, first), ..] = files;
    let (mut faults, first) = (Vec::new(), parse(first));
    for (code, file) in files {
        let texts = parse(file);
        if lines(file).count() != texts.len() {
            faults.push(format!("{code}: a key twice, or a line that is none"));
        }
        faults.extend(
            texts.keys().filter(|key| !first.contains_key(*key)).map(|key| format!("{code}: {key} is unknown")),
        );
        for (key, text) in &first {
            match texts.get(key) {
                None => faults.push(format!("{code} lacks {key}")),
                Some(own) if values(own) != values(text) => faults.push(format!("{code} {key}: other values")),
                Some(own) if own.is_empty() || own.contains('<') => faults.push(format!("{code} {key}: no plain text")),
                Some(_) => {}
            }
        }
    }
    faults
}

/// The names in braces.
fn values(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

impl Language {
    /// A text. One that is missing shows as `?`; a test sees to it that none is.
    #[must_use]
    pub fn text(&self, key: &str) -> &'static str {
        self.texts.get(key).copied().unwrap_or("?")
    }

    /// Whether there is such a text.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key)
    }

    /// A text with values in it.
    #[must_use]
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.text(key), values)
    }

    /// One text for one, another for any other number.
    #[must_use]
    pub fn counted(&self, key: &str, count: usize, values: &[(&str, &str)]) -> String {
        fill(self.form(key, count), &with_count(values, &count.to_string()))
    }

    /// The same in two parts: what stands before and after the value with the name `left_out`, for which the reader gets more
    /// than words. A text without that value has no second part.
    #[must_use]
    pub fn counted_around(
        &self,
        key: &str,
        count: usize,
        left_out: &str,
        values: &[(&str, &str)],
    ) -> (String, Option<String>) {
        let (number, text) = (count.to_string(), self.form(key, count));
        let all = with_count(values, &number);
        match text.split_once(&format!("{{{left_out}}}")) {
            Some((before, after)) => (fill(before, &all), Some(fill(after, &all))),
            None => (fill(text, &all), None),
        }
    }

    fn form(&self, key: &str, count: usize) -> &'static str {
        self.text(&format!("{key}.{}", if count == 1 { "one" } else { "other" }))
    }

    /// Names in one sentence.
    #[must_use]
    pub fn listed(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => self.with("list.and", &[("first", &first.join(", ")), ("last", last)]),
        }
    }

    /// `27 November 2026, 06:40 UTC` in the language's own order; empty for what is in no calendar.
    #[must_use]
    pub fn time(&self, at: Timestamp) -> String {
        self.of_calendar("time.full", at)
    }

    /// `27 November 2026`, in UTC.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> String {
        self.of_calendar("time.day", at)
    }

    fn of_calendar(&self, key: &str, at: Timestamp) -> String {
        let Ok(time) = OffsetDateTime::from_unix_timestamp(at.seconds()) else { return String::new() };
        let (day, year) = (time.day().to_string(), time.year().to_string());
        let month = self.text(&format!("month.{}", u8::from(time.month())));
        let clock = format!("{:02}:{:02}", time.hour(), time.minute());
        self.with(key, &[("day", &day), ("month", month), ("year", &year), ("clock", &clock)])
    }
}

fn with_count<'a>(values: &[(&'a str, &'a str)], count: &'a str) -> Vec<(&'a str, &'a str)> {
    values.iter().copied().chain([("count", count)]).collect()
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((head, tail)) = rest.split_once('{') {
        filled.push_str(head);
        let Some((name, after)) = tail.split_once('}') else { break };
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The language with a code.
#[must_use]
pub fn by_code<'a>(languages: &'a [Language], code: &str) -> Option<&'a Language> {
    languages.iter().find(|language| language.code.eq_ignore_ascii_case(code))
}

/// The first that there is of those that somebody reads: RFC 9110 section 12.5.4, by weight and then by order; of a tag its first part
/// counts.
#[must_use]
pub fn accepted<'a>(languages: &'a [Language], header: &str) -> Option<&'a Language> {
    let mut wanted: Vec<(i32, &Language)> = header
        .split(',')
        .take(20)
        .filter_map(|range| {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
            let language = by_code(languages, tag.trim().split('-').next().unwrap_or_default())?;
            (weight > 0.0).then_some(((weight.clamp(0.0, 1.0) * 1000.0) as i32, language))
        })
        .collect();
    wanted.sort_by_key(|(weight, _)| -weight);
    wanted.first().map(|(_, language)| *language)
}

/// The first moment of a day written as `2026-11-27`, UTC; `None` for what is no such day.
#[must_use]
pub fn parse_day(text: &str) -> Option<Timestamp> {
    // The parser takes a sign before the year.
    let date = text.starts_with(|c: char| c.is_ascii_digit()).then_some(text)?;
    let date = Date::parse(date, format_description!("[year]-[month]-[day]")).ok()?;
    Some(Timestamp::from_seconds(OffsetDateTime::new_utc(date, Time::MIDNIGHT).unix_timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> &'static Language {
        &all()[0]
    }

    #[test]
    fn every_language_says_everything() {
        assert_eq!(faults(&FILES), Vec::<String>::new());
        let broken: Files =
            [("en", "a = A {x}\nb = B\n"), ("de", "a = A {y}\nc = C\n"), ("es", "a = <\na = A {x}\nb =  \n")];
        let mut found = faults(&broken);
        found.sort();
        let wanted = [
            "de a: other values",
            "de lacks b",
            "de: c is unknown",
            "es lacks b",
            "es: a key twice, or a line that is none",
        ];
        assert_eq!(found, wanted);
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
        let counted = &with_files(&[
            ("en", "n.one = {name}: {count} until {until}.\nn.other = {count}.\n"),
            ("de", ""),
            ("es", ""),
        ])[0];
        let parts = |count| counted.counted_around("n", count, "until", &[("name", "{until}")]);
        assert_eq!(parts(1), ("{until}: 1 until ".to_owned(), Some(".".to_owned())));
        assert_eq!(parts(2), ("2.".to_owned(), None));
    }

    #[test]
    fn choices() {
        for (header, wanted) in [
            ("", None),
            ("fr", None),
            ("de-AT,en;q=0.5", Some("de")),
            ("en;q=0.5, es-MX", Some("es")),
            ("es;q=0, de;q=0.1", Some("de")),
            ("*", None),
            ("de;q=x, es", Some("es")),
        ] {
            assert_eq!(accepted(all(), header).map(|language| language.code), wanted, "{header}");
        }
    }

    #[test]
    fn times_in_words() {
        for (seconds, wanted) in [
            (0, "1 January 1970, 00:00 UTC"),
            (951_782_399, "28 February 2000, 23:59 UTC"),
            (951_868_799, "29 February 2000, 23:59 UTC"),
            (1_700_000_000, "14 November 2023, 22:13 UTC"),
            (1_775_347_380, "5 April 2026, 00:03 UTC"),
            (-1, "31 December 1969, 23:59 UTC"),
            (i64::MAX / 1_000_000, ""),
        ] {
            assert_eq!(english().time(Timestamp::from_seconds(seconds)), wanted);
        }
        assert_eq!(english().day(Timestamp::from_seconds(1_700_000_000)), "14 November 2023");
        let german = by_code(all(), "DE").unwrap();
        assert_eq!(german.time(Timestamp::from_seconds(1_775_347_380)), "5. April 2026, 00:03 UTC");
    }

    #[test]
    fn days_are_read() {
        for (text, wanted) in [
            ("1970-01-01", Some(0)),
            ("2000-02-29", Some(951_782_400)),
            ("2023-11-14", Some(1_699_920_000)),
            ("1969-12-31", Some(-86_400)),
            ("2023-02-29", None),
            ("2023-13-01", None),
            ("2023-00-01", None),
            ("2023-1-01", None),
            ("2023-01-01T00", None),
            ("+023-01-01", None),
            ("", None),
        ] {
            assert_eq!(parse_day(text), wanted.map(Timestamp::from_seconds), "{text}");
        }
    }
}
