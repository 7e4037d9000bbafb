//! Operations on webhooks, in Passwright's own API.

use passwright_wire::InvalidBody;
use passwright_wire::native::{CreatedWebhook, Webhook, WebhookDelivery, WebhookRequest, WebhookTest};
use reqwest::Method;
use serde::de::DeserializeOwned;

use crate::client::{Client, body, check_id};
use crate::error::ClientError;
use crate::transport::Call;

const WEBHOOKS: &str = "/api/v1/webhooks";

impl Client {
    /// Adds a webhook; the answer alone holds its secret.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 409 when the name is taken or there are too many.
    pub async fn create_webhook(&self, request: &WebhookRequest) -> Result<CreatedWebhook, ClientError> {
        const OPERATION: &str = "create_webhook";
        let body = Some(body(OPERATION, request)?);
        self.ask(OPERATION, &Call { method: Method::POST, path: WEBHOOKS.to_owned(), body, ..Call::default() }).await
    }

    /// Lists the webhooks by name.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn list_webhooks(&self) -> Result<Vec<Webhook>, ClientError> {
        self.list("list_webhooks", WEBHOOKS.to_owned()).await
    }

    /// Gets a webhook.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_webhook(&self, id: &str) -> Result<Webhook, ClientError> {
        self.ask("get_webhook", &Call { path: one(id)?, repeatable: true, ..Call::default() }).await
    }

    /// Replaces what a webhook is; its secret stays.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown, 409 for a taken name.
    pub async fn update_webhook(&self, id: &str, request: &WebhookRequest) -> Result<Webhook, ClientError> {
        const OPERATION: &str = "update_webhook";
        let body = Some(body(OPERATION, request)?);
        let call = Call { method: Method::PUT, path: one(id)?, body, repeatable: true, ..Call::default() };
        self.ask(OPERATION, &call).await
    }

    /// Deletes a webhook with what was still to be sent to it.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn delete_webhook(&self, id: &str) -> Result<(), ClientError> {
        let call = Call { method: Method::DELETE, path: one(id)?, ..Call::default() };
        self.transport.send(&call).await.map(|_| ())
    }

    /// Sends a message that says nothing; [`list_webhook_deliveries`](Self::list_webhook_deliveries) tells what came of it.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 409 when the webhook is switched off.
    pub async fn test_webhook(&self, id: &str) -> Result<WebhookTest, ClientError> {
        let path = format!("{}/test", one(id)?);
        self.ask("test_webhook", &Call { method: Method::POST, path, ..Call::default() }).await
    }

    /// Lists the messages to a webhook with their attempts, newest first, 250 at most.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn list_webhook_deliveries(&self, id: &str) -> Result<Vec<WebhookDelivery>, ClientError> {
        self.list("list_webhook_deliveries", format!("{}/deliveries", one(id)?)).await
    }

    async fn list<T: DeserializeOwned>(&self, operation: &'static str, path: String) -> Result<Vec<T>, ClientError> {
        let answer = self.transport.send(&Call { path, repeatable: true, ..Call::default() }).await?;
        serde_json::from_slice(&answer).map_err(|e| {
            let fault = InvalidBody::Syntax { line: e.line(), column: e.column() };
            ClientError::Answer { operation, fault }
        })
    }
}

fn one(id: &str) -> Result<String, ClientError> {
    Ok(format!("{WEBHOOKS}/{}", check_id(id)?))
}
