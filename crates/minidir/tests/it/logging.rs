use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use crate::support::{ABBY, ABBY_PASSWORD, Fixture, assert_answer, change};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// One thread runs the client and the server, so a subscriber for this thread sees all that the server logs.
#[tokio::test(flavor = "current_thread")]
async fn no_password_is_logged_at_any_level() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let fixture = Fixture::new().await;
    assert_answer(&fixture.bind(ABBY, "Canary-wrong-1").await, 49, "data 52e");
    assert_answer(&fixture.reset(ABBY, "Canary-reset-1").await, 0, "");
    let mut abby = fixture.bound(ABBY, "Canary-reset-1").await;
    assert_answer(&change(&mut abby, ABBY, "Canary-reset-1", "Canary-change-1").await, 0, "");
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).replace(['\0', ' ', ','], "");
    assert!(text.contains("thedirectoryislistening"), "the log was not caught: {text}");
    // UTF-16 shows with zeros between, byte lists as numbers.
    let numbers = |word: &str| word.bytes().map(|byte| byte.to_string()).collect::<String>();
    let wide = |word: &str| word.bytes().map(|byte| format!("{byte}0")).collect::<String>();
    for word in ["Canary", ABBY_PASSWORD] {
        for form in [word.to_owned(), numbers(word), wide(word)] {
            assert!(!text.contains(&form), "{form} in {text}");
        }
    }
}
