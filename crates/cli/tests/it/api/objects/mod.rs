//! What administrators keep: policies, groups, dictionary, settings.

mod audit;
mod custom_instructions;
mod load_accounts;
mod password_dictionary;
mod password_groups;
mod password_org_config;
mod password_policies;
mod policy_holders;
mod source_schemas;
mod sources;

use passwright_client::PathFamily;
use passwright_testkit::{Login, TestServer};
use serde_json::Value;

use crate::support::{Answer, Caller};

/// An administrator's requests with JSON bodies.
struct Admin(Caller);

impl Admin {
    async fn of(server: &TestServer) -> Self {
        Self(Caller::of(server, Login::Admin).await)
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let request = self.0.request(method, path).header("content-type", "application/json");
        self.0.send(request.body(body.to_string())).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.0.get(path).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.0.send(self.0.request("DELETE", path)).await
    }
}

/// The path of a resource in the family most tests use.
fn path(resource: &str, rest: &str) -> String {
    PathFamily::V2025.path(resource, rest)
}

/// Status and code of a refusal.
#[track_caller]
fn refused(answer: &Answer, code: &str, cause: &str) {
    answer.check_error_form();
    assert!(answer.json()["detailCode"].as_str().unwrap().starts_with(code), "{code}: {answer:?}");
    assert!(answer.cause().contains(cause), "{cause}: {answer:?}");
}
