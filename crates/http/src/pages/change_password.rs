//! The form that changes passwords: rules before typing, a suggestion, the current password first, and what the rules say.

use askama::Template;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use passwright_app::oauth::{Password, SecretText};
use passwright_app::password_manager::{
    ChangedPasswords, Judgement, ListedRule, NewPassword, Page, PasswordRules, Strength,
};
use serde::Serialize;

use super::answer::{page, redirect_to, with_cookie};
use super::language::Language;
use super::look::{Look, Place};
use super::sign_in::too_many;
use super::visit::{Visit, leading_to};
use super::words;
use crate::error::{Failure, json};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "change_password.html")]
struct ChangeTemplate<'a> {
    look: Look,
    title: &'a str,
    keys: Vec<String>,
    rows: String,
    sources: String,
    rules: PasswordRules,
    list: Vec<RuleLine>,
    instruction: Option<String>,
    confirm: bool,
    faults: Vec<Fault>,
    /// A made password, shown in the clear because nothing else can show it without script.
    suggestion: Option<SecretText>,
}

pub(super) struct RuleLine {
    pub(super) code: &'static str,
    pub(super) words: String,
    /// `open`, `met` or `broken`.
    pub(super) state: &'static str,
}

/// What is wrong, and the field that it is about.
pub(super) struct Fault {
    pub(super) field: &'static str,
    pub(super) words: String,
}

impl ChangeTemplate<'_> {
    fn fault_of(&self, field: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == field)
    }
}

pub(crate) async fn get_change_password(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let keys = visit.query.all("row");
    if keys.is_empty() {
        return Ok(redirect_to(&visit, "/password-manager"));
    }
    if state.service().needs_factor(visit.signed_in()?, &keys, visit.address(), &visit.trace).await? {
        return Ok(to_confirm(&visit, &keys));
    }
    ask(&state, &visit, StatusCode::OK, keys, Vec::new(), None, None).await
}

/// Asks for a factor first, and comes back to the form of these rows.
fn to_confirm(visit: &Visit, keys: &[String]) -> Response {
    let rows = keys.iter().map(|key| ("row", key));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(rows).finish();
    redirect_to(visit, &leading_to("/factors/confirm", Some(&format!("/password-manager/change?{query}"))))
}

async fn ask(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    keys: Vec<String>,
    faults: Vec<Fault>,
    judgement: Option<&Judgement>,
    suggestion: Option<SecretText>,
) -> Result<Response, Failure> {
    let (service, session) = (state.service(), visit.signed_in()?);
    let rules = service.password_rules(session, &keys, &visit.trace).await?;
    let instruction = service.page_instruction(Page::ChangePasswordEnterPassword, visit.language.code).await?;
    let look = Look::new(state, visit, Place::Passwords, "");
    let template = ChangeTemplate {
        title: look.t("change.title"),
        rows: visit.language.listed(&rules.rows),
        sources: visit.language.listed(&rules.sources),
        list: rules.rules.iter().map(|listed| line(visit.language, *listed, judgement)).collect(),
        confirm: service.settings().sessions.confirm,
        look,
        keys,
        rules,
        instruction,
        faults,
        suggestion,
    };
    Ok(page(status, &template, None))
}

pub(super) fn line(language: &Language, listed: ListedRule, judgement: Option<&Judgement>) -> RuleLine {
    let state = match judgement {
        None => "open",
        Some(judgement) if judgement.broken.iter().any(|broken| broken.rule == listed.rule) => "broken",
        Some(_) => "met",
    };
    RuleLine { code: listed.rule.code(), words: words::rule(language, listed), state }
}

