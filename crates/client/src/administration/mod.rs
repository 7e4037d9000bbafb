//! What administrators do: policies, password groups, sources, accounts, identities, settings, API clients and tokens. Each
//! resource has the same few methods: `list_…` takes a [`ListQuery`], `patch_…` the steps of a JSON Patch.

mod accounts;
mod identities;
mod oauth_clients;
mod password_groups;
mod password_policies;
mod personal_access_tokens;
mod settings;
mod sources;

use passwright_wire::{InvalidBody, JsonPatchOperation, PatchOp, from_json_array};
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::client::{Client, body, check_id};
use crate::error::ClientError;
use crate::transport::Call;

/// Which part of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// At most so many, 0 to 250; `None`: 250.
    pub limit: Option<u32>,
    /// Leave so many out in front; `None`: 0.
    pub offset: Option<u64>,
    /// Which rows, as in `name sw "a"`.
    pub filters: Option<String>,
    /// Fields to sort by, separated by commas; `-` in front means descending.
    pub sorters: Option<String>,
}

impl ListQuery {
    /// The rows that a filter lets through.
    #[must_use]
    pub fn filtered(filters: impl Into<String>) -> Self {
        Self { filters: Some(filters.into()), ..Self::default() }
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let parameters = [
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("offset", self.offset.map(|offset| offset.to_string())),
            ("filters", self.filters.clone()),
            ("sorters", self.sorters.clone()),
        ];
        parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// A step of a JSON Patch that puts a value in the place of another.
///
/// # Errors
/// [`ClientError::Request`] for a value without a JSON form.
pub fn replace(path: impl Into<String>, value: impl Serialize) -> Result<JsonPatchOperation, ClientError> {
    let value = serde_json::to_value(value).map_err(|_| ClientError::Request { operation: "replace" })?;
    Ok(JsonPatchOperation { op: PatchOp::Replace, path: path.into(), from: None, value: Some(value) })
}

impl Client {
    /// The path of a resource, or of one of it.
    fn resource(&self, resource: &str, id: Option<&str>, rest: &str) -> Result<String, ClientError> {
        Ok(match id {
            None => self.family.path(resource, rest),
            Some(id) => self.family.path(resource, &format!("/{}{rest}", check_id(id)?)),
        })
    }

    async fn got<T: DeserializeOwned>(&self, operation: &'static str, path: String) -> Result<T, ClientError> {
        let call = Call { path, repeatable: true, experimental: self.family.marks_experimental(), ..Call::default() };
        self.ask(operation, &call).await
    }

    async fn listed<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: String,
        query: Vec<(&'static str, String)>,
    ) -> Result<Vec<T>, ClientError> {
        let experimental = self.family.marks_experimental();
        let answer =
            self.transport.send(&Call { path, query, repeatable: true, experimental, ..Call::default() }).await?;
        from_json_array(&answer).map_err(|fault: InvalidBody| ClientError::Answer { operation, fault })
    }

    /// Sends a body. Only a `PUT` is sent again when the server asks to wait: it makes nothing twice.
    async fn sent<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        method: Method,
        path: String,
        request: &impl Serialize,
    ) -> Result<T, ClientError> {
        let call = Call {
            repeatable: method == Method::PUT,
            content_type: (method == Method::PATCH).then(|| "application/json-patch+json".to_owned()),
            experimental: self.family.marks_experimental(),
            body: Some(body(operation, request)?),
            method,
            path,
            ..Call::default()
        };
        self.ask(operation, &call).await
    }

    async fn removed(&self, path: String) -> Result<(), ClientError> {
        let experimental = self.family.marks_experimental();
        let call = Call { method: Method::DELETE, path, experimental, ..Call::default() };
        self.transport.send(&call).await.map(|_| ())
    }

    /// # Errors
    /// [`ClientError::NotInFamily`] unless the family has the operation.
    fn wants(&self, operation: &'static str, has: bool) -> Result<(), ClientError> {
        if has { Ok(()) } else { Err(ClientError::NotInFamily { operation, family: self.family }) }
    }
}
