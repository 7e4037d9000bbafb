//! What a person can do meanwhile: which systems have the new password, which not yet, and until when they are tried.

use passwright_domain::change::TargetState;
use passwright_domain::retry::TIME_TO_LIVE;
use passwright_domain::timestamp::Timestamp;

use super::shown::{PasswordChangeTarget, rfc3339};

/// What one sentence says of its systems.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Works,
    UnderWay,
    OldStays,
    EitherWorks,
}

/// One sentence for each group of systems that fare alike, and one for each that was given up.
pub(super) fn summary(targets: &[PasswordChangeTarget], accepted_at: Timestamp) -> Vec<String> {
    let until = rfc3339((accepted_at + TIME_TO_LIVE).rounded_up_to_second());
    let mut sentences: Vec<String> = [Said::Works, Said::UnderWay, Said::OldStays, Said::EitherWorks]
        .into_iter()
        .filter_map(|said| {
            let names = names(targets.iter().filter(|target| said_of(target) == Some(said)));
            sentence(said, &names, &until)
        })
        .collect();
    for target in targets {
        let (name, reason) = (&target.source_name, &target.reason);
        let given_up = match target.state {
            TargetState::Refused | TargetState::NotAttempted => format!("{name} keeps the old password: {reason}."),
            TargetState::Failed => format!("{name} is not known to have the new password: {reason}."),
            TargetState::Superseded => format!("{name} is left to a newer password change."),
            TargetState::Confirmed if !reason.is_empty() => {
                format!("{name} took the new password, but a sign-in could not show it: {reason}.")
            }
            TargetState::Waiting
            | TargetState::Checking
            | TargetState::Writing
            | TargetState::Written
            | TargetState::Retrying
            | TargetState::Proved
            | TargetState::Confirmed => continue,
        };
        if !sentences.contains(&given_up) {
            sentences.push(given_up);
        }
    }
    sentences
}

fn said_of(target: &PasswordChangeTarget) -> Option<Said> {
    match target.state {
        TargetState::Confirmed if !target.reason.is_empty() => None,
        TargetState::Proved | TargetState::Confirmed => Some(Said::Works),
        TargetState::Waiting | TargetState::Checking | TargetState::Writing | TargetState::Written => {
            Some(Said::UnderWay)
        }
        TargetState::Retrying if target.maybe_written => Some(Said::EitherWorks),
        TargetState::Retrying => Some(Said::OldStays),
        TargetState::Refused | TargetState::Failed | TargetState::Superseded | TargetState::NotAttempted => None,
    }
}

fn sentence(said: Said, names: &[&str], until: &str) -> Option<String> {
    let one = names.len() == 1;
    let names = listed(names)?;
    Some(match said {
        Said::Works => format!("{names} {} the new password now.", if one { "uses" } else { "use" }),
        Said::UnderWay => format!("{names} {} being changed.", if one { "is" } else { "are" }),
        Said::OldStays => {
            let (verb, subject) = if one { ("uses", "it is") } else { ("use", "they are") };
            format!("{names} still {verb} the old password; {subject} tried again until {until}.")
        }
        Said::EitherWorks => {
            let (verb, subject) = if one { ("uses", "it is") } else { ("use", "they are") };
            format!("{names} {verb} the old or the new password; {subject} tried again until {until}.")
        }
    })
}

/// Each source once, in order.
fn names<'a>(targets: impl Iterator<Item = &'a PasswordChangeTarget>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for target in targets {
        if !names.contains(&target.source_name.as_str()) {
            names.push(target.source_name.as_str());
        }
    }
    names
}

fn listed(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [only] => Some((*only).to_owned()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use passwright_domain::ids::SourceId;

    use super::*;

    fn target(name: &str, state: TargetState, maybe_written: bool) -> PasswordChangeTarget {
        PasswordChangeTarget {
            source_id: SourceId::from_random([1; 16]),
            source_name: name.into(),
            account_id: "abby".into(),
            account_name: "Abby".into(),
            state,
            reason: "because".into(),
            attempts: 1,
            maybe_written,
            next_attempt_at: None,
            ended_at: None,
        }
    }

    /// Name of the source, state, whether it may be written.
    type Row = (&'static str, TargetState, bool);

    #[test]
    fn sentences() {
        use TargetState::{Confirmed, Failed, NotAttempted, Proved, Refused, Retrying, Superseded, Waiting, Writing};
        let of = |targets: &[Row]| {
            let targets: Vec<_> = targets.iter().map(|&(name, state, maybe)| target(name, state, maybe)).collect();
            summary(&targets, Timestamp(1_700_000_000_000_001))
        };
        let cases: [(&[Row], &[&str]); 5] = [
            (&[("AD", Waiting, false)], &["AD is being changed."]),
            (
                &[("AD", Proved, false), ("CRM", Confirmed, false), ("SAP", Proved, false), ("AD", Proved, false)],
                &[
                    "AD and SAP use the new password now.",
                    "CRM took the new password, but a sign-in could not show it: because.",
                ],
            ),
            (
                &[("AD", Proved, false), ("CRM", Writing, false), ("SAP", Retrying, false), ("X", Retrying, false)],
                &[
                    "AD uses the new password now.",
                    "CRM is being changed.",
                    "SAP and X still use the old password; they are tried again until 2023-11-15T22:13:21Z.",
                ],
            ),
            (
                &[("AD", Refused, false), ("CRM", NotAttempted, false), ("SAP", Failed, false)],
                &[
                    "AD keeps the old password: because.",
                    "CRM keeps the old password: because.",
                    "SAP is not known to have the new password: because.",
                ],
            ),
            (
                &[("AD", Superseded, false), ("CRM", Retrying, true)],
                &[
                    "CRM uses the old or the new password; it is tried again until 2023-11-15T22:13:21Z.",
                    "AD is left to a newer password change.",
                ],
            ),
        ];
        for (targets, wanted) in cases {
            assert_eq!(of(targets), wanted);
        }
    }
}
