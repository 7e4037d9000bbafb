use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Timestamp;
use passwright_app::accounts::ShownAccount;
use passwright_app::help_desk::{Agreement, KeptDigitToken, Person, Protection};

use super::super::answer::page;
use super::super::language::Language;
use super::super::look::{Look, Place};
use super::super::password_manager::overall;
use super::super::visit::Visit;
use super::super::words::{self, StateWords};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "person.html")]
pub(super) struct PersonTemplate<'a> {
    pub(super) look: Look,
    pub(super) title: &'a str,
    pub(super) person: Person,
    pub(super) accounts: Vec<AccountLine>,
    /// The accounts that another password can be asked for, and what is to be said of the others.
    pub(super) expirable: Vec<AccountChoice>,
    pub(super) not_expirable: Option<String>,
    pub(super) history: Vec<HistoryLine>,
    /// Why nothing can be done for the person.
    pub(super) protected: Option<&'static str>,
    pub(super) fault: Option<Told>,
    /// What was done just now.
    pub(super) done: Option<&'static str>,
    /// The account that the refused form was about.
    pub(super) account: &'a str,
    pub(super) reason: &'a str,
    /// The token that the operator has to read out.
    pub(super) token: Option<TokenLines>,
    /// A token that is live, made before.
    pub(super) live: Option<KeptDigitToken>,
}

/// What went wrong.
pub(super) struct Told {
    pub(super) words: String,
    /// Why, as a system says it, in English.
    pub(super) because: Option<String>,
}

impl Told {
    pub(super) fn incomplete(language: &Language) -> Self {
        Self { words: language.text("token.incomplete").to_owned(), because: None }
    }
}

pub(super) struct AccountLine {
    pub(super) id: String,
    /// It is locked, and its source is of a kind that may unlock it.
    pub(super) can_be_unlocked: bool,
    pub(super) source: String,
    pub(super) name: String,
    pub(super) state: StateWords,
}

/// An account to choose.
pub(super) struct AccountChoice {
    pub(super) id: String,
    pub(super) name: String,
}

/// What happened once.
pub(super) struct HistoryLine {
    pub(super) at: Timestamp,
    pub(super) what: String,
    pub(super) state: StateWords,
}

/// A token as it is read out.
pub(super) struct TokenLines {
    pub(super) id: String,
    /// In groups of three.
    pub(super) groups: Vec<String>,
    pub(super) expires_at: Timestamp,
    pub(super) seconds: u64,
}

pub(crate) async fn get_person(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let person = state.service().get_person(visit.signed_in()?, &id, &visit.trace).await?;
    Ok(show(&state, &visit, StatusCode::OK, person, None, None))
}

pub(super) fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    person: Person,
    token: Option<TokenLines>,
    fault: Option<Told>,
) -> Response {
    let language = visit.language;
    let look = Look::new(state, visit, Place::HelpDesk, "");
    let title = person.identity.name.clone();
    let protected = person.protected.map(|why| match why {
        Protection::Own => language.text("person.own"),
        Protection::Level => language.text("person.protected"),
        Protection::Disabled => language.text("person.disabled"),
    });
    let live = |kept: &&KeptDigitToken| kept.closed_at.is_none() && kept.expires_at > person.now;
    let live = person.tokens.iter().find(live).filter(|_| token.is_none()).cloned();
    let template = PersonTemplate {
        title: &title,
        accounts: accounts(language, &person),
        expirable: expirable(&person),
        not_expirable: not_expirable(language, &person),
        history: history(language, &person),
        reason: visit.form.text("reason"),
        account: visit.form.text("account"),
        done: match visit.query.text("done") {
            "unlocked" => Some(language.text("unlock.done")),
            "expired" => Some(language.text("expire.done")),
            "mailed" => Some(language.text("mail.done")),
            "agreed" => Some(language.text("second.done")),
            _ => None,
        },
        look,
        person,
        protected,
        fault,
        token,
        live,
    };
    page(status, &template, None)
}

fn accounts(language: &Language, person: &Person) -> Vec<AccountLine> {
    let line = |shown: &ShownAccount| {
        let (key, icon, tone) = match (shown.account.disabled, shown.account.locked) {
            (true, _) => ("account.disabled", "cross", "bad"),
            (false, true) => ("account.locked", "lock", "wait"),
            (false, false) => ("account.usable", "check", "good"),
        };
        AccountLine {
            id: shown.account.id.to_string(),
            can_be_unlocked: shown.account.locked && !shown.built_in,
            source: shown.account.source_name.clone(),
            name: shown.account.name.clone(),
            state: StateWords { word: language.text(key), icon, tone },
        }
    };
    person.accounts.iter().map(line).collect()
}

fn expirable(person: &Person) -> Vec<AccountChoice> {
    let choice = |shown: &ShownAccount| AccountChoice {
        id: shown.account.id.to_string(),
        name: format!("{}: {}", shown.account.source_name, shown.account.name),
    };
    person.accounts.iter().filter(|shown| shown.can_expire).map(choice).collect()
}

/// Says of which systems nothing of the kind can be asked.
fn not_expirable(language: &Language, person: &Person) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for shown in person.accounts.iter().filter(|shown| !shown.can_expire && !shown.built_in) {
        if !names.contains(&shown.account.source_name) {
            names.push(shown.account.source_name.clone());
        }
    }
    let listed = language.listed(&names);
    (!names.is_empty()).then(|| language.counted("expire.cannot", names.len(), &[("names", &listed)]))
}

/// Changes and tokens together, newest first.
fn history(language: &Language, person: &Person) -> Vec<HistoryLine> {
    let changes = person.changes.iter().map(|change| {
        let mut names: Vec<String> = Vec::new();
        for target in &change.targets {
            if !names.contains(&target.source_name) {
                names.push(target.source_name.clone());
            }
        }
        HistoryLine {
            at: change.accepted_at,
            what: language.with("history.change", &[("names", &language.listed(&names))]),
            state: overall(language, change),
        }
    });
    let tokens = person.tokens.iter().map(|kept| {
        let (key, icon, tone) = match kept.closed_at {
            None if kept.expires_at > person.now => ("token.live", "busy", "busy"),
            None => ("token.expired", "skip", "wait"),
            Some(_) => ("token.closed", "check", "good"),
        };
        let state = StateWords { word: language.text(key), icon, tone };
        HistoryLine { at: kept.created_at, what: language.text("history.token").to_owned(), state }
    });
    let mut lines: Vec<HistoryLine> = changes.chain(tokens).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    lines
}

impl PersonTemplate<'_> {
    /// Whether anything may be done now.
    fn may_act(&self) -> bool {
        let agreed = matches!(self.person.agreement, Agreement::Unneeded | Agreement::Given { .. });
        agreed && self.protected.is_none()
    }

    fn may_ask(&self) -> bool {
        self.protected.is_none() && matches!(self.person.agreement, Agreement::Missing)
    }

    /// What is to be said of the second operator, and until when.
    fn agreement_words(&self) -> Option<(String, Timestamp)> {
        let language = self.look.language();
        match &self.person.agreement {
            Agreement::Unneeded | Agreement::Missing => None,
            Agreement::Asked { until } => Some((language.text("second.asked").to_owned(), *until)),
            Agreement::Given { by, until } => Some((language.with("second.given", &[("name", by)]), *until)),
        }
    }

    fn status_words(&self) -> StateWords {
        words::identity(self.look.language(), &self.person.identity)
    }
}
