//! API clients and personal access tokens: what there is, making one, taking one away. A secret is shown once, on the page that
//! answers its making.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::languages::parse_day;
use passwright_app::oauth::SecretText;
use passwright_app::oauth_clients::{AccessType, ApiClient, GrantType, OauthClientFields};
use passwright_app::passwords::rfc3339;
use passwright_app::personal_access_tokens::{NEVER, OwnedToken, PersonalAccessTokenFields};
use passwright_app::{Error, Timestamp};

use super::super::answer::page;
use super::super::form::Form;
use super::super::look::Look;
use super::super::visit::Visit;
use super::back::{back, done};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

const PLACE: &str = "/admin/clients";
const DEFAULT_SECONDS: i64 = 43_200;
const EVERYTHING: &str = "sp:scopes:all";
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

#[derive(Template)]
#[template(path = "admin_clients.html")]
struct ClientsTemplate<'a> {
    look: Look,
    title: &'a str,
    done: Option<&'a str>,
    clients: Vec<Line>,
    tokens: Vec<Line>,
    made: Option<Made>,
    client: Entry,
    token: Entry,
}

/// A client or a token in words.
struct Line {
    id: String,
    name: String,
    about: String,
    scopes: String,
    enabled: bool,
    last_used_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

/// What has just been made.
struct Made {
    name: String,
    id: String,
    secret: SecretText,
}

/// A form as it was filled in, and what is wrong with it.
#[derive(Default)]
struct Entry {
    fault: Option<String>,
    name: String,
    description: String,
    scopes: String,
    until: String,
}

impl Entry {
    fn of(form: &Form, fault: String) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            fault: Some(fault),
            name: text("name"),
            description: text("description"),
            scopes: text("scopes"),
            until: text("until"),
        }
    }
}

pub(crate) async fn list_clients(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    show(&state, &visit, StatusCode::OK, None, Entry::default(), Entry::default()).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    made: Option<Made>,
    client: Entry,
    token: Entry,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let clients = state.service().list_oauth_clients(&caller, None).await?;
    let tokens = state.service().list_personal_access_tokens(&caller, None, None).await?;
    let look = Look::administration(state, visit, "clients");
    let template = ClientsTemplate {
        title: look.t("admin.clients"),
        done: done(visit, &look),
        clients: clients.into_iter().map(client_line).collect(),
        tokens: tokens.into_iter().map(token_line).collect(),
        made,
        client: with_scopes(client),
        token: with_scopes(token),
        look,
    };
    Ok(page(status, &template, None))
}

fn with_scopes(entry: Entry) -> Entry {
    let scopes = if entry.fault.is_none() { EVERYTHING.to_owned() } else { entry.scopes };
    Entry { scopes, ..entry }
}

fn client_line(client: ApiClient) -> Line {
    Line {
        id: client.id.to_string(),
        name: client.name,
        about: client.details.description,
        scopes: client.scopes.iter().collect::<Vec<_>>().join(" "),
        enabled: client.enabled,
        last_used_at: client.last_used_at,
        expires_at: None,
    }
}

fn token_line(owned: OwnedToken) -> Line {
    let token = owned.token;
    Line {
        id: token.id.to_string(),
        name: token.name,
        about: owned.owner_name,
        scopes: token.scopes.iter().collect::<Vec<_>>().join(" "),
        enabled: true,
        last_used_at: token.last_used_at,
        expires_at: (token.expires_at != NEVER).then_some(token.expires_at),
    }
}

fn scopes(form: &Form) -> Option<Vec<String>> {
    let given: Vec<String> = form.text("scopes").split_whitespace().map(ToOwned::to_owned).collect();
    (!given.is_empty()).then_some(given)
}

pub(crate) async fn create_client(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let fields = OauthClientFields {
        name: visit.form.text("name").to_owned(),
        description: Some(visit.form.text("description").to_owned()),
        business_name: None,
        homepage_url: None,
        access_token_validity_seconds: DEFAULT_SECONDS,
        refresh_token_validity_seconds: None,
        redirect_uris: None,
        grant_types: BTreeSet::from([GrantType::ClientCredentials]),
        access_type: AccessType::Offline,
        client_type: None,
        enabled: true,
        strong_auth_supported: false,
        claims_supported: false,
        scope: scopes(&visit.form),
    };
    match state.service().create_oauth_client(&caller, fields).await {
        Ok((client, secret)) => {
            let made = Some(Made { name: client.name, id: client.id.to_string(), secret });
            show(&state, &visit, StatusCode::OK, made, Entry::default(), Entry::default()).await
        }
        Err(Error::BadRequest { message, .. }) => {
            let entry = Entry::of(&visit.form, message);
            show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, None, entry, Entry::default()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// One of the administrator's own: a token acts as its owner.
pub(crate) async fn create_token(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    // Whoever may not see this page makes nothing on it.
    state.service().list_oauth_clients(&caller, None).await?;
    let until = visit.form.text("until").trim();
    // The whole of the last day.
    let date = parse_day(until).map_or_else(|| until.to_owned(), |day| rfc3339(day + DAY));
    let fields = PersonalAccessTokenFields {
        name: visit.form.text("name").to_owned(),
        scope: scopes(&visit.form),
        access_token_validity_seconds: None,
        expiration_date: (!date.is_empty()).then_some(date),
        user_aware_token_never_expires: Some(until.is_empty()),
    };
    match state.service().create_personal_access_token(&caller, fields).await {
        Ok((owned, secret)) => {
            let made = Some(Made { name: owned.token.name, id: owned.token.id.to_string(), secret });
            show(&state, &visit, StatusCode::OK, made, Entry::default(), Entry::default()).await
        }
        Err(Error::BadRequest { message, .. }) => {
            let entry = Entry::of(&visit.form, message);
            show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, None, Entry::default(), entry).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "admin_revoke.html")]
struct RevokeTemplate<'a> {
    look: Look,
    title: String,
    about: &'a str,
    action: String,
}

pub(crate) async fn ask_revoke_client(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let clients = state.service().list_oauth_clients(&caller, None).await?;
    let client = clients.into_iter().find(|client| client.id.to_string() == id).ok_or(Error::NotFound)?;
    let look = Look::administration(&state, &visit, "clients");
    let (title, about) = (look.with("admin.revoke.title", "name", &client.name), look.t("admin.revoke.client"));
    Ok(page(StatusCode::OK, &RevokeTemplate { look, title, about, action: format!("{PLACE}/{id}/revoke") }, None))
}

pub(crate) async fn revoke_client(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    state.service().delete_oauth_client(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    Ok(back(&visit, PLACE, "revoked"))
}

pub(crate) async fn ask_revoke_token(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let tokens = state.service().list_personal_access_tokens(&caller, None, None).await?;
    let owned = tokens.into_iter().find(|owned| owned.token.id.to_string() == id).ok_or(Error::NotFound)?;
    let look = Look::administration(&state, &visit, "clients");
    let name = format!("{} ({})", owned.token.name, owned.owner_name);
    let (title, about) = (look.with("admin.revoke.title", "name", &name), look.t("admin.revoke.token"));
    Ok(page(StatusCode::OK, &RevokeTemplate { look, title, about, action: format!("/admin/tokens/{id}/revoke") }, None))
}

pub(crate) async fn revoke_token(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    state.service().delete_personal_access_token(&visit.signed_in()?.caller(&visit.trace), &id).await?;
    Ok(back(&visit, PLACE, "revoked"))
}
