use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::administration::RulesOfSources;
use passwright_app::{CollectionRequest, Error, PasswordPolicy};

use super::super::answer::page;
use super::super::language::Language;
use super::super::look::Look;
use super::super::visit::Visit;
use super::super::words;
use super::back::{back, done};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "admin_policies.html")]
struct PoliciesTemplate<'a> {
    look: Look,
    title: &'a str,
    done: Option<&'a str>,
    policies: Vec<PasswordPolicy>,
    /// Id and name of each password group.
    groups: Vec<(String, String)>,
    sets: Vec<Set>,
}

/// The rules of a group or a source in words.
struct Set {
    name: String,
    about: String,
    policies: Vec<(String, String)>,
    rules: Vec<String>,
    conflicts: Vec<String>,
    opaque: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin_policy.html")]
struct PolicyTemplate<'a> {
    look: Look,
    title: &'a str,
    id: &'a str,
    numbers: Vec<Number>,
    switches: Vec<Switch>,
    fault: Option<String>,
    /// Where the policy is in force.
    sets: Vec<Set>,
}

/// A number of the form.
struct Number {
    name: &'static str,
    label: &'static str,
    value: String,
}

/// A rule that is on or off.
struct Switch {
    name: &'static str,
    label: &'static str,
    on: bool,
}

type NumberOf = (&'static str, &'static str, fn(&mut PasswordPolicy) -> &mut i64);
type SwitchOf = (&'static str, &'static str, fn(&mut PasswordPolicy) -> &mut bool);

/// An empty field stands for a rule that is off: 0, or −1 where 0 has a meaning of its own.
const NUMBERS: [NumberOf; 10] = [
    ("minLength", "admin.policy.min_length", |p| &mut p.min_length),
    ("maxLength", "admin.policy.max_length", |p| &mut p.max_length),
    ("minAlpha", "admin.policy.min_alpha", |p| &mut p.min_alpha),
    ("minNumeric", "admin.policy.min_numeric", |p| &mut p.min_numeric),
    ("minUpper", "admin.policy.min_upper", |p| &mut p.min_upper),
    ("minLower", "admin.policy.min_lower", |p| &mut p.min_lower),
    ("minSpecial", "admin.policy.min_special", |p| &mut p.min_special),
    ("minCharacterTypes", "admin.policy.min_types", |p| &mut p.min_character_types),
    ("maxRepeatedChars", "admin.policy.max_repeated", |p| &mut p.max_repeated_chars),
    ("passwordExpiration", "admin.policy.expiration", |p| &mut p.password_expiration),
];

const SWITCHES: [SwitchOf; 9] = [
    ("enablePasswdExpiration", "admin.policy.expires", |p| &mut p.enable_passwd_expiration),
    ("useDictionary", "admin.policy.dictionary", |p| &mut p.use_dictionary),
    ("validateAgainstAccountId", "admin.policy.account_id", |p| &mut p.validate_against_account_id),
    ("validateAgainstAccountName", "admin.policy.account_name", |p| &mut p.validate_against_account_name),
    ("useAccountAttributes", "admin.policy.account_attributes", |p| &mut p.use_account_attributes),
    ("useIdentityAttributes", "admin.policy.identity_attributes", |p| &mut p.use_identity_attributes),
    ("requireStrongAuthn", "admin.policy.strong", |p| &mut p.require_strong_authn),
    ("requireStrongAuthOffNetwork", "admin.policy.strong_off_network", |p| &mut p.require_strong_auth_off_network),
    ("requireStrongAuthUntrustedGeographies", "admin.policy.strong_untrusted", |p| {
        &mut p.require_strong_auth_untrusted_geographies
    }),
];

pub(crate) async fn list_policies(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let policies = state.service().list_password_policies(&caller, &CollectionRequest::default()).await?.items;
    let groups = state.service().list_password_groups(&caller, &CollectionRequest::default()).await?.items;
    let groups = groups.into_iter().map(|stored| (stored.group.id.to_string(), stored.group.name)).collect();
    let sets = state.service().list_rules(&caller).await?;
    let look = Look::administration(&state, &visit, "policies");
    let sets = sets.iter().map(|set| set_of(visit.language, set)).collect();
    let (title, done) = (look.t("admin.policies"), done(&visit, &look));
    Ok(page(StatusCode::OK, &PoliciesTemplate { look, title, done, policies, groups, sets }, None))
}

fn set_of(language: &Language, set: &RulesOfSources) -> Set {
    let about = match (set.is_group, set.sources.as_slice()) {
        (true, sources) => language.with("admin.policies.group", &[("names", &language.listed(sources))]),
        (false, _) => language.text("admin.policies.alone").to_owned(),
    };
    Set {
        name: set.name.clone(),
        about,
        policies: set.policies.clone(),
        rules: set.rules.iter().map(|rule| words::rule(language, *rule)).collect(),
        conflicts: set.conflicts.clone(),
        opaque: set.opaque.clone(),
    }
}

pub(crate) async fn get_policy(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let policy = state.service().get_password_policy(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    show(&state, &visit, StatusCode::OK, &id, policy, None).await
}

pub(crate) async fn post_policy(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let (service, caller) = (state.service(), visit.signed_in()?.caller(&visit.trace));
    let mut policy = service.get_password_policy(&caller, &id).await?;
    let mut unread = None;
    for (name, label, field) in NUMBERS {
        let text = visit.form.text(name).trim();
        let off = if matches!(name, "minCharacterTypes" | "maxRepeatedChars") { -1 } else { 0 };
        match if text.is_empty() { Ok(off) } else { text.parse() } {
            Ok(number) => *field(&mut policy) = number,
            Err(_) => {
                unread = Some(visit.language.with("admin.policy.no_number", &[("field", visit.language.text(label))]));
            }
        }
    }
    for (name, _, field) in SWITCHES {
        *field(&mut policy) = visit.form.text(name) == "yes";
    }
    let fault = match unread {
        Some(fault) => fault,
        None => match service.set_password_policy(&caller, &id, policy.clone()).await {
            Ok(_) => return Ok(back(&visit, "/admin/policies", "saved")),
            Err(Error::BadRequest { message, .. }) => message,
            Err(error) => return Err(error.into()),
        },
    };
    show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, &id, policy, Some(fault)).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    id: &str,
    mut policy: PasswordPolicy,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let sets = state.service().list_rules(&caller).await?;
    let in_force = |set: &&RulesOfSources| set.policies.iter().any(|(of, _)| of == id);
    let look = Look::administration(state, visit, "policies");
    let title = policy.name.clone();
    let numbers = NUMBERS.map(|(name, key, field)| {
        let number = *field(&mut policy);
        let is_off = number < 0 || (number == 0 && name != "maxRepeatedChars");
        let typed = visit.form.has(name).then(|| visit.form.text(name).to_owned());
        let value = typed.unwrap_or_else(|| if is_off { String::new() } else { number.to_string() });
        Number { name, label: visit.language.text(key), value }
    });
    let switches =
        SWITCHES.map(|(name, key, field)| Switch { name, label: visit.language.text(key), on: *field(&mut policy) });
    let template = PolicyTemplate {
        look,
        title: &title,
        id,
        numbers: numbers.into(),
        switches: switches.into(),
        fault,
        sets: sets.iter().filter(in_force).map(|set| set_of(visit.language, set)).collect(),
    };
    Ok(page(status, &template, None))
}
