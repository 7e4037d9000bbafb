//! Answers to security questions: chosen, set anew and removed. They are never shown again, nor is what was typed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Error;
use passwright_app::factors::{AnswersFault, AnswersRefusal, OwnQuestions};
use passwright_app::oauth::SecretText;
use passwright_app::security_questions::SecurityAnswer;

use super::super::answer::{page, redirect_to};
use super::super::look::{Look, Place};
use super::super::visit::Visit;
use super::proof::{ProofForm, check_first, refusal, shown, with_methods};
use crate::error::Failure;
use crate::state::AppState;

/// Rows that have to be filled, and those that may be left out.
const NEEDED: usize = 3;
const MORE: usize = 2;

#[derive(Template)]
#[template(path = "factor_questions.html")]
struct QuestionsTemplate<'a> {
    look: Look,
    title: &'a str,
    needed: Vec<Row>,
    more: Vec<Row>,
    has_answers: bool,
    /// Without it answers can only be removed.
    is_offered: bool,
    proof: Option<ProofForm>,
    stuck: bool,
    fault: Option<&'a str>,
}

/// One question to choose, and its answer.
struct Row {
    number: usize,
    choices: Vec<Choice>,
}

struct Choice {
    id: String,
    text: String,
    is_chosen: bool,
}

pub(crate) async fn get_questions(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    show(&state, &visit, StatusCode::OK, None).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let (service, session) = (state.service(), visit.signed_in()?);
    let caller = session.caller(&visit.trace);
    let OwnQuestions { questions, has_answers, is_offered } = service.list_own_questions(&caller).await?;
    if !is_offered && !has_answers {
        return Err(Error::NotFound.into());
    }
    let methods = service.list_answer_proofs(&caller).await?;
    let (proof, stuck) = with_methods(state, visit, session, &methods).await?;
    let row = |at: usize| {
        let wanted = visit.form.text(&format!("question-{}", at + 1));
        let choice = |(position, question): (usize, &passwright_app::security_questions::SecurityQuestion)| Choice {
            is_chosen: if wanted.is_empty() { position == at } else { question.id == wanted },
            text: question.text_in(visit.language.code).to_owned(),
            id: question.id.clone(),
        };
        Row { number: at + 1, choices: questions.iter().enumerate().map(choice).collect() }
    };
    let mut look = Look::new(state, visit, Place::Factors, "");
    look.here = "/factors/questions".to_owned();
    let template = QuestionsTemplate {
        title: look.t("way.questions"),
        needed: (0..NEEDED).map(row).collect(),
        more: (NEEDED..questions.len().min(NEEDED + MORE)).map(row).collect(),
        has_answers,
        is_offered,
        proof,
        stuck,
        fault,
        look,
    };
    Ok(page(status, &template, None))
}

/// What the form answers; a row without an answer is left out.
fn answers(visit: &Visit) -> Vec<SecurityAnswer> {
    let rows = (1..=NEEDED + MORE).map(|at| {
        let question_id = visit.form.text(&format!("question-{at}")).to_owned();
        SecurityAnswer { question_id, answer: SecretText::new(visit.form.text(&format!("answer-{at}")).to_owned()) }
    });
    rows.filter(|row| !row.answer.expose().trim().is_empty()).collect()
}

pub(crate) async fn post_questions(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    if let Some((status, words)) = check_first(&state, &visit).await? {
        return show(&state, &visit, status, Some(words)).await;
    }
    let service = state.service();
    let (done, to) = match visit.form.text("do") {
        "remove" => (service.remove_own_answers(&caller, shown(&visit)).await?, "/factors?done=removed"),
        _ => (service.set_own_answers(&caller, answers(&visit), shown(&visit)).await?, "/factors?done=set"),
    };
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let text = |key| visit.language.text(key);
    let (status, words) = match done {
        Ok(()) => return Ok(redirect_to(&visit, to)),
        Err(AnswersRefusal::NotOffered) => return Err(Error::NotFound.into()),
        Err(AnswersRefusal::Factor(refused)) => refusal(visit.language, &refused),
        Err(AnswersRefusal::Fault(AnswersFault::TooFew)) => (unprocessable, text("questions.too_few")),
        Err(AnswersRefusal::Fault(AnswersFault::Twice)) => (unprocessable, text("questions.twice")),
        Err(AnswersRefusal::Fault(AnswersFault::Alike)) => (unprocessable, text("questions.alike")),
        Err(AnswersRefusal::Fault(AnswersFault::Length)) => (unprocessable, text("questions.length")),
    };
    show(&state, &visit, status, Some(words)).await
}
