//! Reading the accounts of a source: `load-accounts`, and how far it is (`/api/v1/aggregations`, Passwright's own).

use std::fmt;

use passwright_wire::InvalidBody;
use passwright_wire::native::Aggregation;
use passwright_wire::source::LoadAccountsTask;
use reqwest::Method;
use serde::Deserialize;

use crate::client::{Client, check_id};
use crate::error::ClientError;
use crate::transport::Call;

/// A source by its id and name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SourceName {
    pub id: String,
    pub name: String,
}

/// How the accounts of a source are to be read.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LoadAccountsRequest {
    /// A CSV file with the accounts, instead of what the source gives.
    pub file: Option<Vec<u8>>,
    /// Consider every account anew, changed or not.
    pub disable_optimization: bool,
    /// Remove what is gone, however much it is. Passwright alone knows this field.
    pub confirm_removals: bool,
}

/// The file is personal data.
impl fmt::Debug for LoadAccountsRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadAccountsRequest")
            .field("file_bytes", &self.file.as_ref().map(Vec::len))
            .field("disable_optimization", &self.disable_optimization)
            .field("confirm_removals", &self.confirm_removals)
            .finish()
    }
}

impl Client {
    /// Looks a source up by its name; case does not count.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 403 for those who may not see sources.
    pub async fn find_source(&self, name: &str) -> Result<Option<SourceName>, ClientError> {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        let call = Call {
            path: self.family.path("sources", ""),
            query: vec![("filters", format!("name eq \"{quoted}\"")), ("includeIDNSource", "true".to_owned())],
            repeatable: true,
            ..Call::default()
        };
        let answer = self.transport.send(&call).await?;
        let found: Vec<SourceName> = serde_json::from_slice(&answer).map_err(|e| {
            let fault = InvalidBody::Syntax { line: e.line(), column: e.column() };
            ClientError::Answer { operation: "list_sources", fault }
        })?;
        Ok(found.into_iter().next())
    }

    /// Starts reading all accounts of a source. The answer says only that it has begun; see
    /// [`get_aggregation`](Self::get_aggregation).
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `v3`, which has no such operation; [`ClientError::Api`] with status 400 while the
    /// accounts of the source are being read already.
    pub async fn load_accounts(
        &self,
        source_id: &str,
        request: &LoadAccountsRequest,
    ) -> Result<LoadAccountsTask, ClientError> {
        const OPERATION: &str = "load_accounts";
        if !self.family.has_load_accounts() {
            return Err(ClientError::NotInFamily { operation: OPERATION, family: self.family });
        }
        let (content_type, body) = form(request);
        let call = Call {
            method: Method::POST,
            path: self.family.path("sources", &format!("/{}/load-accounts", check_id(source_id)?)),
            body: Some(body),
            content_type: Some(content_type),
            ..Call::default()
        };
        self.ask(OPERATION, &call).await
    }

    /// Asks how far a reading of accounts is; Passwright's own.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_aggregation(&self, id: &str) -> Result<Aggregation, ClientError> {
        let path = format!("/api/v1/aggregations/{}", check_id(id)?);
        self.ask("get_aggregation", &Call { path, repeatable: true, ..Call::default() }).await
    }
}

/// `multipart/form-data` (RFC 7578): its content type and the body.
fn form(request: &LoadAccountsRequest) -> (String, Vec<u8>) {
    let file = request.file.as_deref().unwrap_or_default();
    let boundary = boundary(file);
    let mut body = Vec::with_capacity(file.len() + 600);
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part("name=\"disableOptimization\"", request.disable_optimization.to_string().as_bytes());
    if request.confirm_removals {
        part("name=\"confirmRemovals\"", b"true");
    }
    if request.file.is_some() {
        part("name=\"file\"; filename=\"accounts.csv\"", file);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// A line that the file does not hold.
fn boundary(file: &[u8]) -> String {
    let mut number = 0_u32;
    loop {
        let candidate = format!("passwright-form-{number}");
        if !file.windows(candidate.len()).any(|part| part == candidate.as_bytes()) {
            return candidate;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_holds_what_was_asked() {
        let (kind, body) = form(&LoadAccountsRequest::default());
        assert_eq!(kind, "multipart/form-data; boundary=passwright-form-0");
        let expected = "--passwright-form-0\r\nContent-Disposition: form-data; name=\"disableOptimization\"\r\n\r\n\
                        false\r\n--passwright-form-0--\r\n";
        assert_eq!(String::from_utf8(body).unwrap(), expected);
        let file = b"id\n--passwright-form-0\n".to_vec();
        let request = LoadAccountsRequest { file: Some(file), confirm_removals: true, ..Default::default() };
        let (kind, body) = form(&request);
        assert!(kind.ends_with("passwright-form-1"));
        let body = String::from_utf8(body).unwrap();
        assert!(body.contains("filename=\"accounts.csv\"\r\n\r\nid\n--passwright-form-0\n\r\n--passwright-form-1--"));
        assert!(format!("{request:?}").contains("Some(23)"), "{request:?}");
    }
}
