//! An authenticator app: its key as a picture and as text, shown once, and the code that puts it into force.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::factors::{Factor, NewTotp};
use passwright_app::oauth::SecretText;

use super::super::answer::{page, redirect_to};
use super::super::look::{Look, Place};
use super::super::visit::Visit;
use super::proof::{ProofForm, check_first, for_change, refusal, shown};
use super::qr::{Picture, picture};
use crate::error::Failure;
use crate::state::AppState;

/// Letters and digits of the key that stand together.
const GROUP: usize = 4;

#[derive(Template)]
#[template(path = "factor_totp.html")]
struct TotpTemplate<'a> {
    look: Look,
    title: &'a str,
    /// The key, when it is shown: never twice.
    key: Option<Key>,
    proof: Option<ProofForm>,
    /// Another factor is needed and none can be had.
    stuck: bool,
    fault: Option<&'a str>,
}

struct Key {
    uri: SecretText,
    groups: Vec<String>,
    picture: Option<Picture>,
}

impl From<NewTotp> for Key {
    fn from(new: NewTotp) -> Self {
        let letters: Vec<char> = new.text.expose().chars().collect();
        let groups = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
        Self { picture: picture(new.uri.expose()), groups, uri: new.uri }
    }
}

pub(crate) async fn start_totp(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let session = visit.signed_in()?;
    let new = state.service().start_totp(&session.caller(&visit.trace)).await?;
    show(&state, &visit, StatusCode::OK, Some(new.into()), None).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    key: Option<Key>,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let (proof, stuck) = for_change(state, visit, visit.signed_in()?, Factor::Totp).await?;
    let mut look = Look::new(state, visit, Place::Factors, "");
    look.here = "/factors".to_owned();
    let title = look.t("factors.totp.title");
    Ok(page(status, &TotpTemplate { look, title, key, proof, stuck, fault }, None))
}

pub(crate) async fn confirm_totp(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let code = SecretText::new(visit.form.text("code").to_owned());
    let caller = visit.signed_in()?.caller(&visit.trace);
    if let Some((status, words)) = check_first(&state, &visit).await? {
        return show(&state, &visit, status, None, Some(words)).await;
    }
    match state.service().confirm_totp(&caller, code, shown(&visit)).await? {
        Ok(()) => Ok(redirect_to(&visit, "/factors?done=set")),
        Err(refused) => {
            let (status, words) = refusal(visit.language, &refused);
            show(&state, &visit, status, None, Some(words)).await
        }
    }
}
