use super::*;

const ID: &str = "b21b1f7ce4da4d639f2c62a57171b427";

async fn answer(failure: Failure) -> (u16, String, String) {
    let mut carried = failure.into_response();
    let response = take_failure(&mut carried).unwrap().render(ID);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let header = |name| response.headers().get(&name).map(|v| format!("{name}: {}", v.to_str().unwrap()));
    let extra = [header(WWW_AUTHENTICATE), header(RETRY_AFTER)].into_iter().flatten().collect::<Vec<_>>().join("; ");
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, extra, String::from_utf8(body.to_vec()).unwrap())
}

/// The body of a code with at most one cause.
fn dto(code: &str, text: &str, cause: &str) -> String {
    let message = |text: &str| format!(r#"{{"locale":"en-US","localeOrigin":"DEFAULT","text":"{text}"}}"#);
    let cause = if cause.is_empty() { String::new() } else { message(cause) };
    format!(r#"{{"detailCode":"{code}","trackingId":"{ID}","messages":[{}],"causes":[{cause}]}}"#, message(text))
}

fn bad(fault: Fault) -> Failure {
    Failure::App(Error::BadRequest { fault, message: "userId is wrong".into() })
}

#[tokio::test]
async fn every_failure_has_its_status_and_shape() {
    let wait = Duration::from_millis;
    let semantic = "The request was syntactically correct but its content is semantically invalid.";
    let missing = "Required data is missing or empty.";
    let internal = dto("500.0 Internal Fault", "An internal fault occurred.", "");
    let unavailable = dto("503.0 Service unavailable", "The server cannot handle the request at the moment.", "");
    let cases = [
        (bad(Fault::Missing), 400, "", dto("400.1.0 Required Data Missing Or Empty", missing, "userId is wrong")),
        (bad(Fault::Illegal), 400, "", dto("400.1.3 Illegal value", "A value is not allowed.", "userId is wrong")),
        (
            bad(Fault::OutOfBounds),
            400,
            "",
            dto("400.1.4 Limit violation", "A value lies outside its limits.", "userId is wrong"),
        ),
        (
            bad(Fault::UnknownReference),
            400,
            "",
            dto(
                "400.1.404 Referenced object not found",
                "An object the request refers to was not found.",
                "userId is wrong",
            ),
        ),
        (
            bad(Fault::Taken),
            400,
            "",
            dto("400.1.409 Reference conflict", "The request conflicts with an existing object.", "userId is wrong"),
        ),
        (
            bad(Fault::InUse),
            400,
            "",
            dto("400.2.1.0 Object in use by another", "The object is in use by another object.", "userId is wrong"),
        ),
        (bad(Fault::Semantic), 400, "", dto("400.1 Bad Request Content", semantic, "userId is wrong")),
        (
            Failure::App(Error::Unauthenticated("JWT validation failed: JWT is expired")),
            401,
            "www-authenticate: Bearer",
            r#"{"error":"JWT validation failed: JWT is expired"}"#.to_owned(),
        ),
        (
            Failure::App(Error::Forbidden("no scope")),
            403,
            "",
            dto("403 Forbidden", "The server understood the request but refuses to authorize it.", "no scope"),
        ),
        (
            Failure::App(Error::NotFound),
            404,
            "",
            dto("404 Not found", "The server did not find a current representation for the target resource.", ""),
        ),
        (
            Failure::App(Error::Conflict("name is taken".into())),
            409,
            "",
            dto(
                "409 Conflict",
                "The request conflicts with the current state of the target resource.",
                "name is taken",
            ),
        ),
        (
            Failure::App(Error::TooManyRequests { retry_after: wait(6001) }),
            429,
            "retry-after: 7",
            r#"{"message":" Rate Limit Exceeded "}"#.to_owned(),
        ),
        (
            Failure::App(Error::TooManyRequests { retry_after: wait(0) }),
            429,
            "retry-after: 1",
            r#"{"message":" Rate Limit Exceeded "}"#.to_owned(),
        ),
        (
            Failure::App(Error::Unavailable { retry_after: wait(5000), cause: "disk I/O error".into() }),
            503,
            "retry-after: 5",
            unavailable.clone(),
        ),
        (Failure::App(Error::Internal("row 5 is damaged".into())), 500, "", internal.clone()),
        (Failure::Panicked, 500, "", internal.clone()),
        (Failure::TimedOut, 503, "retry-after: 5", unavailable.clone()),
        (
            Failure::NoSuchPath,
            404,
            "",
            dto("404 Not found", "The server did not find a current representation for the target resource.", ""),
        ),
        (
            Failure::NoSuchMethod,
            405,
            "",
            dto("405 Method not allowed", "The method is not supported for the target resource.", ""),
        ),
        (
            Failure::BodyTooLarge,
            413,
            "",
            dto("413 Content too large", "The request body is larger than the server accepts.", ""),
        ),
        (
            Failure::MediaType("the content must not be encoded"),
            415,
            "",
            dto(
                "415 Unsupported media type",
                "The content type of the request is not supported.",
                "the content must not be encoded",
            ),
        ),
        (
            Failure::BrokenBody,
            400,
            "",
            dto("400.1 Bad Request Content", semantic, "the request body could not be read"),
        ),
        (
            Failure::Body(InvalidBody::NotAnObject),
            400,
            "",
            dto("400.1 Bad Request Content", semantic, "the request body must be a JSON object"),
        ),
        (
            Failure::Body(InvalidBody::Missing { field: "userId".into() }),
            400,
            "",
            dto("400.1.0 Required Data Missing Or Empty", missing, r#"\"userId\" is required"#),
        ),
        (
            Failure::Body(InvalidBody::Duplicate { field: "userId".into() }),
            400,
            "",
            dto("400.1.3 Illegal value", "A value is not allowed.", r#"\"userId\" must not be given twice"#),
        ),
        (
            Failure::Token(TokenFault::InvalidRequest("client_id is required")),
            400,
            "",
            r#"{"error":"invalid_request","error_description":"client_id is required"}"#.to_owned(),
        ),
        (
            Failure::Token(TokenFault::InvalidClient),
            401,
            "www-authenticate: Bearer",
            r#"{"error":"invalid_client","error_description":"the client id or secret is wrong"}"#.to_owned(),
        ),
        (
            Failure::Token(TokenFault::UnsupportedGrantType),
            400,
            "",
            r#"{"error":"unsupported_grant_type","error_description":"the grant type is not supported"}"#.to_owned(),
        ),
        (
            Failure::Token(TokenFault::Service(Error::Unavailable { retry_after: wait(5000), cause: "x".into() })),
            503,
            "retry-after: 5",
            unavailable,
        ),
        (Failure::Token(TokenFault::Service(Error::Internal("x".into()))), 500, "", internal),
    ];
    for (failure, status, header, body) in cases {
        let name = format!("{failure:?}");
        assert_eq!(answer(failure).await, (status, header.to_owned(), body), "{name}");
    }
}
