//! R22 at random: however a path is written, it reaches the handler that a plain comparison of its segments names, or none.
//!
//! Each variant is asked twice: of the service, without a token, whose status tells a protected handler (401), none (404) or
//! another method (405); and of a router of the same templates whose handlers say which one they are.
//! `PASSWRIGHT_PATH_VARIANTS` sets how many (20,000), `PASSWRIGHT_PATH_SEED` which ones (1).

use std::collections::{BTreeSet, HashMap};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use axum::routing::any;
use tower::ServiceExt as _;

use super::Fixture;
use crate::CollapseSlashes;
use crate::router::routes;
use crate::routes::Access;

const INSERTED: &[&str] = &[
    "/",
    "//",
    "/./",
    "/../",
    "./",
    "../",
    ".",
    "..",
    ";",
    ";x",
    ";x=1",
    "..;/",
    "%2f",
    "%2F",
    "%2e",
    "%2e%2e/",
    "%252e",
    "%252f",
    "%5c",
    "%00",
    "%20",
    "%09",
    "%0d%0a",
    "%c0%af",
    "%ef%bc%8f",
    "%3b",
    "%3f",
    "%23",
    "%25",
    "*",
    "~",
    "{id}",
    ":id",
    "+",
    "x",
    "v1",
    "v1/",
    "v2/",
    "v3/",
    "beta/",
    "api/",
    "latest/",
    "?",
    "?x=/../",
    "?/set-password/v1",
    "\u{e9}",
    "&",
    "=",
    ",",
    "@",
    "$",
    "!",
    "'",
    "(",
    ")",
];
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// SplitMix64: one seed, the same variants.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

fn mutated(random: &mut Random, path: &str, others: &[String]) -> String {
    let mut chars: Vec<char> = path.chars().collect();
    if chars.is_empty() {
        return "/".to_owned();
    }
    let at = random.below(chars.len());
    match random.below(10) {
        0..3 => {
            let inserted: Vec<char> = random.of(INSERTED).chars().collect();
            let at = random.below(chars.len() + 1);
            chars.splice(at..at, inserted);
        }
        3 => {
            let encoded: Vec<char> =
                chars[at].to_string().bytes().flat_map(|b| format!("%{b:02x}").chars().collect::<Vec<_>>()).collect();
            chars.splice(at..=at, encoded);
        }
        4 => {
            let swapped = chars[at];
            chars[at] =
                if swapped.is_lowercase() { swapped.to_ascii_uppercase() } else { swapped.to_ascii_lowercase() };
        }
        5 => {
            chars.remove(at);
        }
        6 => chars.push(*random.of(&['/', '.', ';', '?', '*', '%', 'x', '1'])),
        7 => {
            // The head of this path, the tail of another.
            let other: Vec<char> = random.of(others).chars().collect();
            chars.truncate(at);
            chars.extend(&other[random.below(other.len())..]);
        }
        8 => {
            let slashes: Vec<usize> = (0..chars.len()).filter(|at| chars[*at] == '/').collect();
            if let Some(at) = slashes.get(random.below(slashes.len())) {
                let inserted: Vec<char> =
                    random.of(&["/", "//", "/./", "/x/../", "%2f", "\\", "/;/"]).chars().collect();
                chars.splice(at..=at, inserted);
            }
        }
        _ => chars.extend(path.chars()),
    }
    chars.into_iter().collect()
}

/// The template that a path is of, by comparing segments: slashes in a row are one, everything else counts as it stands.
fn reference<'t>(path: &str, templates: &'t BTreeSet<String>) -> Option<&'t String> {
    let mut collapsed = String::new();
    for c in path.chars() {
        if c != '/' || !collapsed.ends_with('/') {
            collapsed.push(c);
        }
    }
    let given: Vec<&str> = collapsed.split('/').collect();
    let is_of = |template: &&String| {
        let wanted: Vec<&str> = template.split('/').collect();
        let same = |(wanted, given): (&&str, &&str)| wanted == given || wanted.starts_with('{') && !given.is_empty();
        wanted.len() == given.len() && wanted.iter().zip(&given).all(same)
    };
    // A word stands before a parameter, from the left.
    templates.iter().filter(is_of).min_by_key(|t| t.split('/').map(|s| s.starts_with('{')).collect::<Vec<_>>())
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

#[tokio::test]
async fn a_path_reaches_what_its_segments_name() {
    let fixture = Fixture::new().await;
    let routes = routes();
    let mut methods: HashMap<String, HashMap<Method, Access>> = HashMap::new();
    for route in routes.table() {
        methods.entry(route.template.clone()).or_default().insert(route.method.clone(), route.access);
    }
    let templates: BTreeSet<String> = methods.keys().cloned().collect();
    let mirror = templates.iter().fold(Router::<()>::new(), |router, template| {
        let name = template.clone();
        router.route(template, any(async move || name))
    });
    let mirror = CollapseSlashes::new(mirror.fallback(async || StatusCode::NOT_FOUND));
    let paths: Vec<String> = templates.iter().map(|t| t.replace("{id}", "089899f13a8f4da7824996191587bab9")).collect();

    let wanted = from_environment("PASSWRIGHT_PATH_VARIANTS", 20_000);
    let mut random = Random(from_environment("PASSWRIGHT_PATH_SEED", 1));
    let (mut asked, mut reached, mut protected) = (0_u64, 0_u64, 0_u64);
    while asked < wanted {
        let mut target = random.of(&paths).clone();
        for _ in 0..=random.below(3) {
            target = mutated(&mut random, &target, &paths);
        }
        let method = *random.of(&METHODS);
        let request = || {
            let plain = Request::builder().method(method).uri(&target);
            // What some servers take for the path or the method instead.
            let headers = ["x-http-method-override", "x-original-url", "x-rewrite-url"];
            headers.iter().fold(plain, |request, name| request.header(*name, "/livez")).body(Body::empty())
        };
        // What is no request target at all never gets to a router.
        let (Ok(real), Ok(same)) = (request(), request()) else { continue };
        if !target.starts_with('/') {
            continue;
        }
        asked += 1;
        let path = real.uri().path().to_owned();
        let expected = reference(&path, &templates);
        if method != "HEAD" {
            let said = mirror.clone().oneshot(same).await.unwrap();
            let said = to_bytes(said.into_body(), 4096).await.unwrap();
            assert_eq!(said, expected.map_or("", String::as_str), "{method} {target}");
        }
        let status = fixture.router.clone().oneshot(real).await.unwrap().status();
        let asked_as = if method == "HEAD" { Method::GET } else { Method::from_bytes(method.as_bytes()).unwrap() };
        let allowed = match expected.map(|template| methods[template].get(&asked_as)) {
            None => status == StatusCode::NOT_FOUND,
            Some(None) => status == StatusCode::METHOD_NOT_ALLOWED,
            Some(Some(Access::Token(_))) => status == StatusCode::UNAUTHORIZED,
            // A page of nobody's object is not there either.
            Some(Some(Access::Page(_))) => status != StatusCode::METHOD_NOT_ALLOWED,
            Some(Some(Access::Public)) => status != StatusCode::NOT_FOUND && status != StatusCode::METHOD_NOT_ALLOWED,
        };
        assert!(allowed && !status.is_server_error(), "{method} {target}: {status}, {expected:?} expected");
        reached += u64::from(expected.is_some());
        protected += u64::from(status == StatusCode::UNAUTHORIZED);
    }
    println!("{asked} variants: {reached} of a known path, {protected} stopped for want of a token");
    assert!(reached * 50 > asked && protected > 0, "{reached} of {asked}: the variants are too wild to tell anything");
}
