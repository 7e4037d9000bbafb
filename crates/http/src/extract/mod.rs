//! What handlers are given: the caller, the JSON body, the id in the path.

mod body;
mod caller;
mod path_id;

pub(crate) use body::{JsonBody, media_type, read};
pub(crate) use caller::{Authenticated, bearer};
pub(crate) use path_id::PathId;
