//! The cookies of the pages (RFC 6265bis): over https each is bound to this host by its name.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use passwright_app::oauth::SecretText;

/// A session.
pub(super) const SESSION: &str = "passwright-session";
/// A form that was sent before there is a session.
pub(super) const SIGN_IN: &str = "passwright-sign-in";
/// A right password that a factor has to follow.
pub(super) const HALF: &str = "passwright-factor";
/// A browser whose person cannot sign in.
pub(super) const RECOVERY: &str = "passwright-recovery";
/// The language that was chosen.
pub(super) const LANGUAGE: &str = "passwright-language";

fn name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of a cookie; `None` when there is none, or more than one.
pub(super) fn read(headers: &HeaderMap, wanted: &str, secure: bool) -> Option<SecretText> {
    let wanted = name(wanted, secure);
    let mut found = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, value)| *key == wanted && !value.is_empty())
        .map(|(_, value)| SecretText::new(value.to_owned()));
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// A cookie to be set. `seconds`: how long the browser keeps it; `None`: as long as it runs; 0 removes it.
pub(super) fn set(
    cookie: &str,
    value: &str,
    secure: bool,
    same_site: &str,
    seconds: Option<u32>,
) -> Option<HeaderValue> {
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure_flag = if secure { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/{age}; HttpOnly; SameSite={same_site}{secure_flag}", name(cookie, secure));
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_of_a_name_counts() {
        let check = |cookies: &'static str, secure: bool, wanted: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_static(cookies));
            let found = read(&headers, SESSION, secure);
            assert_eq!(found.as_ref().map(SecretText::expose), wanted, "{cookies}");
        };
        check("a=b; passwright-session=x", false, Some("x"));
        check("passwright-session=x; passwright-session=y", false, None);
        check("passwright-session=", false, None);
        check("__Host-passwright-session=x", false, None);
        check("passwright-session=y; __Host-passwright-session=x", true, Some("x"));
    }

    #[test]
    fn over_https_a_cookie_is_bound_to_the_host() {
        let text = |secure| set(SESSION, "x", secure, "Lax", None).unwrap().to_str().unwrap().to_owned();
        assert_eq!(text(true), "__Host-passwright-session=x; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(text(false), "passwright-session=x; Path=/; HttpOnly; SameSite=Lax");
    }
}
