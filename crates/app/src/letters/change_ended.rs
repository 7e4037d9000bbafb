//! The end of a password change: what works now, what does not, and why.

use passwright_domain::change::{ChangeState, TargetState};

use super::{Letter, Link, Section};
use crate::languages::Language;
use crate::passwords::PasswordChange;

pub(crate) fn letter(language: &Language, name: &str, change: &PasswordChange) -> Letter {
    let mut works = Vec::new();
    let mut kept = Vec::new();
    let mut unknown = Vec::new();
    let mut newer = Vec::new();
    for target in &change.targets {
        let source = target.source_name.clone();
        let why = format!("{source}: {}", target.reason);
        let (lines, line) = match target.state {
            TargetState::Proved | TargetState::Confirmed => (&mut works, source),
            TargetState::Refused | TargetState::NotAttempted => (&mut kept, why),
            TargetState::Superseded => (&mut newer, source),
            // An ended change has no open target; if it had, this is what could be said of it.
            TargetState::Failed
            | TargetState::Waiting
            | TargetState::Checking
            | TargetState::Writing
            | TargetState::Written
            | TargetState::Retrying => (&mut unknown, why),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let kind = match (change.state, works.is_empty()) {
        (ChangeState::Finished, _) => "letter.finished",
        (_, false) => "letter.partly",
        (_, true) => "letter.failed",
    };
    // Without a target of its own to blame, the whole change says why: a rule of the policy, or what was sent.
    let broken = if works.is_empty() && unknown.is_empty() { change.errors.clone() } else { Vec::new() };
    let kept = if broken.is_empty() { kept } else { change.targets.iter().map(|t| t.source_name.clone()).collect() };
    let sections = [
        ("letter.works", works),
        ("letter.why", broken),
        ("letter.kept", kept),
        ("letter.unknown", unknown),
        ("letter.newer", newer),
    ];
    let sections = sections.into_iter().filter(|(_, lines)| !lines.is_empty());
    let section = |(key, lines)| Section { heading: language.text(key).to_owned(), lines };
    Letter {
        sections: sections.map(section).collect(),
        link: Link::to_change(language, &change.id),
        ..Letter::new(language, kind, name)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use passwright_domain::ids::{IdentityId, PasswordChangeId, SourceId};
    use passwright_domain::timestamp::Timestamp;

    use super::*;
    use crate::languages;
    use crate::passwords::PasswordChangeTarget;

    pub(crate) fn change(state: ChangeState, errors: &[&str], targets: &[(&str, TargetState, &str)]) -> PasswordChange {
        let target = |(name, state, reason): &(&str, TargetState, &str)| PasswordChangeTarget {
            source_id: SourceId::from_random([1; 16]),
            source_name: (*name).to_owned(),
            account_id: "abby".into(),
            account_name: "Abby".into(),
            state: *state,
            reason: (*reason).to_owned(),
            attempts: 1,
            maybe_written: false,
            next_attempt_at: None,
            ended_at: None,
        };
        PasswordChange {
            id: PasswordChangeId::from_random([1; 16]),
            identity_id: IdentityId::from_random([1; 16]),
            state,
            errors: errors.iter().map(|error| (*error).to_owned()).collect(),
            summary: Vec::new(),
            accepted_at: Timestamp(1_700_000_000_000_001),
            ended_at: None,
            held_at: None,
            version: 1,
            targets: targets.iter().map(target).collect(),
        }
    }

    fn told(state: ChangeState, errors: &[&str], targets: &[(&str, TargetState, &str)]) -> String {
        let [english, ..] = languages::all();
        let letter = letter(english, "Abby Smith", &change(state, errors, targets));
        let written = letter.write("https://pw.acme.test").unwrap();
        let mut lines = vec![written.subject.clone()];
        lines.extend(written.text.lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned));
        assert!(lines.iter().all(|line| !line.contains("&#")), "text is not escaped: {lines:?}");
        lines.join("|")
    }

    #[test]
    fn letters_of_an_end() {
        use TargetState::{Confirmed, Failed, NotAttempted, Proved, Refused, Superseded};
        let place = "https://pw.acme.test/password-manager/changes/01010101010101010101010101010101";
        let not_you = "If you did not ask for this, tell your help desk at once. Nobody will ever ask you for your password by mail.";
        let end = format!("|See it live: {place}|{not_you}");
        let cases = [
            (
                told(ChangeState::Finished, &[], &[("AD", Proved, ""), ("R&D", Confirmed, ""), ("AD", Proved, "")]),
                "Your password was changed|Hello Abby Smith,|Your new password works everywhere it was to be set.\
                 |Your new password works at:|  - AD|  - R&D",
            ),
            (
                told(
                    ChangeState::Failed,
                    &["CRM: too old"],
                    &[
                        ("AD", Proved, ""),
                        ("CRM", Refused, "too old"),
                        ("SAP", Failed, "no answer"),
                        ("X", Superseded, ""),
                    ],
                ),
                "Your password was changed in part|Hello Abby Smith,|Your new password does not work everywhere.\
                 |Your new password works at:|  - AD|Your old password still works at:|  - CRM: too old\
                 |It is not known whether your old or your new password works at:|  - SAP: no answer\
                 |Left to a newer change of yours:|  - X",
            ),
            (
                told(
                    ChangeState::Failed,
                    &["The password is too short."],
                    &[("AD", NotAttempted, "not tried"), ("CRM", NotAttempted, "not tried")],
                ),
                "Your password was not changed|Hello Abby Smith,|Your new password was not accepted.\
                 |Why:|  - The password is too short.|Your old password still works at:|  - AD|  - CRM",
            ),
        ];
        for (told, wanted) in cases {
            assert_eq!(told, format!("{wanted}{end}"));
        }
    }
}
