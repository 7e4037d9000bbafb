//! The form of `load-accounts`: a file, perhaps, and flags as text.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use passwright_app::{Error, Fault};

use super::body::{media_type, read_most};
use crate::error::Failure;
use crate::multipart::{self, Part};

/// The most that is read of it, in bytes: some hundred thousand accounts.
const LONGEST: usize = 32 * 1024 * 1024;

/// What was sent; nothing at all is a form without fields.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AccountsForm {
    pub(crate) file: Option<Vec<u8>>,
    pub(crate) disable_optimization: bool,
    pub(crate) confirm_removals: bool,
}

/// Reads the form of a request whose sender may send one.
pub(crate) async fn accounts_form(request: Request) -> Result<AccountsForm, Failure> {
    let kind = media_type(request.headers())?.map(str::to_ascii_lowercase);
    let (head, body) = request.into_parts();
    let body = read_most(body, LONGEST).await?;
    if body.is_empty() {
        return Ok(AccountsForm::default());
    }
    match kind.as_deref() {
        Some("multipart/form-data") => {
            let header = head.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let parts = multipart::parts(header, &body)
                .ok_or_else(|| bad(Fault::Semantic, "the body is not well-formed multipart/form-data"))?;
            of_parts(parts)
        }
        Some("application/x-www-form-urlencoded") => {
            let mut form = AccountsForm::default();
            for (name, value) in form_urlencoded::parse(&body) {
                form.flag(&name, &value)?;
            }
            Ok(form)
        }
        _ => Err(Failure::MediaType("the content type must be multipart/form-data")),
    }
}

fn of_parts(parts: Vec<Part<'_>>) -> Result<AccountsForm, Failure> {
    let mut form = AccountsForm::default();
    for part in parts {
        if part.name != "file" {
            let text = std::str::from_utf8(part.content).map_err(|_| bad(Fault::Illegal, "a field is not in UTF-8"))?;
            form.flag(&part.name, text)?;
        } else if form.file.is_some() {
            return Err(bad(Fault::Illegal, "the part \"file\" must not be given twice"));
        } else if part.file_name.is_some() {
            form.file = Some(part.content.to_vec());
        } else if !part.content.is_empty() {
            return Err(bad(Fault::Illegal, "the part \"file\" has no file name, so it is not a file"));
        }
    }
    Ok(form)
}

impl AccountsForm {
    /// Fields that are not known are ignored, as everywhere.
    fn flag(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        let flag = match name {
            "disableOptimization" => &mut self.disable_optimization,
            "confirmRemovals" => &mut self.confirm_removals,
            _ => return Ok(()),
        };
        let text = value.trim().to_ascii_lowercase();
        *flag = match text.as_str() {
            "" => false,
            text => text.parse().map_err(|_| bad(Fault::Illegal, &format!("{name} must be true or false")))?,
        };
        Ok(())
    }
}

fn bad(fault: Fault, message: &str) -> Failure {
    Failure::App(Error::BadRequest { fault, message: message.to_owned() })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn form(kind: &str, body: &str) -> Result<AccountsForm, Failure> {
        let request = Request::builder().header(CONTENT_TYPE, kind).body(Body::from(body.to_owned())).unwrap();
        accounts_form(request).await
    }

    #[tokio::test]
    async fn forms() {
        const MULTIPART: &str = "multipart/form-data; boundary=x";
        let part =
            |head: &str, content: &str| format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{content}\r\n");
        let file = part("name=\"file\"; filename=\"a.csv\"", "id\n1");
        let flag = |value: &str| part("name=disableOptimization", value);
        let empty = AccountsForm::default();
        for (kind, body) in [(MULTIPART, ""), ("application/json", ""), (MULTIPART, "--x--\r\n")] {
            assert_eq!(form(kind, body).await.unwrap(), empty, "{kind} {body}");
        }
        let both = form(MULTIPART, &format!("{file}{}--x--", flag("True"))).await.unwrap();
        assert_eq!(both.file.as_deref(), Some(b"id\n1".as_slice()));
        assert!(both.disable_optimization && !both.confirm_removals);
        let flags = form("application/x-www-form-urlencoded", "disableOptimization=false&confirmRemovals=true").await;
        assert_eq!(flags.unwrap(), AccountsForm { confirm_removals: true, ..AccountsForm::default() });
        for (kind, body) in [
            ("application/json", "{}".to_owned()),
            (MULTIPART, format!("{}--x--", flag("yes"))),
            (MULTIPART, format!("{file}{file}--x--")),
            (MULTIPART, format!("{}--x--", part("name=file", "id\n1"))),
            (MULTIPART, file.clone()),
        ] {
            assert!(form(kind, &body).await.is_err(), "{kind} {body}");
        }
    }
}
