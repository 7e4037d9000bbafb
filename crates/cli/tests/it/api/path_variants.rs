//! R22 in small: thousands of ways to write a path. What is decided about a request must be what its handler runs on, so
//! each is compared with a reference router of a few lines, and every operation's answer is one that only it gives.

use passwright_client::PathFamily;

use crate::support::fixture::{ALL, Fixture};
use crate::support::raw::RawConnection;
use crate::support::{Answer, VERIFY, protected_paths, shared};

const ID: &str = "089899f13a8f4da7824996191587bab9";
const PUBLIC: [(&str, &str); 8] = [
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/oauth/info"),
    ("GET", "/oauth/jwks.json"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("POST", "/oauth/token"),
];

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    Public,
    Query,
    Set,
    Status,
    Digit,
    Verify,
    /// The path exists; the method does not.
    OtherMethod,
    Nothing,
}

/// The reference: slashes in a row are one, everything else is taken letter by letter.
fn reference(method: &str, target: &str) -> Reached {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix("http://other.example").unwrap_or(path);
    let mut collapsed = String::new();
    for c in path.chars().filter(|_| path.starts_with('/')) {
        if c != '/' || !collapsed.ends_with('/') {
            collapsed.push(c);
        }
    }
    let mut routes: Vec<(&str, String, Reached)> =
        PUBLIC.iter().map(|(method, path)| (*method, (*path).to_owned(), Reached::Public)).collect();
    routes.push(("POST", VERIFY.to_owned(), Reached::Verify));
    for family in PathFamily::ALL {
        routes.push(("POST", family.path("query-password-info", ""), Reached::Query));
        routes.push(("POST", family.path("set-password", ""), Reached::Set));
        if family.has_digit_token() {
            routes.push(("POST", family.path("generate-password-reset-token", "/digit"), Reached::Digit));
        }
        let status = family.path("password-change-status", "/");
        if collapsed.strip_prefix(&status).is_some_and(|id| !id.is_empty() && !id.contains('/')) {
            routes.push(("GET", collapsed.clone(), Reached::Status));
        }
    }
    match routes.iter().find(|(_, path, _)| *path == collapsed) {
        Some((wanted, _, reached)) if *wanted == method || *wanted == "GET" && method == "HEAD" => *reached,
        Some(_) => Reached::OtherMethod,
        None => Reached::Nothing,
    }
}

/// What answered, told from its answer to the body `{}` with a good token.
fn reached(answer: &Answer) -> Reached {
    match answer.status {
        405 => Reached::OtherMethod,
        // An unknown change and an unknown path look alike.
        404 => Reached::Nothing,
        400 if answer.json()["error"].is_string() => Reached::Public,
        400 => match answer.cause().as_str() {
            "userName is required" => Reached::Query,
            "identityId is required" => Reached::Set,
            "\"userId\" is required" => Reached::Digit,
            other => panic!("{other}"),
        },
        200 => Reached::Public,
        _ => panic!("{answer:?}"),
    }
}

/// Ways to write a path that some server or proxy takes for the same.
fn variants(path: &str) -> Vec<String> {
    let mut all = vec![path.to_owned()];
    let slashes: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    let insertions = [
        "/",
        "//",
        "./",
        "../",
        ".",
        ";",
        ";x",
        ";x=1",
        ";/",
        "%2f",
        "%2F",
        "%2e/",
        "%2e%2e/",
        "%252e/",
        "%5c",
        "\\",
        "%00",
        "%20",
        "%09",
        "x/../",
        "v3/../",
        "beta/",
        "%0d%0a",
        "%c0%af",
        "%ef%bc%8f",
        "..;/",
        "*",
        "%3b",
    ];
    for at in &slashes {
        for inserted in insertions {
            all.push(format!("{}{inserted}{}", &path[..=*at], &path[at + 1..]));
            all.push(format!("{}{inserted}{}", &path[..*at], &path[*at..]));
        }
    }
    for ending in [
        "/", "//", ".", "..", "/.", "/..", ";", ";x", "%20", "%00", "%2f", "?", "?x=/../", "#x", ".json", "*", "~",
        "/x", "%3f",
    ] {
        all.push(format!("{path}{ending}"));
    }
    all.push(path.to_uppercase());
    for (at, c) in path.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric() || *c == '-') {
        let (before, after) = (&path[..at], &path[at + 1..]);
        all.push(format!("{before}%{:02x}{after}", c as u32));
        if c.is_ascii_lowercase() {
            all.push(format!("{before}{}{after}", c.to_ascii_uppercase()));
        }
    }
    all.push(path.replacen('/', "\\", 1));
    all.push(path[1..].to_owned());
    all.push(format!("http://other.example{path}"));
    all.push(format!("http://other.example/{path}"));
    all.push(format!("/http://other.example{path}"));
    all.sort();
    all.dedup();
    all
}

