//! Administrators' own texts on the pages for people.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Error;
use passwright_app::instructions::InstructionRequest;
use passwright_app::password_manager::Page;

use super::super::answer::{page, redirect_to};
use super::super::language::{self, Language};
use super::super::look::Look;
use super::super::visit::Visit;
use super::back::done;
use super::party::query;
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "admin_texts.html")]
struct TextsTemplate<'a> {
    look: Look,
    title: &'a str,
    done: Option<&'a str>,
    enabled: bool,
    pages: Vec<(&'static str, &'static str)>,
    locales: Vec<(String, &'static str)>,
    chosen: String,
    locale: String,
    content: String,
    /// What is kept, as it is shown: sanitised when it was saved.
    kept: Option<String>,
    fault: Option<String>,
}

fn words(language: &Language, page: Page) -> &'static str {
    language.text(match page {
        Page::ChangePasswordEnterPassword => "admin.page.change_enter",
        Page::ChangePasswordFinish => "admin.page.change_finish",
        Page::FlowSelectionSelect => "admin.page.flow",
        Page::ForgetUsernameUserEmail => "admin.page.forgot_name",
        Page::MfaEnterCode => "admin.page.mfa_code",
        Page::MfaEnterKba => "admin.page.mfa_questions",
        Page::MfaSelect => "admin.page.mfa_select",
        Page::ResetPasswordEnterPassword => "admin.page.reset_enter",
        Page::ResetPasswordEnterUsername => "admin.page.reset_name",
        Page::ResetPasswordFinish => "admin.page.reset_finish",
        Page::UnlockAccountEnterUsername => "admin.page.unlock_name",
        Page::UnlockAccountFinish => "admin.page.unlock_finish",
    })
}

pub(crate) async fn get_texts(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let (chosen, locale) = (visit.query.text("page"), visit.query.text("locale"));
    show(&state, &visit, StatusCode::OK, chosen, locale, None).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    chosen: &str,
    locale: &str,
    refused: Option<(String, String)>,
) -> Result<Response, Failure> {
    let (service, caller) = (state.service(), visit.signed_in()?.caller(&visit.trace));
    let enabled = service.get_password_org_config(&caller).await?.custom_instructions_enabled;
    let first = Page::ALL.first().map_or("", |page| page.as_str());
    let chosen = Page::ALL.iter().find(|page| page.as_str() == chosen).map_or(first, |page| page.as_str());
    let kept = match service.get_custom_password_instructions(&caller, chosen, Some(locale)).await {
        Ok(found) => Some(found.content),
        Err(Error::NotFound | Error::BadRequest { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let look = Look::administration(state, visit, "texts");
    let every = ("".to_owned(), look.t("admin.texts.every_language"));
    let locales = language::all().iter().map(|known| (known.code.to_owned(), known.text("language.name")));
    let (fault, typed) = refused.map_or((None, None), |(why, typed)| (Some(why), Some(typed)));
    let template = TextsTemplate {
        title: look.t("admin.texts"),
        done: done(visit, &look),
        enabled,
        pages: Page::ALL.iter().map(|page| (page.as_str(), words(visit.language, *page))).collect(),
        locales: std::iter::once(every).chain(locales).collect(),
        chosen: chosen.to_owned(),
        locale: locale.to_owned(),
        content: typed.or_else(|| kept.clone()).unwrap_or_default(),
        kept,
        fault,
        look,
    };
    Ok(page(status, &template, None))
}

pub(crate) async fn post_text(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let (service, caller) = (state.service(), visit.signed_in()?.caller(&visit.trace));
    let form = &visit.form;
    let (chosen, locale, content) = (form.text("page"), form.text("locale"), form.text("content"));
    let to = |done: &str| {
        redirect_to(&visit, &format!("/admin/texts{}", query(&[("page", chosen), ("locale", locale), ("done", done)])))
    };
    let saved = if form.text("do") == "delete" {
        let deleted = service.delete_custom_password_instructions(&caller, chosen, Some(locale)).await;
        deleted.map(|()| to("deleted"))
    } else {
        let request = InstructionRequest {
            page_id: Some(chosen.to_owned()),
            locale: Some(locale.to_owned()),
            page_content: Some(content.to_owned()),
        };
        service.create_custom_password_instructions(&caller, request).await.map(|_| to("saved"))
    };
    match saved {
        Ok(answer) => Ok(answer),
        Err(Error::BadRequest { message, .. }) => {
            let refused = Some((message, content.to_owned()));
            show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, chosen, locale, refused).await
        }
        Err(error) => Err(error.into()),
    }
}
