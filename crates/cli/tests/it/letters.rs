//! Mails of what somebody may do with another's name: a locked sign-in, a failed reset, a new token; through a real mail server.

use passwright_testkit::{MailMode, MailServer, ReceivedMail};

use crate::mail::{PUBLIC_URL, SECRET, mails, serve_with};
use crate::support::Answer;
use crate::support::raw::RawConnection;

const TOKEN_ID: &str = "5f7c0d2e54a14f0a9d6b0f1f8f0a4c55";
const TOKEN: &str = "[[personal_access_token]]\nowner = \"abby\"\nname = \"first\"\nid = \"5f7c0d2e54a14f0a9d6b0f1f8f0a4c55\"\n\
                     secret_file = \"client.secret\"\nexpires = 2099-12-31\n";

const DORA: &str = "[[identity]]\nalias = \"dora\"\nname = \"Dora\"\nemail = \"dora@acme.test\"\n\
                    attributes = { preferredLanguage = \"fr, de-AT;q=0.5, en;q=0.1\" }\n";

/// A browser: its cookies, and the page that it shows.
struct Browser {
    connection: RawConnection,
    cookies: Vec<(String, String)>,
    page: String,
}

impl Browser {
    fn new(address: &str) -> Self {
        Self { connection: RawConnection::new(address), cookies: Vec::new(), page: String::new() }
    }

    async fn ask(&mut self, method: &str, path: &str, more: &str, body: &str) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = format!("cookie: {}\r\n{more}", cookies.join("; "));
        let answer = self.connection.ask(method, path, &headers, body).await;
        for (_, set) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        if !answer.text.is_empty() {
            self.page.clone_from(&answer.text);
        }
        answer
    }

    async fn open(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "", "").await
    }

    /// Sends a form with what is hidden in the page that is shown.
    async fn send(&mut self, path: &str, fields: &str) -> Answer {
        let hidden = |name: &str| {
            let rest = self.page.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
            Some(format!("{name}={}&", rest.split('"').next()?))
        };
        let body = [hidden("form"), hidden("step"), Some(fields.to_owned())].into_iter().flatten().collect::<String>();
        let headers = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";
        self.ask("POST", path, headers, &body).await
    }

    /// Signs in with a wrong password; gives the status.
    async fn wrong(&mut self, name: &str) -> u16 {
        self.open("/sign-in").await;
        self.send("/sign-in", &format!("username={name}&password=wrong")).await.status
    }

    /// A flow with a name, and wrong answers until it is over.
    async fn fail(&mut self, path: &str, name: &str) {
        self.open(path).await;
        self.send(path, &format!("username={name}")).await;
        self.open("/recovery/flow").await;
        self.send("/recovery/flow/way", "method=passkey").await;
        self.open("/recovery/flow").await;
        for wrong in 1..=15 {
            assert!(!self.page.contains("Too many wrong answers"), "{wrong}: {}", self.page);
            self.send("/recovery/flow/answer", "code=%7B%7D").await;
        }
        assert!(self.page.contains("Too many wrong answers"), "{}", self.page);
    }
}

fn told(mail: &ReceivedMail) -> (&str, &str, &str) {
    (mail.to[0].as_str(), mail.subject.as_deref().unwrap_or_default(), mail.text.as_deref().unwrap_or_default())
}

/// One after the other, each when the one before has arrived: were there a mail too many, it would stand in the place of the next.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_what_others_may_have_done() {
    let Some(mail) = MailServer::require(MailMode::StartTls, Some(("mailer", "mail-secret"))) else { return };
    let (_server, address) = serve_with(&mail, TOKEN);
    let mut browser = Browser::new(&address);

    // A lock: of nobody, of a person without an address, then of Abby; what is refused after it is no lock of its own.
    for name in ["nobody", "eve", "abby"] {
        for attempt in 1..=7 {
            let status = browser.wrong(name).await;
            assert_eq!(status, if attempt <= 5 { 403 } else { 429 }, "{name} {attempt}");
        }
    }
    let all = mails(&mail, 1).await;
    let (to, subject, text) = told(&all[0]);
    assert_eq!((to, subject), ("abby@acme.test", "Your sign-in was closed for a while"));
    assert!(text.contains("UTC nobody can sign in") && text.contains(&format!("{PUBLIC_URL}/recovery")), "{text}");

    // Flows that ended by wrong answers; two of one person within an hour are told once.
    browser.fail("/recovery/password", "nobody").await;
    browser.fail("/recovery/password", "ABBY").await;
    let all = mails(&mail, 2).await;
    let (to, subject, text) = told(&all[1]);
    assert_eq!((to, subject), ("abby@acme.test", "Somebody tried to reset your password"));
    assert!(text.contains("Nothing was changed") && text.contains(PUBLIC_URL), "{text}");

    // A token.
    let mut program = RawConnection::new(&address);
    let form = format!("grant_type=client_credentials&client_id={TOKEN_ID}&client_secret={SECRET}");
    let kind = "content-type: application/x-www-form-urlencoded\r\n";
    let token = program.ask("POST", "/oauth/token", kind, &form).await.json();
    let token = token["access_token"].as_str().unwrap();
    let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
    let body = r#"{"name": "Night <b>job</b>", "userAwareTokenNeverExpires": true}"#;
    let made = program.ask("POST", "/v2025/personal-access-tokens", &headers, body).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let all = mails(&mail, 3).await;
    let (to, subject, text) = told(&all[2]);
    assert_eq!((to, subject), ("abby@acme.test", "A personal access token was made"));
    assert!(text.contains("  - Night <b>job</b>") && !text.contains(&secret), "{text}");
    assert!(all[2].html.as_deref().unwrap().contains("Night &#60;b&#62;job"), "{all:?}");
    for body in all.iter().flat_map(|mail| [&mail.text, &mail.html]).flatten() {
        assert!(!body.contains("127.0.0.1") && !body.contains(SECRET), "{body}");
    }
    assert_eq!(mail.mails().unwrap().len(), 3, "and no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_in_the_language_that_its_reader_prefers() {
    let Some(mail) = MailServer::require(MailMode::StartTls, Some(("mailer", "mail-secret"))) else { return };
    let (_server, address) = serve_with(&mail, DORA);
    let mut browser = Browser::new(&address);
    for (count, name, wanted, greeting) in [
        (1, "dora", "Ihre Anmeldung ist für eine Weile gesperrt", "Guten Tag Dora,"),
        (2, "abby", "Your sign-in was closed for a while", "Hello Abby <b>Smith</b>,"),
    ] {
        for _ in 1..=5 {
            assert_eq!(browser.wrong(name).await, 403);
        }
        let all = mails(&mail, count).await;
        let (to, subject, text) = told(&all[count - 1]);
        assert_eq!((to, subject), (format!("{name}@acme.test").as_str(), wanted));
        assert!(text.starts_with(greeting), "{text}");
    }
}
