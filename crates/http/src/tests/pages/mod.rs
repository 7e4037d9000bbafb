//! The pages in process: who signs in, what a session may, and what every page and form has.

mod administration;
mod census;
mod factors;
mod help_desk;
mod password_manager;
mod questions;
mod recovery;
mod session;
mod third_party;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use passwright_app::setup::{Setup, SetupDocument};
use passwright_app::{Clock, OsRng, Service, Settings, Timestamp};
use passwright_storage::Store;
use tempfile::TempDir;

use super::{Answer, Fixture, settings};

const FORM: &str = "application/x-www-form-urlencoded";
pub(super) const PASSWORD: &str = "Old-Pass-1";
/// A name that would be a script if it were not text.
pub(super) const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&";

/// A clock that is moved by hand.
pub(super) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

impl HandClock {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_800_000_000_000_000)))
    }

    pub(super) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

/// Abby, who has two accounts; Hank of the help desk; Olga, an administrator; and somebody with a hostile name.
fn document(folder: &TempDir) -> SetupDocument {
    std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
    let sources: String = ["Intranet", "Wiki"]
        .map(|name| {
            let file = folder.path().join(format!("{name}.htpasswd"));
            std::fs::write(&file, "").unwrap();
            let connector = format!("{{ kind = \"htpasswd\", path = {:?} }}", file.display().to_string());
            format!("[[source]]\nname = \"{name}\"\nconnector = {connector}\n")
        })
        .concat();
    let people: String = [
        ("Abby.Smith", "Abby Smith", ""),
        ("Hank.Helper", "Hank Helper", "levels = [\"HELPDESK\"]\n"),
        ("Olga.Admin", "Olga Admin", "levels = [\"ORG_ADMIN\"]\n"),
        ("Hostile", HOSTILE, ""),
    ]
    .map(|(alias, name, levels)| {
        let login = alias.to_lowercase();
        let account = |source: &str| {
            format!("[[identity.account]]\nsource = \"{source}\"\nnative_identity = \"{login}\"\nname = {name:?}\n")
        };
        format!(
            "[[identity]]\nalias = \"{alias}\"\nname = {name:?}\n{levels}password_file = \"password\"\n{}{}",
            account("Intranet"),
            account("Wiki")
        )
    })
    .concat();
    let text = format!(
        "[org_config]\ndigitTokenEnabled = true\n{sources}{people}[[application]]\nname = \"{0}\"\nsource = \"Wiki\"\n",
        "Wiki & more"
    );
    SetupDocument::parse(&text).unwrap()
}

/// A service with people, on a clock that is moved by hand.
pub(super) async fn fixture() -> (Fixture, Arc<HandClock>) {
    fixture_at("http://127.0.0.1:8080").await
}

pub(super) async fn fixture_at(public_url: &str) -> (Fixture, Arc<HandClock>) {
    fixture_with(HandClock::new(), public_url, |_| {}).await
}

async fn fixture_with(
    clock: Arc<HandClock>,
    public_url: &str,
    change: impl FnOnce(&mut Settings),
) -> (Fixture, Arc<HandClock>) {
    let folder = TempDir::new().unwrap();
    let mut settings = settings(&folder, public_url);
    change(&mut settings);
    Store::migrate(&settings.database).await.unwrap();
    let service = Service::open_with(settings, clock.clone(), Arc::new(OsRng)).await.unwrap();
    let setup = Setup::resolve(document(&folder), folder.path(), &|_| None).unwrap();
    service.apply(setup, false).await.unwrap();
    let router = crate::router(service.clone());
    (Fixture { service, router, client_id: String::new(), folder }, clock)
}

/// A browser with its cookies.
#[derive(Default, Clone)]
pub(super) struct Browser {
    pub(super) cookies: Vec<(String, String)>,
}

impl Browser {
    fn header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Keeps what an answer sets.
    pub(super) fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all("set-cookie") {
            let text = set.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !text.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    pub(super) async fn get(&mut self, fixture: &Fixture, path: &str) -> Answer {
        let request = Request::get(path).header("cookie", self.header()).body(Body::empty()).unwrap();
        let answer = fixture.send(request).await;
        self.keep(&answer);
        answer
    }

    pub(super) async fn post(&mut self, fixture: &Fixture, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(fixture, path, fields, &[("sec-fetch-site", "same-origin")]).await
    }

    pub(super) async fn post_with(
        &mut self,
        fixture: &Fixture,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = Request::builder().method(Method::POST).uri(path).header("content-type", FORM);
        request = request.header("cookie", self.header());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = fixture.send(request.body(Body::from(body)).unwrap()).await;
        self.keep(&answer);
        answer
    }

    /// Sends a form with a picture.
    pub(super) async fn upload(
        &mut self,
        fixture: &Fixture,
        path: &str,
        fields: &[(&str, &str)],
        picture: &[u8],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
            );
        }
        let head = "--edge\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"logo.png\"\r\n\
                    Content-Type: image/png\r\n\r\n";
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(picture);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::builder().method(Method::POST).uri(path).header("cookie", self.header());
        let request = request.header("content-type", "multipart/form-data; boundary=edge");
        let request = request.header("sec-fetch-site", "same-origin");
        let answer = fixture.send(request.body(Body::from(body)).unwrap()).await;
        self.keep(&answer);
        answer
    }

    /// Opens the sign-in page and sends its form.
    pub(super) async fn enter(&mut self, fixture: &Fixture, name: &str, password: &str) -> Answer {
        let page = self.get(fixture, "/sign-in").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let form = hidden(&page, "form");
        let fields = [("form", form.as_str()), ("username", name), ("password", password)];
        self.post(fixture, "/sign-in", &fields).await
    }

    /// A browser that is signed in.
    pub(super) async fn of(fixture: &Fixture, name: &str) -> Self {
        let mut browser = Self::default();
        let answer = browser.enter(fixture, name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert_eq!(answer.header("location"), "/password-manager");
        browser
    }

    /// The value that forms of this session hold.
    pub(super) async fn token(&mut self, fixture: &Fixture) -> String {
        hidden(&self.get(fixture, "/sessions").await, "form")
    }
}

/// The value of a hidden field.
#[track_caller]
pub(super) fn hidden(page: &Answer, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page.text.split(&mark).nth(1).unwrap_or_else(|| panic!("no field {name}: {}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

/// Whether the answer sends one to sign in.
pub(super) fn wants_sign_in(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER && answer.header("location").starts_with("/sign-in")
}