pub(crate) async fn post_change_password(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let keys = visit.form.all("row");
    if visit.form.text("do") == "suggest" {
        let suggested = state.service().suggest_password(visit.signed_in()?, &keys, &visit.trace).await?;
        let none = suggested.is_none().then(|| fault(&visit, "new", "change.no_suggestion"));
        return ask(&state, &visit, StatusCode::OK, keys, none.into_iter().collect(), None, suggested).await;
    }
    let form = &visit.form;
    if form.has("again") && form.text("again") != form.text("new") {
        let differs = vec![fault(&visit, "again", "change.differs")];
        return ask(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, keys, differs, None, None).await;
    }
    let wanted = NewPassword {
        rows: keys.clone(),
        current: Password::new(form.text("current").to_owned()),
        new: Password::new(form.text("new").to_owned()),
        address: visit.address(),
    };
    let changed = state.service().change_passwords(visit.signed_in()?, wanted, &visit.trace).await?;
    match changed {
        ChangedPasswords::Accepted(ids, cookie) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let to = format!("/password-manager/changes/{}", ids.join("."));
            Ok(with_cookie(redirect_to(&visit, &to), visit.session_cookie(&cookie)))
        }
        ChangedPasswords::Broken(judgement) => {
            let faults = faults_of(&visit, &judgement);
            ask(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, keys, faults, Some(&judgement), None).await
        }
        ChangedPasswords::WrongCurrent => {
            let faults = vec![fault(&visit, "current", "change.wrong_current")];
            ask(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, keys, faults, None, None).await
        }
        ChangedPasswords::NeedsFactor => Ok(to_confirm(&visit, &keys)),
        ChangedPasswords::TooMany(wait) => {
            let faults = vec![Fault { field: "current", words: too_many(visit.language, wait) }];
            let mut answer = ask(&state, &visit, StatusCode::TOO_MANY_REQUESTS, keys, faults, None, None).await?;
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            Ok(answer)
        }
    }
}

pub(super) fn fault(visit: &Visit, field: &'static str, key: &str) -> Fault {
    Fault { field, words: visit.language.text(key).to_owned() }
}

pub(super) fn faults_of(visit: &Visit, judgement: &Judgement) -> Vec<Fault> {
    if visit.form.text("new").is_empty() {
        return vec![fault(visit, "new", "change.empty")];
    }
    let language = visit.language;
    let unusable = judgement.unusable.then(|| fault(visit, "new", "change.unusable"));
    let broken = judgement.broken.iter().map(|broken| {
        let rule = words::rule(language, ListedRule { rule: broken.rule, limit: broken.limit });
        let sources = language.listed(&broken.sources);
        Fault { field: "new", words: language.with("change.broken", &[("rule", &rule), ("sources", &sources)]) }
    });
    unusable.into_iter().chain(broken).collect()
}

/// What the rules say of a password that is being typed.
#[derive(Serialize)]
struct Checked {
    /// Codes of the rules that it breaks.
    broken: Vec<&'static str>,
    usable: bool,
    /// 1 to 4.
    strength: u8,
    strength_words: &'static str,
}

pub(crate) async fn check_password(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let keys = visit.form.all("row");
    let password = Password::new(visit.form.text("new").to_owned());
    let service = state.service();
    let judgement = service.judge_password(visit.signed_in()?, &keys, &password, &visit.trace).await?;
    Ok(judged(visit.language, &judgement))
}

/// What a form that is being filled in is told.
pub(super) fn judged(language: &Language, judgement: &Judgement) -> Response {
    let (strength, key) = match judgement.strength {
        Strength::Weak => (1, "strength.weak"),
        Strength::Fair => (2, "strength.fair"),
        Strength::Good => (3, "strength.good"),
        Strength::Strong => (4, "strength.strong"),
    };
    let checked = Checked {
        broken: judgement.broken.iter().map(|broken| broken.rule.code()).collect(),
        usable: !judgement.unusable,
        strength,
        strength_words: language.text(key),
    };
    json(StatusCode::OK, &checked)
}

#[derive(Serialize)]
struct Suggested<'a> {
    password: Option<&'a str>,
}

pub(crate) async fn suggest_password(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let keys = visit.form.all("row");
    let suggested = state.service().suggest_password(visit.signed_in()?, &keys, &visit.trace).await?;
    Ok(made(suggested.as_ref()))
}

/// What a form that asks for a password is told.
pub(super) fn made(password: Option<&SecretText>) -> Response {
    json(StatusCode::OK, &Suggested { password: password.map(SecretText::expose) })
}
