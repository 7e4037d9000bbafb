//! What handlers are given: the caller, the JSON body, the id in the path, the query, the request's name.

mod accounts_form;
mod body;
mod caller;
mod idempotency_key;
mod path_id;
mod query;

pub(crate) use accounts_form::accounts_form;
pub(crate) use body::{JsonArrayBody, JsonBody, JsonPatchBody, UploadedFile, media_type, patch_steps, read};
pub(crate) use caller::{Authenticated, bearer};
pub(crate) use idempotency_key::IdempotencyKey;
pub(crate) use path_id::{PathId, PathIds};
pub(crate) use query::Query;
