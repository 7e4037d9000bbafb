//! Sources.

use passwright_wire::JsonPatchOperation;
use passwright_wire::source::{Source, StatusResponse};
use reqwest::Method;

use super::ListQuery;
use crate::client::Client;
use crate::error::ClientError;

const SOURCES: &str = "sources";

impl Client {
    /// Lists the sources.
    ///
    /// # Errors
    /// See [`ClientError`]; a filter that is not offered is a 400.
    pub async fn list_sources(&self, query: &ListQuery) -> Result<Vec<Source>, ClientError> {
        self.listed("list_sources", self.resource(SOURCES, None, "")?, query.parameters()).await
    }

    /// Makes a source.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_source(&self, request: &Source) -> Result<Source, ClientError> {
        self.sent("create_source", Method::POST, self.resource(SOURCES, None, "")?, request).await
    }

    /// Gets a source.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_source(&self, id: &str) -> Result<Source, ClientError> {
        self.got("get_source", self.resource(SOURCES, Some(id), "")?).await
    }

    /// Changes fields of a source.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown, 400 for steps that do not apply.
    pub async fn patch_source(&self, id: &str, steps: &[JsonPatchOperation]) -> Result<Source, ClientError> {
        self.sent("patch_source", Method::PATCH, self.resource(SOURCES, Some(id), "")?, &steps).await
    }

    /// Deletes a source that nothing uses.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn delete_source(&self, id: &str) -> Result<(), ClientError> {
        self.removed(self.resource(SOURCES, Some(id), "")?).await
    }

    /// Connects to a source and signs in there as its service account; changes nothing.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `v3`. A source that does not answer is an answer, not an error.
    pub async fn check_source(&self, id: &str) -> Result<StatusResponse, ClientError> {
        const OPERATION: &str = "check_source";
        self.wants(OPERATION, self.family.has_source_checks())?;
        let path = self.resource(SOURCES, Some(id), "/connector/check-connection")?;
        self.sent(OPERATION, Method::POST, path, &serde_json::json!({})).await
    }
}
