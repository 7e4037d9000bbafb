//! The table of `detailCode`s: their status and generic text.
//!
//! A code is a promise to callers: rows are added, never changed.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $code:literal, $text:literal;)*) => {
        /// A `detailCode`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The text of `detailCode`.
            #[must_use]
            pub fn detail_code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status it is answered with.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The generic text for `messages`.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The content makes no sense here; the cause says why.
    BadRequestContent = 400, "400.1 Bad Request Content",
        "The request was syntactically correct but its content is semantically invalid.";
    /// A required field is absent, `null` or empty.
    RequiredDataMissing = 400, "400.1.0 Required Data Missing Or Empty", "Required data is missing or empty.";
    /// The field cannot be changed.
    IllegalUpdateAttempt = 400, "400.1.1 Illegal update attempt", "The request would change what cannot be changed.";
    /// A field's value is not allowed.
    IllegalValue = 400, "400.1.3 Illegal value", "A value is not allowed.";
    /// A number or length lies outside its limits.
    LimitViolation = 400, "400.1.4 Limit violation", "A value lies outside its limits.";
    /// The request names an object that does not exist.
    ReferencedObjectNotFound = 400, "400.1.404 Referenced object not found",
        "An object the request refers to was not found.";
    /// The request names an object in a way that clashes with another.
    ReferenceConflict = 400, "400.1.409 Reference conflict", "The request conflicts with an existing object.";
    /// The change would leave a reference without its object.
    ReferentialIntegrityViolation = 400, "400.2.1 Referential integrity violation",
        "The request would break a reference between objects.";
    /// The object is used by another one.
    ObjectInUse = 400, "400.2.1.0 Object in use by another", "The object is in use by another object.";
    /// The token is good, but not for this.
    Forbidden = 403, "403 Forbidden", "The server understood the request but refuses to authorize it.";
    /// No such object or path, or none the caller may see.
    NotFound = 404, "404 Not found",
        "The server did not find a current representation for the target resource.";
    /// The path exists, the method does not.
    MethodNotAllowed = 405, "405 Method not allowed", "The method is not supported for the target resource.";
    /// The state of the object does not allow the request.
    Conflict = 409, "409 Conflict", "The request conflicts with the current state of the target resource.";
    /// The body is longer than the server reads.
    ContentTooLarge = 413, "413 Content too large", "The request body is larger than the server accepts.";
    /// The body has a content type the operation does not take.
    UnsupportedMediaType = 415, "415 Unsupported media type", "The content type of the request is not supported.";
    /// A fault of the server; its cause is only in the log.
    InternalFault = 500, "500.0 Internal Fault", "An internal fault occurred.";
    /// The server cannot take the request now.
    ServiceUnavailable = 503, "503.0 Service unavailable", "The server cannot handle the request at the moment.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_and_begin_with_their_status() {
        let mut seen = BTreeSet::new();
        for code in ErrorCode::ALL {
            assert!(seen.insert(code.detail_code()), "{} twice", code.detail_code());
            assert!(code.detail_code().starts_with(&code.status().to_string()), "{}", code.detail_code());
            assert!(code.text().ends_with('.'));
        }
    }
}
