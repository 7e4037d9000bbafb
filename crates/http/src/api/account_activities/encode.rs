use passwright_app::account_activities::AccountActivity;
use passwright_app::ids::IdentityId;
use passwright_app::passwords::{ChangeState, PasswordChangeTarget, TargetState, rfc3339};
use passwright_wire::account_activity as wire;

pub(super) fn encode(activity: AccountActivity) -> wire::AccountActivity {
    let AccountActivity { change, requester, target } = activity;
    let created = rfc3339(change.accepted_at);
    let confirmed = change.targets.iter().any(|target| target.state.is_confirmed());
    let status = match change.state {
        ChangeState::InProgress => "PENDING",
        ChangeState::Finished => "SUCCESS",
        ChangeState::Failed if confirmed => "INCOMPLETE",
        ChangeState::Failed => "FAILURE",
    };
    let ended = change.has_ended();
    let id = change.id.to_string();
    let items = change.targets.into_iter().enumerate();
    wire::AccountActivity {
        name: "Password change".to_owned(),
        modified: Some(created.clone()),
        completed: change.ended_at.map(rfc3339),
        completion_status: Some(status.to_owned()),
        kind: Some("CloudPasswordRequest".to_owned()),
        requester_identity_summary: requester.map(summary),
        target_identity_summary: Some(summary(target)),
        errors: change.errors,
        warnings: Vec::new(),
        items: items.map(|(at, target)| item(&id, at, target, &created)).collect(),
        execution_status: if ended { "COMPLETED" } else { "EXECUTING" }.to_owned(),
        created,
        id,
    }
}

fn summary((id, name): (IdentityId, String)) -> wire::IdentitySummary {
    wire::IdentitySummary { id: id.to_string(), name, identity_id: id.into(), completed: true }
}

fn item(change: &str, at: usize, target: PasswordChangeTarget, requested: &str) -> wire::AccountActivityItem {
    let status = match target.state {
        TargetState::Waiting | TargetState::Checking | TargetState::Writing | TargetState::Written => "PENDING",
        TargetState::Retrying => "RETRY",
        TargetState::Proved => "FINISHED",
        TargetState::Confirmed => "UNVERIFIABLE",
        TargetState::Refused | TargetState::Failed | TargetState::Superseded | TargetState::NotAttempted => "FAILED",
    };
    wire::AccountActivityItem {
        id: format!("{change}-{at}"),
        name: target.account_name,
        requested: requested.to_owned(),
        provisioning_status: status.to_owned(),
        operation: Some("MODIFY".to_owned()),
        attribute: Some("password".to_owned()),
        value: None,
        native_identity: Some(target.account_id),
        source_id: target.source_id.into(),
    }
}
