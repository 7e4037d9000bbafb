//! Password groups: which sources share one password, under which policy, and which of them is written first.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::password_groups::{PasswordGroupRequest, StoredPasswordGroup};
use passwright_app::{Caller, CollectionRequest, Error};

use super::super::answer::page;
use super::super::form::Form;
use super::super::look::Look;
use super::super::visit::Visit;
use super::back::back;
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

const ALL: &str = "/admin/policies";

#[derive(Template)]
#[template(path = "admin_group.html")]
struct GroupTemplate<'a> {
    look: Look,
    title: String,
    /// Empty for a new one.
    id: &'a str,
    asked: PasswordGroupRequest,
    policies: Vec<(String, String)>,
    members: Vec<Member>,
    fault: Option<String>,
}

/// A source that is in the group, or can be.
struct Member {
    id: String,
    name: String,
    chosen: bool,
    first: bool,
    /// The group it is in, which is another one.
    elsewhere: Option<String>,
}

#[derive(Template)]
#[template(path = "admin_group_delete.html")]
struct DeleteTemplate<'a> {
    look: Look,
    title: String,
    id: &'a str,
}

pub(crate) async fn get_new_group(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    show(&state, &visit, StatusCode::OK, "", PasswordGroupRequest::default(), None).await
}

pub(crate) async fn post_new_group(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let asked = asked(&visit.form, &[]);
    match state.service().create_password_group(&caller, asked.clone()).await {
        Ok(_) => Ok(back(&visit, ALL, "saved")),
        Err(Error::BadRequest { message, .. }) => {
            show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, "", asked, Some(message)).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn get_group(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let stored = state.service().get_password_group(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    show(&state, &visit, StatusCode::OK, &id, request_of(&stored), None).await
}

pub(crate) async fn post_group(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let (service, caller) = (state.service(), visit.signed_in()?.caller(&visit.trace));
    let stored = service.get_password_group(&caller, &id).await?;
    let asked = asked(&visit.form, &request_of(&stored).source_ids);
    match service.update_password_group(&caller, &id, asked.clone()).await {
        Ok(_) => Ok(back(&visit, ALL, "saved")),
        Err(Error::BadRequest { message, .. }) => {
            show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, &id, asked, Some(message)).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn ask_delete_group(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let stored = state.service().get_password_group(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    let look = Look::administration(&state, &visit, "policies");
    let title = visit.language.with("admin.group.delete.title", &[("name", &stored.group.name)]);
    Ok(page(StatusCode::OK, &DeleteTemplate { look, title, id: &id }, None))
}

pub(crate) async fn delete_group(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    state.service().delete_password_group(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    Ok(back(&visit, ALL, "deleted"))
}

fn request_of(stored: &StoredPasswordGroup) -> PasswordGroupRequest {
    let group = &stored.group;
    PasswordGroupRequest {
        name: Some(group.name.clone()),
        password_policy_id: group.policy_id.as_ref().map(ToString::to_string),
        source_ids: group.source_ids.iter().map(ToString::to_string).collect(),
    }
}

/// What the form asks for: the first, then the others in the order they had, then the new ones.
fn asked(form: &Form, before: &[String]) -> PasswordGroupRequest {
    let (mut chosen, first) = (form.all("source"), form.text("first"));
    let place = |id: &String| before.iter().position(|known| known == id).unwrap_or(before.len());
    chosen.sort_by_key(|id| (id != first, place(id)));
    PasswordGroupRequest {
        name: Some(form.text("name").trim().to_owned()),
        password_policy_id: Some(form.text("policy").to_owned()).filter(|id| !id.is_empty()),
        source_ids: chosen,
    }
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    id: &str,
    asked: PasswordGroupRequest,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let policies = state.service().list_password_policies(&caller, &CollectionRequest::default()).await?.items;
    let members = members(state, &caller, id, &asked).await?;
    let look = Look::administration(state, visit, "policies");
    let title = match (id, &asked.name) {
        ("", _) | (_, None) => look.t("admin.group.new").to_owned(),
        (_, Some(name)) => visit.language.with("admin.group.title", &[("name", name)]),
    };
    let policies = policies.into_iter().map(|policy| (policy.id, policy.name)).collect();
    Ok(page(status, &GroupTemplate { look, title, id, asked, policies, members, fault }, None))
}

/// The members in their order, then every other source.
async fn members(
    state: &AppState,
    caller: &Caller,
    id: &str,
    asked: &PasswordGroupRequest,
) -> Result<Vec<Member>, Failure> {
    let groups = state.service().list_password_groups(caller, &CollectionRequest::default()).await?.items;
    let own = groups.iter().find(|stored| stored.group.id.as_str() == id).map(|stored| stored.group.name.clone());
    let sources = state.service().list_source_states(caller).await?;
    let place = |id: &str| asked.source_ids.iter().position(|member| member == id);
    let mut members: Vec<_> = sources
        .into_iter()
        .map(|source| Member {
            chosen: place(&source.id).is_some(),
            first: place(&source.id) == Some(0),
            elsewhere: source.group.filter(|group| Some(group) != own.as_ref()),
            id: source.id,
            name: source.name,
        })
        .collect();
    members.sort_by_key(|member| place(&member.id).unwrap_or(usize::MAX));
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comes_first_and_the_others_keep_their_order() {
        let ids = |form: &str, before: &[&str]| {
            let before: Vec<_> = before.iter().map(|id| (*id).to_owned()).collect();
            asked(&Form::parse(form.as_bytes()), &before).source_ids
        };
        assert_eq!(ids("source=a&source=b&source=c&first=b", &[]), ["b", "a", "c"]);
        assert_eq!(ids("source=a&source=b&source=c&first=", &["c", "a"]), ["c", "a", "b"]);
        assert_eq!(ids("source=a&source=b&source=c&first=b", &["c", "b", "a"]), ["b", "c", "a"]);
        // One that is first and not chosen is not in it.
        assert_eq!(ids("source=a&first=b", &["b", "a"]), ["a"]);
        let form = asked(&Form::parse(b"name=+All+&policy=&source=a"), &[]);
        assert_eq!((form.name.as_deref(), form.password_policy_id), (Some("All"), None));
    }
}
