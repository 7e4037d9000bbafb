//! What the sign-in service knows of a user: `/auth-users/{id}`.

use serde::{Deserialize, Serialize};

/// A user with its levels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthUser {
    /// The organisation.
    pub tenant: String,
    /// The identity's id.
    pub id: String,
    /// Its login name.
    pub uid: String,
    /// The identity's employee number, where it has one.
    pub identification_number: Option<String>,
    /// Its mail address.
    pub email: Option<String>,
    /// Its private telephone number.
    pub phone: Option<String>,
    /// Its telephone number at work.
    pub work_phone: Option<String>,
    /// Its private mail address.
    pub personal_email: Option<String>,
    /// Its given name.
    pub firstname: Option<String>,
    /// Its family name.
    pub lastname: Option<String>,
    /// Its name.
    pub display_name: String,
    /// Its login name.
    pub alias: String,
    /// When its own sign-in password was changed last; RFC 3339.
    pub last_password_change_date: Option<String>,
    /// When an administrator unlocked it last. Passwright's locks end by themselves: always absent.
    pub last_unlock_timestamp: Option<String>,
    /// Its levels: `ORG_ADMIN`, `HELPDESK`, `SOURCE_ADMIN`, `SOURCE_SUBADMIN`, `ROLE_SUBADMIN`.
    pub capabilities: Option<Vec<String>>,
}
