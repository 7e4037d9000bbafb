//! Answers of a SCIM service as faults: a table, not code.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use crate::fault_table::Listed;
use crate::{Fault, FaultClass};

use FaultClass::{Configuration, Permanent, Refused, Transient};

const PROTOCOL: &str = "SCIM";

const NOT_THERE: &str = "the account does not exist at the source";
const AWAY: &str = "the source is not available";
const ELSEWHERE: &str = "the source refers to another address";
const MEANWHILE: &str = "the account was changed at the same moment";
const NO_ATTRIBUTE: &str = "the source does not know an attribute of the account";
const NOT_UNDERSTOOD: &str = "the source did not understand what was asked of it";
const NO_WAY: &str = "the source does not know this way to set a password";
const OTHER_VERSION: &str = "the source speaks another version of its protocol";
const OTHER_SERVICE: &str = "something else answers at the address of the source";

/// Status, `scimType` (RFC 7644 section 3.12; empty: none, or one that no row names), class, sentence for a person.
const TABLE: [(u16, &str, FaultClass, &str); 33] = [
    (301, "", Configuration, ELSEWHERE),
    (302, "", Configuration, ELSEWHERE),
    (303, "", Configuration, ELSEWHERE),
    (307, "", Configuration, ELSEWHERE),
    (308, "", Configuration, ELSEWHERE),
    (400, "invalidFilter", Configuration, "the source cannot search for accounts in this way"),
    (400, "invalidPath", Configuration, NO_ATTRIBUTE),
    (400, "invalidSyntax", Configuration, NOT_UNDERSTOOD),
    (400, "invalidValue", Refused, "the source refused this password by its own policy"),
    (400, "invalidVers", Configuration, OTHER_VERSION),
    (400, "mutability", Permanent, "the source does not let the password of this account be changed"),
    (400, "noTarget", Configuration, NO_ATTRIBUTE),
    (400, "sensitive", Configuration, "the source does not take this in an address"),
    (400, "tooMany", Configuration, "the source found too many entries"),
    (400, "", Configuration, NOT_UNDERSTOOD),
    (401, "", Configuration, "the source refused the service account"),
    (403, "", Permanent, "the service account has no right to change this account"),
    (404, "", Permanent, NOT_THERE),
    (405, "", Configuration, NO_WAY),
    (406, "", Configuration, OTHER_VERSION),
    (408, "", Transient, "the source did not answer in time"),
    (409, "uniqueness", Permanent, "another account holds a value that only one may hold"),
    (409, "", Transient, MEANWHILE),
    (410, "", Permanent, NOT_THERE),
    (412, "", Transient, MEANWHILE),
    (413, "", Refused, "this password is too long for the source"),
    (415, "", Configuration, OTHER_VERSION),
    (429, "", Transient, "the source asks to be called less often"),
    (500, "", Transient, "the source had an internal fault"),
    (501, "", Configuration, NO_WAY),
    (502, "", Transient, AWAY),
    (503, "", Transient, AWAY),
    (504, "", Transient, AWAY),
];

/// The error message (RFC 7644 section 3.12).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(default)]
    schemas: Vec<String>,
    #[serde(default)]
    scim_type: Option<String>,
    #[serde(default)]
    detail: Option<String>,
}

/// The fault of an answer that does not say "done". A refusal is certain: nothing was written. What stands in the way, or
/// fails inside, may have written. The service's own text is kept where it cannot hold a password (`show`).
pub(super) fn of_answer(status: StatusCode, body: &[u8], show: bool) -> Fault {
    let message: Option<Message> = serde_json::from_slice(body).ok();
    let code = status.as_u16();
    // A web server that knows nothing of accounts says 404 too.
    let is_scim = message.as_ref().is_some_and(|message| message.schemas.iter().any(|uri| uri.ends_with(":Error")));
    if code == 404 && !is_scim {
        return not_scim("status 404 without an error message of the protocol");
    }
    let message = message.unwrap_or_default();
    let given = message.scim_type.unwrap_or_default();
    let row = |kind: &str| TABLE.iter().find(|row| row.0 == code && row.1 == kind);
    // A code that the table does not know is retried: a final answer needs a reason.
    let (class, sentence) = row(&given)
        .or_else(|| row(""))
        .map_or((Transient, "the source gave an answer that is not known"), |row| (row.2, row.3));
    let mut detail = format!("status {code}");
    let mut add = |text: &str, most: usize| {
        let text: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
        if !text.is_empty() {
            detail.push(' ');
            detail.push_str(&text);
        }
    };
    if show || row(&given).is_some() {
        add(&given, 40);
    }
    if show {
        add(&message.detail.unwrap_or_default(), 300);
    }
    let fault = Fault::new(class, sentence, detail);
    match code {
        401 => fault.stopping_source(),
        200..=299 | 408 | 500 | 502..=599 => fault.after_sending(),
        _ => fault,
    }
}

