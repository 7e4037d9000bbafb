//! What differs between two operations, seen from a client that was written against the other one: what it sends must be
//! taken here, what is answered here must be readable there.

use std::collections::BTreeSet;

use super::facts::{Fact, Facts};

/// One difference. `what` is a fixed word of [`kinds`](self), `detail` tells the rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Difference {
    pub(super) family: String,
    pub(super) operation: String,
    pub(super) place: String,
    pub(super) what: &'static str,
    pub(super) detail: String,
}

/// There in our document alone.
pub(super) const ONLY_HERE: &str = "only here";
/// There in the vendor's document alone.
pub(super) const ONLY_THERE: &str = "only there";
const TYPE: &str = "type";
const VALUES: &str = "values";
/// A request needs it here and not there.
const REQUIRED: &str = "required";
/// An answer may lack what it always has there.
const OPTIONAL: &str = "optional";
/// An answer may hold null where it may not there.
const NULL: &str = "null";
/// The same in a field that is always there: a client that reads strictly stops at it.
const NULL_REQUIRED: &str = "null in a required field";

/// Every word that `what` may be.
pub(super) const KINDS: [&str; 8] = [ONLY_HERE, ONLY_THERE, TYPE, VALUES, REQUIRED, OPTIONAL, NULL, NULL_REQUIRED];

/// The differences, and how many places agree.
pub(super) fn compare(family: &str, operation: &str, ours: &Facts, theirs: &Facts) -> (Vec<Difference>, usize) {
    let mut found: Vec<Difference> = Vec::new();
    let mut agree = 0;
    let places: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for place in places {
        // What lies within a one-sided place is one-sided too, and says nothing more.
        let told = |difference: &Difference| {
            matches!(difference.what, ONLY_HERE | ONLY_THERE) && is_within(place, &difference.place)
        };
        if found.iter().any(told) {
            continue;
        }
        let differences = match (ours.get(place), theirs.get(place)) {
            (Some(ours), Some(theirs)) if place.starts_with("response ") => answered(ours, theirs),
            (Some(ours), Some(theirs)) => sent(ours, theirs),
            (Some(_), None) => vec![(ONLY_HERE, String::new())],
            _ => vec![(ONLY_THERE, String::new())],
        };
        agree += usize::from(differences.is_empty());
        found.extend(differences.into_iter().map(|(what, detail)| Difference {
            family: family.to_owned(),
            operation: operation.to_owned(),
            place: place.clone(),
            what,
            detail,
        }));
    }
    (found, agree)
}

fn is_within(place: &str, outer: &str) -> bool {
    place.strip_prefix(outer).is_some_and(|rest| rest.starts_with([' ', '.', '[']))
}

fn sent(ours: &Fact, theirs: &Fact) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if !covers(&ours.types, &theirs.types) {
        found.push((TYPE, against(&ours.types, &theirs.types)));
    }
    if !(ours.values.is_empty() || (!theirs.values.is_empty() && theirs.values.is_subset(&ours.values))) {
        found.push((VALUES, against(&ours.values, &theirs.values)));
    }
    if ours.required && !theirs.required {
        found.push((REQUIRED, String::new()));
    }
    found
}

fn answered(ours: &Fact, theirs: &Fact) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if !covers(&theirs.types, &ours.types) {
        found.push((TYPE, against(&ours.types, &theirs.types)));
    }
    if !(theirs.values.is_empty() || (!ours.values.is_empty() && ours.values.is_subset(&theirs.values))) {
        found.push((VALUES, against(&ours.values, &theirs.values)));
    }
    if theirs.required && !ours.required {
        found.push((OPTIONAL, String::new()));
    }
    if ours.nullable && !theirs.nullable {
        found.push((if theirs.required { NULL_REQUIRED } else { NULL }, String::new()));
    }
    found
}

/// Whether every value of the types `inner` is one of `outer`; no types means any value.
fn covers(outer: &BTreeSet<String>, inner: &BTreeSet<String>) -> bool {
    let has = |kind: &String| outer.contains(kind) || (kind == "integer" && outer.contains("number"));
    outer.is_empty() || (!inner.is_empty() && inner.iter().all(has))
}

fn against(ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> String {
    let list = |set: &BTreeSet<String>| {
        if set.is_empty() { "any".to_owned() } else { set.iter().cloned().collect::<Vec<_>>().join(" or ") }
    };
    format!("{} here, {} there", list(ours), list(theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(types: &str, values: &str, required: bool, nullable: bool) -> Fact {
        let set = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        Fact { types: set(types), values: set(values), required, nullable }
    }

    fn check(place: &str, ours: Option<Fact>, theirs: Option<Fact>, expected: &[&str]) {
        let facts = |fact: Option<Fact>| fact.map(|fact| (place.to_owned(), fact)).into_iter().collect();
        let (found, agree) = compare("v3", "GET /x", &facts(ours), &facts(theirs));
        assert_eq!(found.iter().map(|one| one.what).collect::<Vec<_>>(), expected, "{place}");
        assert_eq!(agree, usize::from(expected.is_empty()));
    }

    #[test]
    fn a_request_may_be_taken_more_widely_and_an_answer_more_narrowly() {
        let text = || Some(fact("string", "", false, false));
        let wide = || Some(fact("string integer", "", false, false));
        check("request .a", wide(), text(), &[]);
        check("request .a", text(), wide(), &[TYPE]);
        check("response 200 .a", text(), wide(), &[]);
        check("response 200 .a", wide(), text(), &[TYPE]);
        check("response 200 .a", Some(fact("integer", "", false, false)), Some(fact("number", "", false, false)), &[]);
        check("request .a", Some(fact("string", "A B", false, false)), Some(fact("string", "A", false, false)), &[]);
        check("request .a", Some(fact("string", "A", false, false)), text(), &[VALUES]);
        check(
            "response 200 .a",
            Some(fact("string", "A", false, false)),
            Some(fact("string", "A B", false, false)),
            &[],
        );
        check("response 200 .a", text(), Some(fact("string", "A", false, false)), &[VALUES]);
    }

    #[test]
    fn what_is_required_and_what_is_null() {
        let (free, needed) = (|| Some(fact("string", "", false, false)), || Some(fact("string", "", true, false)));
        check("request .a", needed(), free(), &[REQUIRED]);
        check("request .a", free(), needed(), &[]);
        check("response 200 .a", free(), needed(), &[OPTIONAL]);
        check("response 200 .a", Some(fact("string", "", false, true)), free(), &[NULL]);
        check("response 200 .a", Some(fact("string", "", true, true)), needed(), &[NULL_REQUIRED]);
        check("request .a", free(), Some(fact("string", "", false, true)), &[]);
    }

    #[test]
    fn a_one_sided_place_is_told_once() {
        let facts = |places: &[&str]| places.iter().map(|place| ((*place).to_owned(), Fact::default())).collect();
        let ours = facts(&["response 200", "response 503", "response 503 ", "response 503 .a", "response 503 as x/y"]);
        let (found, agree) = compare("v3", "GET /x", &ours, &facts(&["response 200", "response 200 as x/y"]));
        let places: Vec<_> = found.iter().map(|one| (one.place.as_str(), one.what)).collect();
        assert_eq!(places, [("response 200 as x/y", ONLY_THERE), ("response 503", ONLY_HERE)]);
        assert_eq!(agree, 1);
    }
}
