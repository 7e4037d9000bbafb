//! How people sign in, and their levels, as administrators set them.

mod auth_org;
mod auth_users;

use passwright_client::PathFamily;
use serde_json::Value;

use crate::support::{Answer, Caller};

/// The families that have it: all but beta.
fn families() -> impl Iterator<Item = PathFamily> {
    PathFamily::ALL.into_iter().filter(|family| *family != PathFamily::Beta)
}

/// A JSON Patch, sent as one.
async fn patch(caller: &Caller, path: &str, steps: &Value) -> Answer {
    let request = caller.request("PATCH", path).header("content-type", "application/json-patch+json");
    caller.send(request.body(steps.to_string())).await
}
