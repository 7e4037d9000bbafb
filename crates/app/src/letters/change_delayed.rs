//! A password change that takes longer: what works already, and until when the rest is tried.

use passwright_domain::change::TargetState;
use passwright_domain::retry::TIME_TO_LIVE;

use super::{Letter, Link, Section};
use crate::languages::Language;
use crate::passwords::PasswordChange;

pub(crate) fn letter(language: &Language, name: &str, change: &PasswordChange) -> Letter {
    let mut works = Vec::new();
    let mut tried = Vec::new();
    let mut given_up = Vec::new();
    for target in &change.targets {
        let source = target.source_name.clone();
        let why = if target.reason.is_empty() { source.clone() } else { format!("{source}: {}", target.reason) };
        let (lines, line) = match target.state {
            TargetState::Proved | TargetState::Confirmed => (&mut works, source),
            TargetState::Retrying if target.maybe_written => {
                (&mut tried, language.with("letter.either", &[("why", &why)]))
            }
            TargetState::Waiting
            | TargetState::Checking
            | TargetState::Writing
            | TargetState::Written
            | TargetState::Retrying => (&mut tried, why),
            TargetState::Refused | TargetState::Failed | TargetState::NotAttempted | TargetState::Superseded => {
                (&mut given_up, why)
            }
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let until = language.time((change.accepted_at + TIME_TO_LIVE).rounded_up_to_second());
    let sections = [
        (language.text("letter.works").to_owned(), works),
        (language.with("letter.tried", &[("until", &until)]), tried),
        (language.text("letter.given_up").to_owned(), given_up),
    ];
    let sections = sections.into_iter().filter(|(_, lines)| !lines.is_empty());
    Letter {
        sections: sections.map(|(heading, lines)| Section { heading, lines }).collect(),
        link: Link::to_change(language, &change.id),
        ..Letter::new(language, "letter.delayed", name)
    }
}

#[cfg(test)]
mod tests {
    use passwright_domain::change::ChangeState;

    use super::super::change_ended::tests::change;
    use super::*;
    use crate::languages;

    #[test]
    fn a_letter_of_a_delay() {
        use TargetState::{Proved, Refused, Retrying, Waiting};
        let targets = [("AD", Proved, ""), ("CRM", Retrying, "away"), ("SAP", Waiting, ""), ("X", Refused, "too old")];
        let mut change = change(ChangeState::InProgress, &[], &targets);
        change.targets[1].maybe_written = true;
        let [english, german, _] = languages::all();
        let told = |language| letter(language, "Abby Smith", &change);
        assert_eq!(
            told(german).sections[1].heading,
            "Hier gilt noch Ihr altes Passwort; bis 15. November 2023, 22:13 UTC wird das neue weiter versucht"
        );
        let letter = told(english);
        let sections: Vec<_> = letter
            .sections
            .iter()
            .map(|section| format!("{}: {}", section.heading, section.lines.join("; ")))
            .collect();
        let until = "15 November 2023, 22:13 UTC";
        assert_eq!(
            sections,
            [
                "Your new password works at: AD".to_owned(),
                format!(
                    "Your old password still works here; the new one is tried again until {until}: \
                     CRM: away (the old or the new password works there); SAP"
                ),
                "Not changed: X: too old".to_owned(),
            ]
        );
    }
}
