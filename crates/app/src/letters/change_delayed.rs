//! A password change that takes longer: what works already, and until when the rest is tried.

use passwright_domain::change::TargetState;
use passwright_domain::retry::TIME_TO_LIVE;

use super::change_ended::NOT_YOU;
use super::{Letter, Link, Section, in_words};
use crate::passwords::PasswordChange;

pub(crate) fn letter(name: &str, change: &PasswordChange) -> Letter {
    let mut works = Vec::new();
    let mut tried = Vec::new();
    let mut given_up = Vec::new();
    for target in &change.targets {
        let source = target.source_name.clone();
        let why = if target.reason.is_empty() { source.clone() } else { format!("{source}: {}", target.reason) };
        let (lines, line) = match target.state {
            TargetState::Proved | TargetState::Confirmed => (&mut works, source),
            TargetState::Retrying if target.maybe_written => {
                (&mut tried, format!("{why} (the old or the new password works there)"))
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
    let until = in_words((change.accepted_at + TIME_TO_LIVE).rounded_up_to_second());
    let sections = [
        ("Your new password works at".to_owned(), works),
        (format!("Your old password still works here; the new one is tried again until {until}"), tried),
        ("Not changed".to_owned(), given_up),
    ];
    let sections = sections.into_iter().filter(|(_, lines)| !lines.is_empty());
    Letter {
        subject: "Your password change is taking longer".to_owned(),
        name: name.to_owned(),
        opening:
            "Not every system could be reached yet. You need not do anything; you will get another mail at the end."
                .to_owned(),
        sections: sections.map(|(heading, lines)| Section { heading, lines }).collect(),
        closing: NOT_YOU.to_owned(),
        link: Link::to_change(&change.id),
    }
}

#[cfg(test)]
mod tests {
    use passwright_domain::change::ChangeState;

    use super::super::change_ended::tests::change;
    use super::*;

    #[test]
    fn a_letter_of_a_delay() {
        use TargetState::{Proved, Refused, Retrying, Waiting};
        let targets = [("AD", Proved, ""), ("CRM", Retrying, "away"), ("SAP", Waiting, ""), ("X", Refused, "too old")];
        let mut change = change(ChangeState::InProgress, &[], &targets);
        change.targets[1].maybe_written = true;
        let letter = letter("Abby Smith", &change);
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
