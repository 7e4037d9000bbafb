//! Settings of the installation that hold at once: help-desk tokens, proofs for those who cannot sign in, lock-outs, sessions,
//! networks. Each section is a form of its own.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::branding::{Branding, LogoChange};
use passwright_app::help_desk::HelpDeskConfig;
use passwright_app::recovery::{Method, RecoverySettings};
use passwright_app::{Caller, Error, LockoutConfig, NetworkConfig, OrgConfig, OrgConfigRequest, SessionConfig};

use super::super::answer::{page, redirect_to};
use super::super::form::Form;
use super::super::look::Look;
use super::super::visit::Visit;
use super::back::done;
use super::questions::{QuestionLine, line};
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "admin_settings.html")]
struct SettingsTemplate<'a> {
    look: Look,
    title: &'a str,
    done: Option<&'a str>,
    branding: Branding,
    help_desk: HelpDeskConfig,
    passwords: OrgConfig,
    lockout: LockoutConfig,
    sessions: SessionConfig,
    networks: String,
    methods: Vec<MethodLine>,
    questions: Vec<QuestionLine>,
    accepts_mail_risk: bool,
    revoke_tokens: bool,
    /// The section whose form was refused, and why.
    fault: Option<(&'static str, String)>,
}

impl SettingsTemplate<'_> {
    fn fault_of(&self, section: &str) -> Option<&str> {
        self.fault.as_ref().filter(|(of, _)| *of == section).map(|(_, why)| why.as_str())
    }
}

/// A proof, and how much it counts.
struct MethodLine {
    name: &'static str,
    label: &'static str,
    /// `none`, `half` or `whole`.
    weight: &'static str,
    /// It can be enough alone, at least where an administrator acknowledges the risk.
    may_be_whole: bool,
}

fn key(method: Method) -> &'static str {
    match method {
        Method::Totp => "admin.method.totp",
        Method::Passkey => "admin.method.passkey",
        Method::RecoveryCode => "admin.method.recovery_code",
        Method::DigitToken => "admin.method.digit_token",
        Method::MailedCode => "admin.method.mailed_code",
        Method::MailedLink => "admin.method.mailed_link",
        Method::ThirdParty => "admin.method.third_party",
        Method::SecurityQuestions => "admin.method.questions",
    }
}

