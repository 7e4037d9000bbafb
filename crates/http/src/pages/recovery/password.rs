//! The new password, once the proofs are enough: for which systems, their rules, and the change.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Error;
use passwright_app::ids::SourceId;
use passwright_app::oauth::{Password, SecretText};
use passwright_app::password_manager::{Judgement, PasswordRules};
use passwright_app::recovery::{Browser, NewPassword, Reset, ResetAccount};

use super::super::answer::{page, redirect_to};
use super::super::change_password::{Fault, RuleLine, fault, faults_of, judged, line, made};
use super::super::look::Look;
use super::super::visit::Visit;
use super::begin::step_words;
use super::flow::{self, look, no_flow, went};
use crate::error::Failure;
use crate::state::AppState;

/// Which password is to be set: one for each that stands alone or is shared.
#[derive(Template)]
#[template(path = "recovery_accounts.html")]
struct AccountsTemplate<'a> {
    look: Look,
    title: &'a str,
    step_words: String,
    accounts: Vec<Line>,
}

struct Line {
    key: String,
    names: String,
    is_sign_in: bool,
}

#[derive(Template)]
#[template(path = "recovery_password.html")]
struct PasswordTemplate<'a> {
    look: Look,
    title: &'a str,
    step_words: String,
    step: u32,
    key: String,
    sources: String,
    rules: PasswordRules,
    list: Vec<RuleLine>,
    faults: Vec<Fault>,
    suggestion: Option<SecretText>,
    several: bool,
}

impl PasswordTemplate<'_> {
    fn fault_of(&self, field: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == field)
    }
}

fn key(account: &ResetAccount) -> String {
    format!("{}/{}", account.source_id, account.native_identity)
}

/// Source and native identity of an account's key in a form.
fn account(text: &str) -> Result<(SourceId, String), Error> {
    let (source, native) = text.split_once('/').ok_or(Error::NotFound)?;
    Ok((source.parse().map_err(|_| Error::NotFound)?, native.to_owned()))
}

/// The page of a flow whose proofs are enough.
pub(super) async fn ready(
    state: &AppState,
    visit: &Visit,
    browser: &Browser,
    status: StatusCode,
    step: u32,
    wrong: Option<&'static str>,
) -> Result<Response, Failure> {
    let faults = wrong.map(|words| Fault { field: "new", words: words.to_owned() }).into_iter().collect();
    ask(state, visit, browser, status, Asked { step, faults, judgement: None, suggestion: None }).await
}

/// What the form shows besides its rules.
struct Asked<'a> {
    step: u32,
    faults: Vec<Fault>,
    judgement: Option<&'a Judgement>,
    suggestion: Option<SecretText>,
}

async fn ask(
    state: &AppState,
    visit: &Visit,
    browser: &Browser,
    status: StatusCode,
    asked: Asked<'_>,
) -> Result<Response, Failure> {
    let (service, language) = (state.service(), visit.language);
    let accounts = service.list_reset_accounts(browser).await?;
    let wanted = if visit.form.has("row") { visit.form.text("row") } else { visit.query.text("account") };
    let chosen = match &accounts[..] {
        [only] => Some(only),
        all => all.iter().find(|account| key(account) == wanted),
    };
    let look = look(state, visit);
    let Some(chosen) = chosen else {
        let lines = accounts.iter().map(|account| Line {
            key: form_urlencoded::byte_serialize(key(account).as_bytes()).collect(),
            names: language.listed(&names(account)),
            is_sign_in: account.is_sign_in,
        });
        let accounts = lines.collect();
        let template =
            AccountsTemplate { title: look.t("recovery.accounts"), step_words: step_words(visit, "3"), accounts, look };
        return Ok(page(status, &template, None));
    };
    let of = (chosen.source_id.clone(), chosen.native_identity.clone());
    let Some(rules) = service.reset_rules(browser, of).await? else { return Ok(no_flow(visit)) };
    let template = PasswordTemplate {
        title: look.t("recovery.password"),
        step_words: step_words(visit, "3"),
        step: asked.step,
        key: key(chosen),
        sources: language.listed(&rules.sources),
        list: rules.rules.iter().map(|listed| line(language, *listed, asked.judgement)).collect(),
        rules,
        faults: asked.faults,
        suggestion: asked.suggestion,
        several: accounts.len() > 1,
        look,
    };
    Ok(page(status, &template, None))
}

/// In one order, whichever of them stands for the others.
fn names(account: &ResetAccount) -> Vec<String> {
    let mut names = account.along.clone();
    names.push(account.source_name.clone());
    names.sort();
    names
}

pub(crate) async fn set_new_password(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(browser) = visit.browser() else { return Ok(no_flow(&visit)) };
    let (service, form, step) = (state.service(), &visit.form, flow::step(&visit));
    let of = account(form.text("row"))?;
    let asked = |faults| Asked { step, faults, judgement: None, suggestion: None };
    if form.text("do") == "suggest" {
        let suggestion = service.suggest_reset(&browser, of).await?;
        let faults = suggestion.is_none().then(|| fault(&visit, "new", "change.no_suggestion")).into_iter().collect();
        let asked = Asked { suggestion, ..asked(faults) };
        return ask(&state, &visit, &browser, StatusCode::OK, asked).await;
    }
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    if form.has("again") && form.text("again") != form.text("new") {
        let differs = vec![fault(&visit, "again", "change.differs")];
        return ask(&state, &visit, &browser, unprocessable, asked(differs)).await;
    }
    let new = || Password::new(form.text("new").to_owned());
    let wanted = NewPassword { account: Some(of.clone()), password: new() };
    match service.reset_password(&browser, step, wanted).await? {
        Reset::Accepted(id) => Ok(redirect_to(&visit, &format!("/recovery/changes/{id}"))),
        Reset::Refused(told) => went(&state, &visit, &browser, told).await,
        Reset::Broken(_) => {
            let Some(judgement) = service.judge_reset(&browser, of, &new()).await? else { return Ok(no_flow(&visit)) };
            let asked = Asked { judgement: Some(&judgement), ..asked(faults_of(&visit, &judgement)) };
            ask(&state, &visit, &browser, unprocessable, asked).await
        }
    }
}

pub(crate) async fn check_new_password(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let browser = visit.browser().ok_or(Error::NotFound)?;
    let (of, password) = (account(visit.form.text("row"))?, Password::new(visit.form.text("new").to_owned()));
    let judgement = state.service().judge_reset(&browser, of, &password).await?.ok_or(Error::NotFound)?;
    Ok(judged(visit.language, &judgement))
}

pub(crate) async fn suggest_new_password(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let browser = visit.browser().ok_or(Error::NotFound)?;
    let suggested = state.service().suggest_reset(&browser, account(visit.form.text("row"))?).await?;
    Ok(made(suggested.as_ref()))
}
