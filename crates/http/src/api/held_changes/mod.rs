//! Changes that are held after the database was restored, in the native API.

mod cancel_held_changes;
mod list_held_changes;
mod release_held_changes;

pub(crate) use cancel_held_changes::cancel_held_changes;
pub(crate) use list_held_changes::list_held_changes;
pub(crate) use release_held_changes::release_held_changes;

use passwright_app::held::HeldChanges;
use passwright_wire::native::HeldChangesRequest;

fn decode(body: HeldChangesRequest) -> HeldChanges {
    HeldChanges { change_ids: body.change_ids, all: body.all.unwrap_or(false) }
}
