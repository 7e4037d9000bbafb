//! The change queue. The target row is the job and the account row is its lane: a worker claims lanes, never targets.

pub mod accept;
pub mod accept_own;
pub mod activities;
pub mod begin;
pub mod cancel;
pub mod claim;
pub mod finish;
pub mod hold;
pub mod overview;
pub mod read;
pub mod renew;
pub mod retry;
pub mod show;

pub use accept::{AcceptChange, Accepted};
pub use accept_own::AcceptOwnChanges;
pub use begin::{BeginWrite, Begun};
pub use cancel::CancelChange;
pub use claim::{ClaimLanes, VoidLeases};
pub use finish::{FailChange, FinishTarget, ReleaseLane, Resolution, Seen};
pub use hold::{AdvanceMark, Advanced, CancelHeld, ReleaseHeld, held_changes};
pub use read::{ChangeStatus, TargetStatus, due_sources, lookup_change, open_epochs, targets_of};
pub use renew::RenewLane;
pub use retry::RetryChange;
pub use show::{StoredChange, StoredTarget, list_of_identity, lookup_with_targets, wrote_within};
