//! The audit: who did what when, and with which outcome; to be looked at, or taken away as a file.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use passwright_app::administration::{AuditQuery, KeptRecord, Outcome, ShownRecord};
use passwright_app::languages::parse_day;
use passwright_app::passwords::rfc3339;
use passwright_app::{Error, Timestamp};

use super::super::answer::{page, redirect_to};
use super::super::form::Form;
use super::super::look::Look;
use super::super::visit::Visit;
use super::super::words::StateWords;
use super::party::{Choice, choices, query};
use crate::error::Failure;
use crate::state::AppState;

const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

#[derive(Template)]
#[template(path = "admin_audit.html")]
struct AuditTemplate<'a> {
    look: Look,
    title: &'a str,
    asked: Asked,
    outcomes: Vec<(&'static str, &'static str)>,
    about_person: Option<&'a str>,
    choices: Vec<Choice>,
    records: Vec<Line>,
    first: Option<String>,
    older: Option<String>,
}

/// The search as its form holds it.
struct Asked {
    who: String,
    event: String,
    outcome: String,
    from: String,
    until: String,
}

/// A record in words.
struct Line {
    at: Timestamp,
    event: String,
    state: StateWords,
    actor: String,
    object: String,
    address: String,
    detail: String,
    tracking_id: String,
}

const OUTCOMES: [(&str, &str, Option<Outcome>); 4] = [
    ("", "admin.audit.any", None),
    ("passed", "admin.audit.passed", Some(Outcome::Passed)),
    ("failed", "admin.audit.failed", Some(Outcome::Failed)),
    ("refused", "admin.audit.refused", Some(Outcome::Refused)),
];

impl Asked {
    fn of(form: &Form) -> Self {
        let text = |name: &str| form.text(name).trim().to_owned();
        let (who, event, outcome) = (text("who"), text("event"), text("outcome"));
        Self { who, event, outcome, from: text("from"), until: text("until") }
    }

    /// Days are of UTC; the last one is in it as a whole.
    fn query(&self, after: &str) -> AuditQuery {
        AuditQuery {
            who: self.who.clone(),
            event: self.event.clone(),
            outcome: OUTCOMES.iter().find(|(name, ..)| *name == self.outcome).and_then(|(.., outcome)| *outcome),
            from: parse_day(&self.from),
            until: parse_day(&self.until).map(|day| day + DAY),
            after: (!after.is_empty()).then(|| after.to_owned()),
        }
    }

    fn link(&self, who: &str, after: &str) -> String {
        query(&[
            ("who", who),
            ("event", &self.event),
            ("outcome", &self.outcome),
            ("from", &self.from),
            ("until", &self.until),
            ("after", after),
        ])
    }
}

pub(crate) async fn search_audit(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let (asked, after) = (Asked::of(&visit.query), visit.query.text("after"));
    let found = state.service().search_audit(&caller, &asked.query(after)).await?;
    let look = Look::administration(&state, &visit, "audit");
    let language = visit.language;
    let (about_person, choices) = choices(&look, &found.who);
    let line = |shown: &ShownRecord| Line {
        at: Timestamp(shown.record.at),
        event: shown.record.event.clone(),
        state: outcome(language, &shown.record.outcome),
        actor: shown.actor_name.clone().unwrap_or_else(|| shown.record.actor.clone()),
        object: shown.object_name.clone().unwrap_or_else(|| shown.record.object.clone()),
        address: shown.record.address.clone().unwrap_or_default(),
        detail: shown.record.detail.clone(),
        tracking_id: shown.record.tracking_id.clone(),
    };
    let template = AuditTemplate {
        title: look.t("admin.audit"),
        outcomes: OUTCOMES.iter().map(|(name, key, _)| (*name, language.text(key))).collect(),
        about_person,
        choices,
        records: found.records.iter().map(line).collect(),
        first: (!after.is_empty()).then(|| asked.link(&asked.who, "")),
        older: found.next.map(|next| asked.link(&asked.who, &next)),
        asked,
        look,
    };
    Ok(page(StatusCode::OK, &template, None))
}

