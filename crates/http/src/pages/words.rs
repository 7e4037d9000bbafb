//! States, rules and times in the words of a language.

use passwright_app::Timestamp;
use passwright_app::identities::{Identity, IdentityStatus};
use passwright_app::password_manager::{ListedRule, Rule};
use passwright_app::passwords::{PasswordChangeTarget, TargetState, rfc3339};
use serde::Serialize;

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

/// A sentence; where a time belongs into it, in two parts, so that the browser can tell it in its reader's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Sentence {
    /// All of it, where there is no time.
    pub(crate) before: String,
    /// RFC 3339.
    pub(crate) at: Option<String>,
    /// The time in words, for a browser without script.
    pub(crate) at_words: String,
    pub(crate) after: String,
}

/// What works now and what is still tried, a sentence for each group of systems that fare alike.
pub(crate) fn summary(language: &Language, targets: &[&PasswordChangeTarget], until: Timestamp) -> Vec<Sentence> {
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
        if names.is_empty() {
            return None;
        }
        let listed = language.listed(names);
        let (before, after) = language.counted_around(key, names.len(), "until", &[("names", listed.as_str())]);
        let at = after.is_some().then(|| rfc3339(until.rounded_up_to_second()));
        let at_words = after.as_ref().map(|_| language.time(until)).unwrap_or_default();
        Some(Sentence { before, at, at_words, after: after.unwrap_or_default() })
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
    use super::super::language::all;
    use super::*;

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