/// Whether nothing stands where it was asked for, or nothing that one may see.
pub(super) fn is_absent(fault: &Fault) -> bool {
    ["status 403", "status 404", "status 410", "status 501"].iter().any(|status| fault.detail.starts_with(status))
}

/// What answers is no SCIM service, or a part of one that is wrong.
pub(super) fn not_scim(detail: &str) -> Fault {
    Fault::new(Configuration, OTHER_SERVICE, detail)
}

pub(super) fn too_large(most: usize) -> Fault {
    Fault::new(Configuration, "the answer of the source is too large", format!("more than {most} bytes"))
}

pub(super) fn too_many(given: usize) -> Fault {
    Fault::new(Configuration, "the answer of the source is too large", format!("{given} accounts in one page"))
}

pub(super) fn resting(left: Duration) -> Fault {
    let detail = format!("not asked: it named a time {} s from now", left.as_secs() + 1);
    Fault::new(Transient, "the source asks to be called less often", detail)
}

pub(super) fn changed_meanwhile(detail: &str) -> Fault {
    Fault::new(Transient, MEANWHILE, detail)
}

pub(super) fn not_there(detail: &str) -> Fault {
    Fault::new(Permanent, NOT_THERE, detail)
}

pub(super) fn no_name() -> Fault {
    Fault::new(Permanent, "the native identity of the account is not a valid name", "it cannot stand in an address")
}

pub(super) fn several() -> Fault {
    Fault::new(Permanent, "more than one account at the source has this name", "the search found several accounts")
}

pub(super) fn other_account(detail: &str) -> Fault {
    Fault::new(Configuration, "the source does not search for the account that was asked for", detail)
}

/// Each row as an answer is judged by it, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let judged = |code: u16, kind: &str| {
        let body = format!(r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"scimType":"{kind}"}}"#);
        of_answer(StatusCode::from_u16(code).unwrap_or_default(), body.as_bytes(), false)
    };
    let known = TABLE
        .iter()
        .map(|(code, kind, ..)| Listed::new(PROTOCOL, format!("{code} {kind}").trim_end(), judged(*code, kind)));
    let others = [
        Listed::new(PROTOCOL, "any other status", judged(418, "")),
        Listed::new(
            PROTOCOL,
            "404 of a server that does not speak the protocol",
            of_answer(StatusCode::NOT_FOUND, b"", false),
        ),
        Listed::new(PROTOCOL, "an answer that is not JSON, or of another kind", not_scim("")),
        Listed::new(PROTOCOL, "an answer larger than 1 MiB, a page of accounts larger than 8 MiB", too_large(0)),
        Listed::new(PROTOCOL, "a call before the time in `Retry-After` (10 minutes at most)", resting(Duration::ZERO)),
        Listed::new(PROTOCOL, "a version or change time that is not the one seen before", changed_meanwhile("")),
        Listed::new(PROTOCOL, "a search without result", not_there("")),
        Listed::new(PROTOCOL, "a search with several results", several()),
        Listed::new(PROTOCOL, "a search that gives another account", other_account("")),
        Listed::new(PROTOCOL, "a native identity that is empty or cannot stand in an address", no_name()),
    ];
    known.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Written;

    #[test]
    fn codes_are_sorted_and_each_is_judged_as_its_row_says() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 <= pair[1].0), "in order");
        for ((code, kind, class, sentence), row) in TABLE.iter().zip(listed()) {
            assert_eq!((row.class, row.reason.as_str()), (*class, *sentence), "{code} {kind}");
            assert_eq!(row.stops_source, *code == 401, "{code}");
        }
    }

    #[test]
    fn an_unknown_kind_falls_back_to_its_status_and_texts_are_kept_out_of_writes() {
        let body = br#"{"schemas":["x:Error"],"scimType":"Secret-Pw-1","detail":"the value\r\nSecret-Pw-1 is bad"}"#;
        let write = of_answer(StatusCode::BAD_REQUEST, body, false);
        assert_eq!((write.class, write.written), (Configuration, Written::No));
        assert!(!write.to_string().contains("Secret"), "{write}");
        let read = of_answer(StatusCode::BAD_REQUEST, body, true);
        assert!(read.detail.contains("the valueSecret-Pw-1 is bad"), "{read}");
    }

    #[test]
    fn only_a_refusal_is_certain() {
        for code in [202, 408, 500, 502, 503, 504] {
            assert_eq!(of_answer(StatusCode::from_u16(code).unwrap(), b"", false).written, Written::Unknown, "{code}");
        }
        for code in [301, 400, 401, 403, 404, 409, 412, 413, 429, 501] {
            assert_eq!(of_answer(StatusCode::from_u16(code).unwrap(), b"", false).written, Written::No, "{code}");
        }
    }
}