fn outcome(language: &super::super::language::Language, name: &str) -> StateWords {
    let (key, icon, tone) = match name {
        "passed" => ("admin.audit.passed", "check", "good"),
        "failed" => ("admin.audit.failed", "cross", "bad"),
        _ => ("admin.audit.refused", "lock", "wait"),
    };
    StateWords { word: language.text(key), icon, tone }
}

/// Sends every record that the search finds, as they are read: an export needs no memory, however long it is.
pub(crate) async fn export_audit(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let asked = Asked::of(&visit.form);
    let export = match state.service().export_audit(&caller, &asked.query("")).await {
        // The page tells why there is nothing.
        Err(Error::NotFound) => {
            return Ok(redirect_to(&visit, &format!("/admin/audit{}", asked.link(&asked.who, ""))));
        }
        begun => begun?,
    };
    let as_csv = visit.form.text("format") != "jsonl";
    let head = if as_csv { CSV_HEAD } else { "" };
    let begin = (state, export, Some(Bytes::from_static(head.as_bytes())));
    let body = stream::unfold(begin, move |(state, mut export, head)| async move {
        if let Some(head) = head {
            return Some((Ok(head), (state, export, None)));
        }
        match state.service().read_export(&mut export).await {
            Ok(records) if records.is_empty() => None,
            Ok(records) => {
                let text: String =
                    records.iter().map(|record| if as_csv { csv(record) } else { json(record) }).collect();
                Some((Ok(Bytes::from(text)), (state, export, None)))
            }
            // The connection breaks off, so that nobody takes a part for the whole.
            Err(error) => Some((Err(std::io::Error::other(error.to_string())), (state, export, None))),
        }
    });
    let (kind, name) = if as_csv {
        ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\"")
    } else {
        ("application/jsonl", "attachment; filename=\"audit.jsonl\"")
    };
    let headers =
        [(CONTENT_TYPE, HeaderValue::from_static(kind)), (CONTENT_DISPOSITION, HeaderValue::from_static(name))];
    Ok((headers, Body::from_stream(body)).into_response())
}

const CSV_HEAD: &str = "id,at,actor,event,object,outcome,tracking_id,address,detail\r\n";

fn values(record: &KeptRecord) -> [(&'static str, String); 9] {
    [
        ("id", record.id.clone()),
        ("at", rfc3339(Timestamp(record.at))),
        ("actor", record.actor.clone()),
        ("event", record.event.clone()),
        ("object", record.object.clone()),
        ("outcome", record.outcome.clone()),
        ("tracking_id", record.tracking_id.clone()),
        ("address", record.address.clone().unwrap_or_default()),
        ("detail", record.detail.clone()),
    ]
}

/// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front of it.
fn csv(record: &KeptRecord) -> String {
    let cells = values(record).map(|(_, text)| {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
    });
    format!("{}\r\n", cells.join(","))
}

fn json(record: &KeptRecord) -> String {
    let object: serde_json::Map<String, serde_json::Value> =
        values(record).into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    format!("{}\n", serde_json::Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_whatever_they_hold() {
        let record = KeptRecord {
            id: "1".to_owned(),
            at: 0,
            actor: "=1+1".to_owned(),
            event: "E".to_owned(),
            object: "a,b".to_owned(),
            outcome: "passed".to_owned(),
            tracking_id: String::new(),
            address: None,
            detail: "says \"x\"\nand more".to_owned(),
        };
        let wanted = "\"1\",\"1970-01-01T00:00:00Z\",\"'=1+1\",\"E\",\"a,b\",\"passed\",\"\",\"\",\"says \"\"x\"\"\nand more\"\r\n";
        assert_eq!(csv(&record), wanted);
        let read: serde_json::Value = serde_json::from_str(&json(&record)).unwrap();
        assert_eq!(read["actor"], "=1+1");
        assert_eq!(json(&record).matches('\n').count(), 1, "a record is a line");
    }
}
