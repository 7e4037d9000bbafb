//! `/sources/{sourceId}/schemas`, in every path family.

mod create_source_schema;
mod delete_source_schema;
mod get_source_schema;
mod list_source_schemas;
mod patch_source_schema;
mod put_source_schema;

pub(crate) use create_source_schema::create_source_schema;
pub(crate) use delete_source_schema::delete_source_schema;
pub(crate) use get_source_schema::get_source_schema;
pub(crate) use list_source_schemas::list_source_schemas;
pub(crate) use patch_source_schema::patch_source_schema;
pub(crate) use put_source_schema::put_source_schema;