pub(crate) async fn get_settings(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    show(&state, &visit, StatusCode::OK, None).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    fault: Option<(&'static str, String)>,
) -> Result<Response, Failure> {
    let (service, caller) = (state.service(), visit.signed_in()?.caller(&visit.trace));
    // The first of them is for administrators alone; the help desk may read others.
    let passwords = service.get_password_org_config(&caller).await?;
    let recovery = service.get_recovery_settings(&caller).await?;
    let questions = service.list_security_questions(&caller).await?;
    let networks = service.get_network_config(&caller).await?.range.unwrap_or_default();
    let look = Look::administration(state, visit, "settings");
    let weight = |method: &Method| match (recovery.whole.contains(method), recovery.half.contains(method)) {
        (true, _) => "whole",
        (_, true) => "half",
        _ => "none",
    };
    let methods = Method::ALL.iter().map(|method| MethodLine {
        name: method.as_str(),
        label: look.language().text(key(*method)),
        weight: weight(method),
        may_be_whole: RecoverySettings::may_be_whole(*method),
    });
    let template = SettingsTemplate {
        title: look.t("admin.settings"),
        done: done(visit, &look),
        methods: methods.collect(),
        questions: questions.iter().map(|shown| line(look.language(), shown)).collect(),
        branding: service.get_branding(&caller).await?,
        help_desk: service.get_help_desk_config(&caller).await?,
        passwords,
        lockout: service.get_lockout_config(&caller).await?,
        sessions: service.get_session_limits(&caller).await?,
        networks: networks.join("\n"),
        accepts_mail_risk: recovery.accepts_mail_risk,
        revoke_tokens: recovery.revoke_tokens,
        fault,
        look,
    };
    Ok(page(status, &template, None))
}

/// A number of a form; what is none is out of every bound.
fn number(form: &Form, name: &str) -> i64 {
    form.text(name).trim().parse().unwrap_or(i64::MIN)
}

fn is_on(form: &Form, name: &str) -> bool {
    form.text(name) == "yes"
}

/// Back to the page, or the page again with what is wrong.
pub(super) async fn finish(
    state: &AppState,
    visit: &Visit,
    section: &'static str,
    saved: Result<(), Error>,
) -> Result<Response, Failure> {
    match saved {
        Ok(()) => Ok(redirect_to(visit, "/admin/settings?done=saved")),
        Err(Error::BadRequest { message, .. }) => {
            show(state, visit, StatusCode::UNPROCESSABLE_ENTITY, Some((section, message))).await
        }
        Err(error) => Err(error.into()),
    }
}

fn caller(visit: &Visit) -> Result<Caller, Error> {
    Ok(visit.signed_in()?.caller(&visit.trace))
}

pub(crate) async fn post_branding(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let text = |name: &str| visit.form.text(name).to_owned();
    let logo = match visit.form.file("logo") {
        Some(content) => LogoChange::New(content.to_vec()),
        None if is_on(&visit.form, "no_logo") => LogoChange::Remove,
        None => LogoChange::Keep,
    };
    let saved = state.service().set_branding(&caller(&visit)?, &text("name"), &text("accent"), logo).await;
    finish(&state, &visit, "branding", saved).await
}

pub(crate) async fn post_help_desk_settings(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let config = HelpDeskConfig { special_attribute: visit.form.text("attribute").to_owned() };
    let saved = state.service().set_help_desk_config(&caller(&visit)?, config).await;
    finish(&state, &visit, "help-desk", saved).await
}

pub(crate) async fn post_password_settings(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let form = &visit.form;
    let request = OrgConfigRequest {
        custom_instructions_enabled: Some(is_on(form, "instructions")),
        digit_token_enabled: Some(is_on(form, "tokens")),
        digit_token_duration_minutes: Some(number(form, "minutes")),
        digit_token_length: Some(number(form, "length")),
    };
    let saved = state.service().put_password_org_config(&caller(&visit)?, request).await;
    finish(&state, &visit, "passwords", saved.map(|_| ())).await
}

pub(crate) async fn post_recovery_settings(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let form = &visit.form;
    let of = |weight: &str| {
        let methods = Method::ALL.iter().filter(|method| form.text(method.as_str()) == weight);
        methods.copied().collect()
    };
    let wanted = RecoverySettings {
        whole: of("whole"),
        half: of("half"),
        accepts_mail_risk: is_on(form, "mail_risk"),
        revoke_tokens: is_on(form, "revoke_tokens"),
    };
    let saved = state.service().put_recovery_settings(&caller(&visit)?, wanted).await;
    finish(&state, &visit, "recovery", saved).await
}

pub(crate) async fn post_lockout_settings(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let form = &visit.form;
    let config = LockoutConfig {
        maximum_attempts: number(form, "attempts"),
        lockout_duration: number(form, "duration"),
        lockout_window: number(form, "window"),
    };
    let saved = state.service().set_lockout_config(&caller(&visit)?, config).await;
    finish(&state, &visit, "lockout", saved.map(|_| ())).await
}

pub(crate) async fn post_session_settings(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let (service, caller) = (state.service(), caller(&visit)?);
    let remember_me = service.get_session_config(&caller).await?.remember_me;
    let config = SessionConfig {
        max_idle_time: number(&visit.form, "idle"),
        remember_me,
        max_session_time: number(&visit.form, "longest"),
    };
    let saved = service.set_session_config(&caller, config).await;
    finish(&state, &visit, "sessions", saved.map(|_| ())).await
}

pub(crate) async fn post_network_settings(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let (service, caller) = (state.service(), caller(&visit)?);
    let ranges: Vec<String> = visit.form.text("networks").split_whitespace().map(ToOwned::to_owned).collect();
    let known = service.get_network_config(&caller).await?;
    let config = NetworkConfig { range: (!ranges.is_empty()).then_some(ranges), ..known };
    let saved = service.create_network_config(&caller, config).await;
    finish(&state, &visit, "networks", saved.map(|_| ())).await
}
