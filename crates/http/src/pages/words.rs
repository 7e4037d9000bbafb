//! States, rules and times in the words of a language.

use passwright_app::Timestamp;
use passwright_app::identities::{Identity, IdentityStatus};
use passwright_app::password_manager::{ListedRule, Rule};
use passwright_app::passwords::{PasswordChangeTarget, TargetState};

use super::language::Language;

/// A state in a word, with the icon and the tone that go with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateWords {
    pub(crate) word: &'static str,
    /// Name of a symbol in the layout.
    pub(crate) icon: &'static str,
    /// `good`, `busy`, `wait` or `bad`; never told by colour alone.
    pub(crate) tone: &'static str,
}

pub(crate) fn state(language: &Language, state: TargetState) -> StateWords {
    let (key, icon, tone) = match state {
        TargetState::Waiting => ("state.waiting", "wait", "busy"),
        TargetState::Checking => ("state.checking", "busy", "busy"),
        TargetState::Writing => ("state.writing", "busy", "busy"),
        TargetState::Written => ("state.written", "busy", "busy"),
        TargetState::Retrying => ("state.retrying", "again", "wait"),
        TargetState::Proved => ("state.proved", "check", "good"),
        TargetState::Confirmed => ("state.confirmed", "check", "good"),
        TargetState::Refused => ("state.refused", "cross", "bad"),
        TargetState::Failed => ("state.failed", "cross", "bad"),
        TargetState::Superseded => ("state.superseded", "skip", "wait"),
        TargetState::NotAttempted => ("state.not_attempted", "skip", "wait"),
    };
    StateWords { word: language.text(key), icon, tone }
}

/// A rule as one sees it in the list, with its figure.
pub(crate) fn rule(language: &Language, listed: ListedRule) -> String {
    let count = usize::try_from(listed.limit.unwrap_or_default()).unwrap_or_default();
    match listed.rule {
        Rule::MinLength => language.counted("rule.min_length", count, &[]),
        Rule::MaxLength => language.counted("rule.max_length", count, &[]),
        Rule::MinAlpha => language.counted("rule.min_letters", count, &[]),
        Rule::MinNumeric => language.counted("rule.min_digits", count, &[]),
        Rule::MinUpper => language.counted("rule.min_upper", count, &[]),
        Rule::MinLower => language.counted("rule.min_lower", count, &[]),
        Rule::MinSpecial => language.counted("rule.min_special", count, &[]),
        Rule::MinCharacterTypes => language.counted("rule.min_types", count, &[]),
        Rule::MaxRepeatedChars => language.counted("rule.max_repeated", count, &[]),
        Rule::UseDictionary => language.text("rule.dictionary").to_owned(),
        Rule::ValidateAgainstAccountId => language.text("rule.account_id").to_owned(),
        Rule::ValidateAgainstAccountName => language.text("rule.account_name").to_owned(),
        Rule::UseAccountAttributes => language.text("rule.account_attributes").to_owned(),
        Rule::UseIdentityAttributes => language.text("rule.identity_attributes").to_owned(),
    }
}

/// `27 November 2026, 06:40 UTC` in the language's own order.
pub(crate) fn time(language: &Language, at: Timestamp) -> String {
    let (date, seconds) = split(at);
    let (year, month, day) = civil(date);
    let clock = format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    let month = language.text(month_key(month));
    let (year, day) = (year.to_string(), day.to_string());
    language.with("time.full", &[("day", &day), ("month", month), ("year", &year), ("clock", &clock)])
}

/// `27 November 2026`.
pub(crate) fn day(language: &Language, at: Timestamp) -> String {
    let (year, month, day) = civil(split(at).0);
    let (year, day) = (year.to_string(), day.to_string());
    language.with("time.day", &[("day", &day), ("month", language.text(month_key(month))), ("year", &year)])
}

/// The first moment of a day written as `2026-11-27`, UTC; `None` for what is no such day.
pub(crate) fn parse_day(text: &str) -> Option<Timestamp> {
    let mut parts = text.splitn(3, '-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse::<i64>().ok()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    // The inverse of `civil`, from the same source.
    let shifted_year = year - i64::from(month <= 2);
    let era = shifted_year.div_euclid(400);
    let of_era = shifted_year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (civil(days) == (year, month, day)).then(|| Timestamp::from_seconds(days * 86_400))
}

/// Days since 1970 and seconds of the day, UTC.
fn split(at: Timestamp) -> (i64, i64) {
    let seconds = at.seconds();
    (seconds.div_euclid(86_400), seconds.rem_euclid(86_400))
}

/// Year, month and day of the proleptic Gregorian calendar, from days since 1970 (H. Hinnant, "chrono-compatible low-level date
/// algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

fn month_key(month: i64) -> &'static str {
    const KEYS: [&str; 12] = [
        "month.1", "month.2", "month.3", "month.4", "month.5", "month.6", "month.7", "month.8", "month.9", "month.10",
        "month.11", "month.12",
    ];
    usize::try_from(month - 1).ok().and_then(|at| KEYS.get(at)).copied().unwrap_or("month.1")
}

