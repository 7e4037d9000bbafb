//! The part of a form in which another factor is shown, and what it says.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::factors::{Factor, FactorRefusal, Method, Shown};
use passwright_app::oauth::{Password, SecretText};
use passwright_app::sessions::{Session, SignIn};

use super::super::language::Language;
use super::super::visit::Visit;
use super::super::ways::{self, Question, WayWords};
use crate::error::{Failure, json};
use crate::state::AppState;

/// The ways that a form offers.
pub(in crate::pages) struct ProofForm {
    /// Those with something to type.
    pub(in crate::pages) ways: Vec<WayWords>,
    pub(in crate::pages) passkey: bool,
    /// Where a passkey's question comes from.
    pub(in crate::pages) question: &'static str,
    /// It is the password that is asked for, and nothing else.
    pub(in crate::pages) password: bool,
}

impl ProofForm {
    /// `None` when there is nothing to offer.
    pub(in crate::pages) fn new(language: &Language, methods: &[Method], question: &'static str) -> Option<Self> {
        let typed = methods.iter().filter(|method| **method != Method::Passkey);
        let ways = typed.map(|method| ways::words(language, *method)).collect();
        (!methods.is_empty()).then(|| Self {
            ways,
            passkey: methods.contains(&Method::Passkey),
            question,
            password: false,
        })
    }

    /// The only way with something to type.
    pub(in crate::pages) fn only(&self) -> Option<&WayWords> {
        match &self.ways[..] {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// What a form shows; `None` for nothing.
pub(in crate::pages) fn shown(visit: &Visit) -> Option<Shown> {
    let secret = |name: &str| SecretText::new(visit.form.text(name).to_owned());
    if !visit.form.text("passkey").is_empty() {
        return Some(Shown { method: Method::Passkey, text: secret("passkey") });
    }
    let method = Method::from_name(visit.form.text("method"))?;
    (!visit.form.text("proof").trim().is_empty()).then(|| Shown { method, text: secret("proof") })
}

/// The part of the form that changes a factor; and whether a change needs one that cannot be had.
pub(super) async fn for_change(
    state: &AppState,
    visit: &Visit,
    session: &Session,
    factor: Factor,
) -> Result<(Option<ProofForm>, bool), Failure> {
    let (service, caller) = (state.service(), session.caller(&visit.trace));
    let methods = service.list_change_proofs(&caller, factor).await?;
    with_methods(state, visit, session, &methods).await
}

/// The same for what may be shown instead of the password.
pub(super) async fn with_methods(
    state: &AppState,
    visit: &Visit,
    session: &Session,
    methods: &[Method],
) -> Result<(Option<ProofForm>, bool), Failure> {
    let (service, caller) = (state.service(), session.caller(&visit.trace));
    if service.first_factor_asks_password(session).await? {
        let form = ProofForm { ways: Vec::new(), passkey: false, question: "", password: true };
        return Ok((Some(form), false));
    }
    let is_first = service.list_factors(&caller).await?.enrolled.is_empty();
    Ok((ProofForm::new(visit.language, methods, "/factors/question"), methods.is_empty() && !is_first))
}

/// Checks the password where the first factor asks for it; gives what is wrong.
pub(super) async fn check_first(
    state: &AppState,
    visit: &Visit,
) -> Result<Option<(StatusCode, &'static str)>, Failure> {
    let password = Password::new(visit.form.text("current").to_owned());
    let language = visit.language;
    Ok(match state.service().confirm_first_factor(visit.signed_in()?, password, &visit.trace).await? {
        SignIn::Passed(()) => None,
        SignIn::Wrong => Some((StatusCode::UNPROCESSABLE_ENTITY, language.text("change.wrong_current"))),
        SignIn::TooMany(_) => Some((StatusCode::TOO_MANY_REQUESTS, language.text("factors.password_many"))),
    })
}

/// Why nothing was changed, in words.
pub(super) fn refusal(language: &Language, refusal: &FactorRefusal) -> (StatusCode, &'static str) {
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    match refusal {
        FactorRefusal::NeedsProof => (unprocessable, language.text("factors.needs_proof")),
        FactorRefusal::Wrong => (unprocessable, language.text("factors.wrong")),
        FactorRefusal::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, language.text("factors.too_many")),
        FactorRefusal::Gone => (StatusCode::CONFLICT, language.text("factors.gone")),
    }
}

/// What a passkey of the person is to sign, for the script of the page.
pub(crate) async fn ask_own_passkey(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let question = state.service().ask_passkey(&visit.signed_in()?.identity.id).await?;
    Ok(json(StatusCode::OK, &Question::from(&question)))
}
