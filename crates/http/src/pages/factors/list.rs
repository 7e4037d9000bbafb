//! What a person has set up, and what there is.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::factors::{Factor, Factors, OwnQuestions};

use super::super::answer::page;
use super::super::look::{Look, Place};
use super::super::visit::Visit;
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "factors.html")]
struct FactorsTemplate<'a> {
    look: Look,
    title: &'a str,
    has_totp: bool,
    has_passkey: bool,
    has_codes: bool,
    codes_left: String,
    /// Security questions can be answered, or were.
    questions: bool,
    has_answers: bool,
    /// What was done a moment ago.
    done: Option<&'a str>,
    /// What should be done next.
    advice: Option<&'a str>,
}

pub(crate) async fn list_factors(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let session = visit.signed_in()?;
    let caller = session.caller(&visit.trace);
    let Factors { enrolled, recovery_codes_left } = state.service().list_factors(&caller).await?;
    let OwnQuestions { has_answers, is_offered, .. } = state.service().list_own_questions(&caller).await?;
    let look = Look::new(&state, &visit, Place::Factors, "");
    let left = usize::try_from(recovery_codes_left).unwrap_or(usize::MAX);
    let template = FactorsTemplate {
        title: look.t("factors.title"),
        has_totp: enrolled.contains(&Factor::Totp),
        has_passkey: enrolled.contains(&Factor::Passkey),
        has_codes: enrolled.contains(&Factor::RecoveryCodes),
        codes_left: visit.language.counted("factors.codes.left", left, &[]),
        questions: is_offered || has_answers,
        has_answers,
        done: match visit.query.text("done") {
            "set" => Some(look.t("factors.done.set")),
            "removed" => Some(look.t("factors.done.removed")),
            _ => None,
        },
        advice: match enrolled.len() {
            0 => Some(look.t("factors.advice.first")),
            1 => Some(look.t("factors.advice.second")),
            _ => None,
        },
        look,
    };
    Ok(page(StatusCode::OK, &template, None))
}
