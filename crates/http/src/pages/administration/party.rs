//! Whom a search found, and links to other pages of the same search.

use passwright_app::administration::Who;

use super::super::look::Look;

/// People of whom one is to be chosen: their user name and their name.
pub(super) struct Choice {
    pub(super) alias: String,
    pub(super) name: String,
}

/// What is to be said of the person that was looked for.
pub(super) fn choices(look: &Look, who: &Who) -> (Option<&'static str>, Vec<Choice>) {
    match who {
        Who::Anyone | Who::One(_) => (None, Vec::new()),
        Who::Nobody => (Some(look.t("admin.who.nobody")), Vec::new()),
        Who::Several(people) => {
            let choices = people.iter().map(|person| Choice { alias: person.alias.clone(), name: person.name.clone() });
            (Some(look.t("admin.who.several")), choices.collect())
        }
    }
}

/// A query string, with a question mark where there is one; empty values are left out.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut any = false;
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
        any = true;
    }
    if any { format!("?{}", query.finish()) } else { String::new() }
}
