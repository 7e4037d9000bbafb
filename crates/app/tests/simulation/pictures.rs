//! What two engines answered, as texts that can be compared: without times that differ by a clock.

use passwright_domain::change::{Lane, TargetState};
use passwright_domain::ids::AccountId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::StorageError;
use passwright_storage::changes::Begun;

use crate::differential::{HOUR, now};
use crate::queue::Reply;

pub(crate) fn when(at: Option<Timestamp>) -> &'static str {
    match at {
        None => "never",
        Some(at) if at > now() + HOUR / 2 => "later",
        Some(_) => "now",
    }
}

pub(crate) fn picture(
    account: &AccountId,
    seq: i64,
    state: TargetState,
    reason: &str,
    attempts: i64,
    due: Option<Timestamp>,
    ended: bool,
) -> String {
    format!("{account} #{seq} {state:?} {reason:?} attempts {attempts} due {} ended {ended}", when(due))
}

/// An answer.
pub(crate) fn answer(result: &Result<Reply, StorageError>) -> String {
    match result {
        Ok(Reply::Lanes(lanes)) => {
            let target = |t: &passwright_domain::change::OpenTarget| {
                format!(
                    "{} #{} at {} {:?} attempts {} due {} maybe {} unresolved {} begun {:?} seen {:?} restored {} others {} {:?} unlock {} payload {:?} named {} \
                     sources {:?}",
                    t.change_id,
                    t.seq,
                    t.position,
                    t.state,
                    t.attempts,
                    when(t.due_at),
                    t.maybe_written,
                    when(t.unresolved_until),
                    t.begun_fence,
                    t.seen,
                    t.restored,
                    when(t.others_begun_at),
                    t.others_begun_fence,
                    t.unlock,
                    t.payload,
                    t.named_account_id,
                    t.source_ids
                )
            };
            let lane = |l: &Lane| {
                format!(
                    "{} of {} fence {} {:#?}",
                    l.account_id,
                    l.source_id,
                    l.fence,
                    l.targets.iter().map(target).collect::<Vec<_>>()
                )
            };
            lanes.iter().map(lane).collect::<Vec<_>>().join("\n")
        }
        Ok(Reply::Begun(Begun::Wait { until })) => format!("wait {}", when(*until)),
        // Earlier histories on the same database are due later.
        Ok(Reply::Due(due, _)) => {
            let mut now: Vec<_> =
                due.iter().filter(|(_, at)| when(Some(*at)) == "now").map(|(s, _)| s.clone()).collect();
            now.sort();
            format!("due now: {now:?}")
        }
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("error: {error}"),
    }
}
