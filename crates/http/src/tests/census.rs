//! Every declared route, asked by everyone who may not. A new route is in here by itself; only one that a user without a
//! level may call has to be listed, with a request that names somebody else's object.

pub(super) mod matrix;

use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{Request, StatusCode};

use super::Fixture;
use crate::router::routes;
use crate::routes::Access;
use matrix::NOBODYS;

const PUBLIC: [&str; 9] = [
    "GET /.well-known/oauth-authorization-server",
    "GET /livez",
    "GET /metrics",
    "GET /oauth/info",
    "GET /oauth/jwks.json",
    "GET /openapi.json",
    "GET /readyz",
    "POST /oauth/revoke",
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
}

#[tokio::test]
async fn no_route_answers_without_a_good_token() {
    let fixture = Fixture::new().await;
    let good = fixture.token().await;
    let (head, signature) = good.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{other}{}", &signature[1..]);
    let headers = [
        vec![],
        vec!["Bearer ".to_owned()],
        vec!["Bearer garbage".to_owned()],
        vec![format!("Bearer eyJhbGciOiJub25lIn0.{}.", head.split_once('.').unwrap().1)],
        vec![format!("Bearer {head}.{forged}")],
        vec![format!("Basic {good}")],
        vec![good.clone()],
        vec![format!("Bearer {good}"), "Bearer x".to_owned()],
    ];
    for route in routes().table().iter().filter(|route| matches!(route.access, Access::Token(_))) {
        for given in &headers {
            let path = route.template.replace("{id}", NOBODYS).replace("{schemaId}", NOBODYS);
            let mut request = Request::builder().method(route.method.clone()).uri(&path);
            for value in given {
                request = request.header(AUTHORIZATION, value);
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
