//! From text to a mail: headers are encoded, so nothing in them can begin a new one.

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};

use super::Mail;

/// Reads `address` or `Name <address>`.
pub(super) fn mailbox(text: &str) -> Option<Mailbox> {
    if text.chars().any(char::is_control) {
        return None;
    }
    text.parse().ok()
}

/// The envelope and the mail as it is sent.
pub(super) fn build(from: &Mailbox, mail: &Mail) -> Result<(Envelope, Vec<u8>), &'static str> {
    // An address alone: a name or a list of addresses does not parse as one.
    let address = mail.to.parse().map_err(|_| "the stored address is not a mail address")?;
    let subject: String = mail.subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let id = format!("<{}@{}>", mail.id, from.email.domain());
    let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, address))
        .date(mail.date)
        .message_id(Some(id))
        .subject(subject)
        .raw_header(automatic)
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|_| "the mail cannot be built")?;
    Ok((message.envelope().clone(), message.formatted()))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn mail(to: &str, subject: &str) -> Mail {
        Mail {
            to: to.to_owned(),
            id: "x_ended".to_owned(),
            date: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
            subject: subject.to_owned(),
            text: "Grüße".to_owned(),
            html: "<p>Grüße</p>".to_owned(),
        }
    }

    fn headers(mail: &Mail) -> Vec<String> {
        let from = mailbox("Passwords <passwords@acme.test>").unwrap();
        let (envelope, content) = build(&from, mail).unwrap();
        assert_eq!(envelope.to().len(), 1, "one recipient");
        let text = String::from_utf8(content).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        head.replace("\r\n ", " ").lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn a_subject_stays_one_header() {
        let names = |subject: &str| -> Vec<String> {
            let lines = headers(&mail("abby@acme.test", subject));
            lines.iter().map(|line| line.split_once(':').unwrap().0.to_ascii_lowercase()).collect()
        };
        let plain = names("Your password");
        assert_eq!(plain.iter().filter(|name| *name == "subject").count(), 1);
        assert!(plain.contains(&"auto-submitted".to_owned()) && plain.contains(&"message-id".to_owned()));
        for subject in
            ["a\r\nBcc: evil@x.test", "a\nBcc: b@x.test\n\nbody", "a\rb", "a\u{0}b", "ä\r\nBcc: x@y.test", "\u{2028}"]
        {
            assert_eq!(names(subject), plain, "{subject:?}");
        }
        let lines = headers(&mail("abby@acme.test", "Ihr Paßwort"));
        let encoded = |line: &String| line.starts_with("Subject: ") && line.contains("=?utf-8?b?") && line.is_ascii();
        assert!(lines.iter().any(encoded), "{lines:?}");
    }

    #[test]
    fn a_recipient_is_one_address() {
        let from = mailbox("passwords@acme.test").unwrap();
        for to in [
            "",
            "abby",
            "abby@",
            "abby@acme.test, evil@x.test",
            "abby@acme.test\r\nBcc: evil@x.test",
            "abby@acme.test>\r\nRCPT TO:<evil@x.test",
            "Abby <abby@acme.test>",
            "abby@acme.test evil@x.test",
            "abby@acme.test\n",
        ] {
            assert!(build(&from, &mail(to, "s")).is_err(), "{to:?}");
        }
        for to in ["abby@acme.test", "abby+tag@acme.test", "äbby@acme.test"] {
            assert!(build(&from, &mail(to, "s")).is_ok(), "{to:?}");
        }
        assert!(mailbox("A\r\nBcc: x <a@b.test>").is_none() && mailbox("x").is_none());
    }
}
