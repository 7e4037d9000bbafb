//! Every declared route, asked by someone who may not.

use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{Request, StatusCode};

use super::Fixture;
use crate::router::routes;
use crate::routes::Access;

const PUBLIC: [&str; 8] = [
    "GET /.well-known/oauth-authorization-server",
    "GET /livez",
    "GET /metrics",
    "GET /oauth/info",
    "GET /oauth/jwks.json",
    "GET /openapi.json",
    "GET /readyz",
    "POST /oauth/token",
];

#[test]
fn public_routes_are_exactly_these() {
    let routes = routes();
    let mut public: Vec<_> = routes
        .table()
        .iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| format!("{} {}", route.method, route.template))
        .collect();
    public.sort();
    assert_eq!(public, PUBLIC);
    // Four operations in six families, less the digit token in v3, and the native one.
    assert_eq!(routes.table().len() - public.len(), 4 * 6 - 1 + 1);
}

#[tokio::test]
async fn no_route_answers_without_a_good_token() {
    let fixture = Fixture::new().await;
    let expired = "eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjF9.AAAA";
    let headers: [&[&str]; 8] = [
        &[],
        &["Bearer "],
        &["Bearer garbage"],
        &["Bearer eyJhbGciOiJub25lIn0.e30."],
        &[&format!("Bearer {expired}")],
        &["Basic YTpi"],
        &[&format!("Basic {}", fixture.token().await)],
        &[&format!("Bearer {}", fixture.token().await), "Bearer x"],
    ];
    for route in routes().table().iter().filter(|route| route.access != Access::Public) {
        for given in headers {
            let path = route.template.replace("{id}", "089899f13a8f4da7824996191587bab9");
            let mut request = Request::builder().method(route.method.clone()).uri(&path);
            for value in given {
                request = request.header(AUTHORIZATION, *value);
            }
            let answer = fixture.send(request.body(Body::from("{")).unwrap()).await;
            let case = format!("{} {path} {given:?}", route.method);
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{case}");
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{case}");
            assert_eq!(answer.header("content-type"), "application/json", "{case}");
            assert!(answer.json()["error"].is_string(), "{case}");
            answer.check_headers();
        }
    }
}