#[tokio::test]
async fn no_spelling_gets_past_the_token() {
    let server = shared();
    let mut connection = RawConnection::new(server.address());
    let (mut asked, mut protected) = (0, 0);
    for (method, path) in protected_paths() {
        for target in variants(&path) {
            let answer = connection.ask(method, &target, "content-type: application/json\r\n", "{}").await;
            let wanted = match reference(method, &target) {
                Reached::Nothing => &[404, 400][..],
                Reached::OtherMethod => &[405],
                Reached::Public => panic!("{target} is public"),
                _ => &[401],
            };
            assert!(wanted.contains(&answer.status), "{method} {target}: {answer:?}");
            asked += 1;
            protected += usize::from(answer.status == 401);
        }
    }
    assert!(asked > 3000, "{asked}");
    assert!(protected > 100, "slashes in a row do lead on: {protected}");
}

#[tokio::test]
async fn no_spelling_reaches_another_operation() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let headers = format!("authorization: Bearer {}\r\ncontent-type: application/json\r\n", caller.bearer());
    let mut connection = RawConnection::new(server.address());
    for (method, path) in protected_paths() {
        for target in variants(&path) {
            let wanted = reference(method, &target);
            let answer = connection.ask(method, &target, &headers, "{}").await;
            if answer.status == 400 && wanted == Reached::Nothing && answer.text.is_empty() {
                continue; // Not HTTP at all: no router saw it.
            }
            let found = reached(&answer);
            let same = match wanted {
                Reached::Status => found == Reached::Nothing,
                // Both want a user first.
                Reached::Verify => found == Reached::Digit,
                other => found == other,
            };
            assert!(same, "{method} {target}: {wanted:?} wanted, {found:?} reached: {answer:?}");
        }
    }
}

#[tokio::test]
async fn public_paths_alone_answer_without_a_token() {
    let server = shared();
    let mut connection = RawConnection::new(server.address());
    for (method, path) in PUBLIC {
        for target in variants(path) {
            let answer = connection.ask(method, &target, "", "").await;
            let is_public = reference(method, &target) == Reached::Public;
            let opened = answer.status == 200 || answer.status == 400 && path == "/oauth/token" && is_public;
            assert!(opened == is_public, "{method} {target}: {answer:?}");
            assert!(answer.status < 500, "{method} {target}: {answer:?}");
        }
    }
}

/// Headers and parameters that ask some frameworks for another method or path.
#[tokio::test]
async fn overrides_are_not_obeyed() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client(ALL).await.caller(&server).await;
    let bearer = format!("authorization: Bearer {}\r\ncontent-type: application/json\r\n", caller.bearer());
    let mut connection = RawConnection::new(server.address());
    let set = "/v2025/set-password";
    for header in [
        "x-http-method-override: POST",
        "x-http-method: POST",
        "x-method-override: POST",
        "x-original-method: POST",
        "x-forwarded-method: POST",
    ] {
        for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "post", "PoSt"] {
            let answer = connection.ask(method, set, &format!("{bearer}{header}\r\n"), "{}").await;
            assert_eq!(answer.status, 405, "{method} {header}: {answer:?}");
        }
    }
    for header in [
        format!("x-original-url: {set}"),
        format!("x-rewrite-url: {set}"),
        format!("x-forwarded-uri: {set}"),
        format!("x-forwarded-prefix: {set}"),
        "x-forwarded-host: other.example".to_owned(),
        "forwarded: host=other.example;proto=https".to_owned(),
    ] {
        let answer = connection.ask("POST", "/v2025/query-password-info", &format!("{bearer}{header}\r\n"), "{}").await;
        assert_eq!(reached(&answer), Reached::Query, "{header}");
        let answer = connection.ask("POST", set, &format!("{header}\r\n"), "{}").await;
        assert_eq!(answer.status, 401, "{header}");
    }
    for query in ["?_method=POST", "?access_token=x", "?authorization=Bearer%20x", "?debug=true", "?version=beta"] {
        assert_eq!(connection.ask("GET", &format!("{set}{query}"), &bearer, "{}").await.status, 405, "{query}");
        assert_eq!(connection.ask("POST", &format!("{set}{query}"), "", "{}").await.status, 401, "{query}");
    }
    let status = format!("/v2025/password-change-status/{ID}");
    assert_eq!(connection.ask("GET", &format!("{status}?access_token={}", caller.bearer()), "", "").await.status, 401);
    assert_eq!(connection.ask("HEAD", &status, "", "").await.status, 401);
}
