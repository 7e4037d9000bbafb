use passwright_app::aggregations::Aggregation as Shown;
use passwright_app::passwords::rfc3339;
use passwright_wire::native::Aggregation;

pub(super) fn encode(shown: Shown) -> Aggregation {
    Aggregation {
        id: shown.id.into(),
        source_id: shown.source_id.into(),
        source_name: shown.source_name,
        started_by: shown.actor,
        optimized: shown.optimized,
        state: shown.state.as_str().to_owned(),
        reason: Some(shown.reason).filter(|reason| !reason.is_empty()),
        known: shown.known,
        read: shown.counts.read,
        created: shown.counts.created,
        changed: shown.counts.changed,
        removed: shown.counts.removed,
        uncorrelated: shown.counts.uncorrelated,
        identities_created: shown.counts.identities_created,
        identities_changed: shown.counts.identities_changed,
        started_at: rfc3339(shown.started_at),
        ended_at: shown.ended_at.map(rfc3339),
    }
}
