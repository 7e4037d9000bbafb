use passwright_app::auth_users::AuthUser as Stored;
use passwright_app::passwords::rfc3339;
use passwright_wire::auth_user::AuthUser;

pub(super) fn encode(user: Stored) -> AuthUser {
    let Stored { tenant, identity, password_changed_at } = user;
    let attribute = |name: &str| identity.attributes.get(name).cloned();
    AuthUser {
        tenant,
        id: identity.id.to_string(),
        uid: identity.alias.clone(),
        identification_number: attribute("employeeNumber"),
        phone: attribute("phone"),
        work_phone: attribute("workPhone"),
        personal_email: attribute("personalEmail"),
        firstname: attribute("firstname"),
        lastname: attribute("lastname"),
        email: identity.email,
        display_name: identity.name,
        alias: identity.alias,
        last_password_change_date: password_changed_at.map(rfc3339),
        last_unlock_timestamp: None,
        capabilities: Some(identity.levels.iter().map(|level| level.as_str().to_owned()).collect()),
    }
}