/// What works now and what is still tried, a sentence for each group of systems that fare alike.
pub(crate) fn summary(language: &Language, targets: &[&PasswordChangeTarget], until: Timestamp) -> Vec<String> {
    let until = time(language, until);
    let of = |wanted: &dyn Fn(&PasswordChangeTarget) -> bool| {
        let mut names: Vec<String> = Vec::new();
        for target in targets.iter().filter(|target| wanted(target)) {
            if !names.contains(&target.source_name) {
                names.push(target.source_name.clone());
            }
        }
        names
    };
    let busy = |state| {
        matches!(state, TargetState::Waiting | TargetState::Checking | TargetState::Writing | TargetState::Written)
    };
    let works = of(&|target| target.state.is_confirmed());
    let under_way = of(&|target| busy(target.state));
    let old = of(&|target| target.state == TargetState::Retrying && !target.maybe_written);
    let either = of(&|target| target.state == TargetState::Retrying && target.maybe_written);
    let kept = of(&|target| matches!(target.state, TargetState::Refused | TargetState::NotAttempted));
    let unknown = of(&|target| target.state == TargetState::Failed);
    let newer = of(&|target| target.state == TargetState::Superseded);
    let sentence = |key: &str, names: &[String]| {
        let values = [("names", language.listed(names)), ("until", until.clone())];
        let values = [(values[0].0, values[0].1.as_str()), (values[1].0, values[1].1.as_str())];
        (!names.is_empty()).then(|| language.counted(key, names.len(), &values))
    };
    [
        sentence("summary.works", &works),
        sentence("summary.under_way", &under_way),
        sentence("summary.old", &old),
        sentence("summary.either", &either),
        sentence("summary.kept", &kept),
        sentence("summary.unknown", &unknown),
        sentence("summary.newer", &newer),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How a person stands.
pub(crate) fn identity(language: &Language, identity: &Identity) -> StateWords {
    let (key, icon, tone) = match identity.status {
        IdentityStatus::Active => ("identity.active", "check", "good"),
        IdentityStatus::Disabled => ("identity.disabled", "cross", "bad"),
    };
    StateWords { word: language.text(key), icon, tone }
}

/// A browser as its person knows it, from what it says of itself; nothing else of that text is kept.
pub(crate) fn browser(agent: &str) -> String {
    // The order matters: each of the first says that it is one of the later ones too.
    let name =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]
            .into_iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| name);
    let system = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find(|(mark, _)| agent.contains(mark))
    .map(|(_, name)| name);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name}, {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::language::{all, english};
    use super::*;

    #[test]
    fn times_in_words() {
        for (seconds, wanted) in [
            (0, "1 January 1970, 00:00 UTC"),
            (951_782_399, "28 February 2000, 23:59 UTC"),
            (951_868_799, "29 February 2000, 23:59 UTC"),
            (1_700_000_000, "14 November 2023, 22:13 UTC"),
            (-1, "31 December 1969, 23:59 UTC"),
        ] {
            assert_eq!(time(english(), Timestamp::from_seconds(seconds)), wanted);
        }
        assert_eq!(day(english(), Timestamp::from_seconds(1_700_000_000)), "14 November 2023");
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

    #[test]
    fn browsers() {
        for (agent, wanted) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 \
                 Edg/140.0",
                "Edge, Windows",
            ),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
            ("<script>alert(1)</script>", ""),
            ("curl/8", ""),
        ] {
            assert_eq!(browser(agent), wanted, "{agent}");
        }
    }

    #[test]
    fn every_rule_has_words_in_every_language() {
        let rules = [
            Rule::MinLength,
            Rule::MaxLength,
            Rule::MinAlpha,
            Rule::MinNumeric,
            Rule::MinUpper,
            Rule::MinLower,
            Rule::MinSpecial,
            Rule::MinCharacterTypes,
            Rule::MaxRepeatedChars,
            Rule::UseDictionary,
            Rule::ValidateAgainstAccountId,
            Rule::ValidateAgainstAccountName,
            Rule::UseAccountAttributes,
            Rule::UseIdentityAttributes,
        ];
        for language in all() {
            for of in rules {
                for limit in [1, 2] {
                    let words = rule(language, ListedRule { rule: of, limit: Some(limit) });
                    assert!(words.len() > 5 && !words.contains(['?', '{']), "{} {of:?}: {words}", language.code);
                }
            }
        }
    }
}
