//! What a caller needs before it can set a password: `POST /query-password-info`.

use serde::{Deserialize, Serialize};

use crate::decode::null_as_default;
use crate::password_change::PasswordChangeRequest;

/// Asks for the password information of one user on one source. No field is required by the schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordInfoQueryDto {
    /// Login name of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// Display name of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_name: Option<String>,
}

impl PasswordInfoQueryDto {
    /// A query for this login name on this source.
    #[must_use]
    pub fn new(user_name: impl Into<String>, source_name: impl Into<String>) -> Self {
        Self { user_name: Some(user_name.into()), source_name: Some(source_name.into()) }
    }
}

/// Ids, public key, accounts and password constraints for one user on one source.
/// The schema marks nothing required; Passwright always sends every field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordInfo {
    /// The identity's id, 32 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// The source's id, 32 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Handle of the key, to be sent back in the change request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_id: Option<String>,
    /// RSA public key: base64 of a DER `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7), one line, no PEM armour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The identity's accounts on the source.
    #[serde(default, deserialize_with = "null_as_default")]
    pub accounts: Vec<PasswordInfoAccount>,
    /// Constraints of the policy in force, each `"<key> is <value>"`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub policies: Vec<String>,
}

impl PasswordInfo {
    /// The change request for an account of this answer; `account_id` `None` leaves the choice to the server, which
    /// takes the only account or refuses.
    #[must_use]
    pub fn change_request(&self, account_id: Option<&str>, encrypted_password: String) -> PasswordChangeRequest {
        PasswordChangeRequest {
            identity_id: self.identity_id.clone(),
            encrypted_password: Some(encrypted_password),
            public_key_id: self.public_key_id.clone(),
            account_id: account_id.map(str::to_owned),
            source_id: self.source_id.clone(),
        }
    }
}

/// One account in a [`PasswordInfo`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordInfoAccount {
    /// Native identity of the account, such as a distinguished name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Display name of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_json() {
        let json = r#"{"userName":"Abby.Smith","sourceName":"My-AD"}"#;
        let query = PasswordInfoQueryDto::new("Abby.Smith", "My-AD");
        assert_eq!(serde_json::to_string(&query).unwrap(), json);
        assert_eq!(serde_json::from_str::<PasswordInfoQueryDto>(json).unwrap(), query);
        assert_eq!(serde_json::to_string(&PasswordInfoQueryDto::default()).unwrap(), "{}");
    }

    #[test]
    fn info_json() {
        let json = concat!(
            r#"{"identityId":"2c918085744fec4301746f9a5bce4605","sourceId":"2c918083746f642c01746f990884012a","#,
            r#""publicKeyId":"S2V5","publicKey":"MIIB","accounts":[{"accountId":"CN=Abby,DC=acme","accountName":"Abby"}],"#,
            r#""policies":["passwordMinLength is 8"]}"#
        );
        let info: PasswordInfo = serde_json::from_str(json).unwrap();
        assert_eq!(info.accounts[0].account_id.as_deref(), Some("CN=Abby,DC=acme"));
        assert_eq!(serde_json::to_string(&info).unwrap(), json);

        let change = info.change_request(Some("CN=Abby,DC=acme"), "Y2lwaGVy".into());
        assert_eq!(
            serde_json::to_string(&change).unwrap(),
            concat!(
                r#"{"identityId":"2c918085744fec4301746f9a5bce4605","encryptedPassword":"Y2lwaGVy","publicKeyId":"S2V5","#,
                r#""accountId":"CN=Abby,DC=acme","sourceId":"2c918083746f642c01746f990884012a"}"#
            )
        );
    }

    #[test]
    fn sparse_answers_are_read() {
        let info: PasswordInfo = serde_json::from_str(r#"{"identityId":null,"accounts":null}"#).unwrap();
        assert_eq!(info, PasswordInfo::default());
        assert_eq!(serde_json::to_string(&info).unwrap(), r#"{"accounts":[],"policies":[]}"#);
    }
}
