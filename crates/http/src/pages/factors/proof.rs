//! The part of a form in which another factor is shown, and what it says.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::factors::{Factor, FactorRefusal, Method, Shown};
use passwright_app::oauth::SecretText;
use passwright_app::sessions::Session;

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
}

impl ProofForm {
    /// `None` when there is nothing to offer.
    pub(in crate::pages) fn new(language: &Language, methods: &[Method], question: &'static str) -> Option<Self> {
        let typed = methods.iter().filter(|method| **method != Method::Passkey);
        let ways = typed.map(|method| ways::words(language, *method)).collect();
        (!methods.is_empty()).then(|| Self { ways, passkey: methods.contains(&Method::Passkey), question })
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
    let is_first = service.list_factors(&caller).await?.enrolled.is_empty();
    Ok((ProofForm::new(visit.language, &methods, "/factors/question"), methods.is_empty() && !is_first))
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
