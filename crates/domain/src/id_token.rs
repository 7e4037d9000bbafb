//! What Duo has to say about a person before it is believed: the claims of its `id_token` (OpenID Connect Core 1.0 section
//! 3.1.3.7, and Duo's own). The signature is checked before, by whoever has the key.

use std::time::Duration;

use serde_json::Value;

use crate::timestamp::Timestamp;

/// How far Duo's clock may be from ours.
const LEEWAY: Duration = Duration::from_secs(60);
/// What was said longer ago is not for this question.
const LONGEST_AGE: Duration = Duration::from_secs(300);

/// Why Duo let somebody pass who showed something that is theirs. It gives other reasons too (`bypass_user`, `remembered_device`,
/// `trusted_network`, `allow_unenrolled_user`, …): then nobody was asked for anything, which is no proof of who is there.
const SHOWN: [&str; 3] = ["user_approved", "valid_passcode", "verification_code_correct"];

/// What the question was.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The token endpoint.
    pub issuer: &'a str,
    /// Our client id.
    pub audience: &'a str,
    pub nonce: &'a str,
    /// The name at Duo that was asked about.
    pub user_name: &'a str,
    pub now: Timestamp,
}

/// Why the claims are not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    #[error("it has another issuer")]
    Issuer,
    #[error("it is for another client")]
    Audience,
    #[error("its time is over")]
    Expired,
    #[error("it was made at another time")]
    IssuedAt,
    #[error("it answers another question")]
    Nonce,
    #[error("it is about another person")]
    UserName,
    #[error("it does not say that the person may pass")]
    Denied,
    #[error("the person passed without showing anything")]
    NothingShown,
}

/// Whether the claims answer the question with yes.
///
/// # Errors
/// The first [`IdTokenFault`].
pub fn check(claims: &Value, expected: Expected<'_>) -> Result<(), IdTokenFault> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let seconds = |name: &str| claims.get(name).and_then(whole_seconds);
    let said = |of: &str, name: &str| claims.get(of).and_then(|of| of.get(name)).and_then(Value::as_str);
    let now = expected.now;
    let is_recent = |at: Timestamp| now - LONGEST_AGE - LEEWAY <= at && at <= now + LEEWAY;
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(several)) => several.len() == 1 && several.iter().all(|one| one == expected.audience),
        Some(one) => one == expected.audience,
        None => false,
    };
    let checks = [
        (text("iss") == Some(expected.issuer), IdTokenFault::Issuer),
        (is_for_us, IdTokenFault::Audience),
        (seconds("exp").is_some_and(|end| now < end + LEEWAY), IdTokenFault::Expired),
        (seconds("iat").is_some_and(is_recent), IdTokenFault::IssuedAt),
        (!expected.nonce.is_empty() && text("nonce") == Some(expected.nonce), IdTokenFault::Nonce),
        (
            !expected.user_name.is_empty() && text("preferred_username") == Some(expected.user_name),
            IdTokenFault::UserName,
        ),
        (said("auth_result", "result") == Some("allow"), IdTokenFault::Denied),
        (said("auth_context", "reason").is_some_and(|reason| SHOWN.contains(&reason)), IdTokenFault::NothingShown),
    ];
    checks.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, fault)| Err(fault))
}

/// A number of JSON, with or without a fraction, as RFC 7519 allows.
fn whole_seconds(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_i64().or_else(|| {
        let given = value.as_f64().filter(|given| (0.0..1e11).contains(given))?;
        Some(given as i64)
    })?;
    Some(Timestamp::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn claims() -> Value {
        json!({
            "iss": "https://duo.test/oauth/v1/token", "aud": "DIX", "sub": "abby", "exp": NOW + 300, "iat": NOW,
            "nonce": "n", "preferred_username": "abby", "auth_time": NOW,
            "auth_result": {"result": "allow", "status": "allow", "status_msg": "Login Successful"},
            "auth_context": {"reason": "user_approved", "factor": "duo_push"},
        })
    }

    fn said(claims: &Value) -> Result<(), IdTokenFault> {
        let now = Timestamp::from_seconds(NOW);
        let issuer = "https://duo.test/oauth/v1/token";
        check(claims, Expected { issuer, audience: "DIX", nonce: "n", user_name: "abby", now })
    }

    #[test]
    fn every_claim_counts() {
        assert_eq!(said(&claims()), Ok(()));
        use IdTokenFault::{Audience, Denied, Expired, IssuedAt, Issuer, Nonce, NothingShown, UserName};
        let rows = [
            ("/iss", json!("https://other.test/oauth/v1/token"), Issuer),
            ("/aud", json!("DIY"), Audience),
            ("/aud", json!(["DIX", "DIY"]), Audience),
            ("/aud", json!([]), Audience),
            ("/exp", json!(NOW - 60), Expired),
            ("/exp", json!("never"), Expired),
            ("/exp", json!(-1.5), Expired),
            ("/iat", json!(NOW + 61), IssuedAt),
            ("/iat", json!(NOW - 361), IssuedAt),
            ("/nonce", json!("m"), Nonce),
            ("/nonce", json!(["n"]), Nonce),
            ("/preferred_username", json!("Abby"), UserName),
            ("/preferred_username", json!("mallory"), UserName),
            ("/auth_result/result", json!("deny"), Denied),
            ("/auth_result/result", json!(true), Denied),
            ("/auth_context/reason", json!("bypass_user"), NothingShown),
            ("/auth_context/reason", json!("remembered_device"), NothingShown),
            ("/auth_context/reason", json!("trusted_network"), NothingShown),
            ("/auth_context/reason", json!("allow_unenrolled_user"), NothingShown),
        ];
        for (path, value, fault) in rows {
            let mut wrong = claims();
            *wrong.pointer_mut(path).unwrap() = value.clone();
            assert_eq!(said(&wrong), Err(fault), "{path} {value}");
        }
        for (name, fault) in [
            ("iss", Issuer),
            ("aud", Audience),
            ("exp", Expired),
            ("iat", IssuedAt),
            ("nonce", Nonce),
            ("preferred_username", UserName),
            ("auth_result", Denied),
            ("auth_context", NothingShown),
        ] {
            let mut without = claims();
            without.as_object_mut().unwrap().remove(name);
            assert_eq!(said(&without), Err(fault), "{name}");
        }
        assert!(said(&json!([])).is_err() && said(&Value::Null).is_err());
    }

    #[test]
    fn clocks_may_differ_a_little() {
        for (path, value) in [
            ("/exp", json!(NOW - 59)),
            ("/exp", json!(NOW as f64 + 0.5)),
            ("/iat", json!(NOW + 60)),
            ("/iat", json!(NOW - 360)),
            ("/aud", json!(["DIX"])),
        ] {
            let mut good = claims();
            *good.pointer_mut(path).unwrap() = value;
            assert_eq!(said(&good), Ok(()), "{path}");
        }
    }
}
