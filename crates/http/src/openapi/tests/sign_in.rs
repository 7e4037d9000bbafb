use passwright_wire::auth_org::{
    LockoutConfiguration, NetworkConfiguration, ServiceProviderConfiguration, SessionConfiguration,
};
use passwright_wire::auth_user::AuthUser;
use passwright_wire::mfa::{
    KbaAnswerRequestItem, KbaAnswerResponseItem, KbaQuestion, MfaConfigTestResponse, MfaConfiguration,
};
use serde_json::{Map, Value};

use super::{check, text};

fn x() -> String {
    "x".to_owned()
}

#[test]
fn schemas_of_how_people_sign_in() {
    let lockout = LockoutConfiguration { maximum_attempts: 5, lockout_duration: 15, lockout_window: 5 };
    check("LockoutConfiguration", &lockout);
    let session = SessionConfiguration { max_idle_time: 15, remember_me: false, max_session_time: 45 };
    check("SessionConfiguration", &session);
    let lists = Some(Vec::new());
    let network = NetworkConfiguration { range: lists.clone(), geolocation: lists, whitelisted: Some(false) };
    check("NetworkConfiguration", &network);
    check("ServiceProviderConfiguration", &ServiceProviderConfiguration::default());
    let user = AuthUser {
        tenant: x(),
        id: x(),
        uid: x(),
        identification_number: text(),
        email: text(),
        phone: text(),
        work_phone: text(),
        personal_email: text(),
        firstname: text(),
        lastname: text(),
        display_name: x(),
        alias: x(),
        last_password_change_date: text(),
        last_unlock_timestamp: text(),
        capabilities: Some(Vec::new()),
    };
    check("AuthUser", &user);
}

#[test]
fn schemas_of_further_factors() {
    let okta = MfaConfiguration {
        mfa_method: text(),
        enabled: Some(true),
        host: text(),
        access_key: text(),
        identity_attribute: text(),
        config_properties: None,
    };
    check("MfaOktaConfig", &okta);
    let schemas: Value = serde_json::from_str(super::SCHEMAS).unwrap();
    let duo = MfaConfiguration { config_properties: Some(Map::new()), ..okta };
    let keys: Vec<_> = serde_json::to_value(duo).unwrap().as_object().unwrap().keys().cloned().collect();
    let declared: Vec<_> = schemas["MfaDuoConfig"]["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, declared);
    check("MfaConfigTestResponse", &MfaConfigTestResponse { state: x(), error: text() });
    check("KbaQuestion", &KbaQuestion { id: x(), text: x(), has_answer: true, num_answers: 1 });
    check("KbaAnswerRequestItem", &KbaAnswerRequestItem { id: x(), answer: x() });
    check("KbaAnswerResponseItem", &KbaAnswerResponseItem { id: x(), question: x(), has_answer: true });
}
