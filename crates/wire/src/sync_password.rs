//! A password that was changed at a system itself and is to be brought to the others: `POST /sync-password`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::password_change::PasswordChangeRequest;

/// What a password interceptor sends. The account it names has the new password already. The fields that speak of the
/// interceptor are read as text and otherwise not looked at.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncPasswordRequest {
    /// The identity whose password was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// As in [`PasswordChangeRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_password: Option<String>,
    /// As in [`PasswordChangeRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_id: Option<String>,
    /// Native identity of the account that was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The source that was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// The interceptor's own id of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// How often the interceptor sent it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_count: Option<String>,
    /// Where the interceptor runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// When the interceptor sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_sync_time: Option<String>,
    /// Kind of the interceptor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pwi_type: Option<String>,
    /// Version of the interceptor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pwi_version: Option<String>,
    /// When the password was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_change_time: Option<String>,
}

impl From<PasswordChangeRequest> for SyncPasswordRequest {
    fn from(change: PasswordChangeRequest) -> Self {
        Self {
            identity_id: change.identity_id,
            encrypted_password: change.encrypted_password,
            public_key_id: change.public_key_id,
            account_id: change.account_id,
            source_id: change.source_id,
            ..Self::default()
        }
    }
}

impl fmt::Debug for SyncPasswordRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncPasswordRequest")
            .field("identity_id", &self.identity_id)
            .field("public_key_id", &self.public_key_id)
            .field("account_id", &self.account_id)
            .field("source_id", &self.source_id)
            .field("uuid", &self.uuid)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::from_json;

    #[test]
    fn the_interceptor_fields_are_text() {
        let full =
            br#"{"identityId":"1","encryptedPassword":"c2VjcmV0","publicKeyId":"K","accountId":"CN=A","sourceId":"2",
            "uuid":"u","retryCount":"0","host":"h","passwordSyncTime":"t","pwiType":"AD","pwiVersion":"1",
            "passwordChangeTime":"t"}"#;
        let request: SyncPasswordRequest = from_json(full).unwrap();
        assert_eq!((request.retry_count.as_deref(), request.pwi_type.as_deref()), (Some("0"), Some("AD")));
        assert!(!format!("{request:?}").contains("c2VjcmV0"));
        for field in [
            "uuid",
            "retryCount",
            "host",
            "passwordSyncTime",
            "pwiType",
            "pwiVersion",
            "passwordChangeTime",
            "sourceId",
        ] {
            let wrong = format!(r#"{{"{field}":0}}"#);
            let fault = from_json::<SyncPasswordRequest>(wrong.as_bytes()).unwrap_err();
            assert_eq!(fault.field(), Some(field), "{fault}");
        }
        let change = PasswordChangeRequest { account_id: Some("CN=A".into()), ..PasswordChangeRequest::default() };
        assert_eq!(serde_json::to_string(&SyncPasswordRequest::from(change)).unwrap(), r#"{"accountId":"CN=A"}"#);
    }
}
