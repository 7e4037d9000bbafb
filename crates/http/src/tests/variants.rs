//! R22 in process: random ways to write the path and the method of every declared route, asked without a token. What answers
//! is what a reference router of a few lines says. 20,000 by default; `PASSWRIGHT_PATH_VARIANTS` sets another number, and a
//! release is checked with 1,000,000.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, Uri};

use super::Fixture;
use crate::router::routes;
use crate::routes::{Access, Route};

const DEFAULT: usize = 20_000;
const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get"];
const INSERTED: [&str; 24] = [
    "/", "//", "/./", "/../", ".", "..", "%2e", "%2E%2E", "%2f", "%5c", ";x", ";", "%00", "%20", "a", "A", "%c3%a4",
    "~", "/v2025", "/oauth", "/livez", "?", "*", ":",
];

/// SplitMix64: the same cases in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Reached {
    Public,
    Protected,
    OtherMethod,
    Nothing,
}

/// Slashes in a row are one; a segment is itself, letter by letter, or the id of its template.
fn reference(table: &[Arc<Route>], method: &str, path: &str) -> Reached {
    let mut collapsed = String::new();
    for c in path.chars() {
        if c != '/' || !collapsed.ends_with('/') {
            collapsed.push(c);
        }
    }
    let given: Vec<&str> = collapsed.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        let same = |(w, g): (&&str, &&str)| w == g || (w.starts_with('{') && !g.is_empty());
        wanted.len() == given.len() && wanted.iter().zip(&given).all(same)
    };
    let method = if method == "HEAD" { "GET" } else { method };
    let at_path: Vec<_> = table.iter().filter(|route| fits(&route.template)).collect();
    match at_path.iter().find(|route| route.method.as_str() == method) {
        Some(route) if route.access == Access::Public => Reached::Public,
        Some(_) => Reached::Protected,
        None if at_path.is_empty() => Reached::Nothing,
        None => Reached::OtherMethod,
    }
}

fn mutated(random: &mut Random, path: &str) -> String {
    let mut path = path.to_owned();
    for _ in 0..random.below(4) {
        let at = random.below(path.len() + 1);
        match random.below(4) {
            0 if at < path.len() => drop(path.remove(at)),
            1 => {
                let end = path.len();
                let letter = path[at..end.min(at + 1)].to_owned();
                let other = if letter == letter.to_uppercase() { letter.to_lowercase() } else { letter.to_uppercase() };
                path.replace_range(at..end.min(at + 1), &other);
            }
            _ => path.insert_str(at, INSERTED[random.below(INSERTED.len())]),
        }
    }
    path
}

#[tokio::test]
async fn every_way_to_write_a_path_leads_where_the_reference_says() {
    let wanted = std::env::var("PASSWRIGHT_PATH_VARIANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(DEFAULT);
    let fixture = Fixture::new().await;
    let routes = routes();
    let table = routes.table();
    let mut random = Random(22);
    let (mut asked, mut protected) = (0, 0);
    while asked < wanted {
        let route = &table[random.below(table.len())];
        let path = mutated(&mut random, &route.template.replace("{id}", "089899f13a8f4da7824996191587bab9"));
        let method = if random.below(2) == 0 { route.method.as_str() } else { METHODS[random.below(METHODS.len())] };
        let Ok(uri) = path.parse::<Uri>() else { continue };
        if !path.starts_with('/') {
            continue;
        }
        let reached = reference(table, method, uri.path());
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(uri);
        for header in ["x-http-method-override", "x-original-url", "x-rewrite-url"] {
            request = request.header(header, "/livez");
        }
        let status = fixture.send(request.body(Body::empty()).unwrap()).await.status;
        let right = match reached {
            Reached::Protected => status == StatusCode::UNAUTHORIZED,
            Reached::OtherMethod => status == StatusCode::METHOD_NOT_ALLOWED,
            Reached::Nothing => status == StatusCode::NOT_FOUND,
            Reached::Public => {
                !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
            }
        };
        assert!(right, "{method} {path}: {reached:?}, answered {status}");
        asked += 1;
        protected += usize::from(reached == Reached::Protected);
    }
    assert!(protected > wanted / 20, "{protected} of {asked} lead on");
}
